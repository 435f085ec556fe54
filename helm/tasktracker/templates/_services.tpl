{{/* The services map with all defaults filled in. */}}

{{/* Lays the second map over the first, in place. Sprig's mergeOverwrite would ignore `false`, 0 and "". */}}
{{- define "tasktracker.overlay" -}}
{{- $base := index . 0 -}}
{{- range $key, $value := index . 1 -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $base $key)) -}}
{{- include "tasktracker.overlay" (list (get $base $key) $value) -}}
{{- else -}}
{{- $_ := set $base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Every service in full, as YAML: with its defaults, `name`, `fullname`, `calls` as a list, `callers` (the services
that call it), its database, `external` if it is not in the chart's Postgres, the file with its identity's secret among its
`secretFiles`, and, of the user service, `clients`: where the secret of each identity is, by the service's name.
*/}}
{{- define "tasktracker.services" -}}
{{- $prefix := include "tasktracker.fullname" . -}}
{{- $services := dict -}}
{{- range $name, $entry := .Values.services -}}
{{- if $entry -}}
{{- $service := deepCopy $.Values.defaults -}}
{{- include "tasktracker.overlay" (list $service (deepCopy $entry)) -}}
{{- $_ := set $service "name" $name -}}
{{- $_ := set $service "fullname" (printf "%s-%s" $prefix $name) -}}
{{- if kindIs "map" $entry.database -}}
{{- $database := deepCopy $.Values.databaseDefaults -}}
{{- include "tasktracker.overlay" (list $database (deepCopy $entry.database)) -}}
{{- if and $database.peers $.Values.postgres.enabled (not $database.external) -}}
{{- fail (printf "services.%s.database.peers is for an external database: set services.%s.database.external as well" $name $name) -}}
{{- end -}}
{{- $_ := set $database "external" (or $database.external (not $.Values.postgres.enabled)) -}}
{{- $_ := set $database "name" (printf "tasktracker_%s" $name) -}}
{{- $_ := set $service "database" $database -}}
{{- end -}}
{{- if kindIs "map" $entry.identity -}}
{{- $identity := dict "env" "SERVICE_SECRET_FILE" "generate" true -}}
{{- include "tasktracker.overlay" (list $identity $.Values.identityDefaults) -}}
{{- include "tasktracker.overlay" (list $identity $entry.identity) -}}
{{- $_ := set $service "secretFiles" (merge (dict "identity" $identity) ($service.secretFiles | default dict)) -}}
{{- end -}}
{{- $_ := set $services $name $service -}}
{{- end -}}
{{- end -}}
{{- range $name, $service := $services -}}
{{- if eq (toString $service.calls) "all" -}}
{{- $_ := set $service "calls" (without (keys $services | sortAlpha) $name) -}}
{{- end -}}
{{- end -}}
{{- $clients := dict -}}
{{- range $name, $service := $services -}}
{{- $callers := list -}}
{{- range $other, $entry := $services -}}
{{- if has $name $entry.calls -}}{{- $callers = append $callers $other -}}{{- end -}}
{{- end -}}
{{- $_ := set $service "callers" $callers -}}
{{- if kindIs "map" $service.identity -}}
{{- $identity := get $service.secretFiles "identity" -}}
{{- $_ := set $clients $name (dict "secret" (include "tasktracker.fileSecret" (list $service "identity" $identity)) "key" $identity.key) -}}
{{- end -}}
{{- range $service.calls -}}
{{- if not (hasKey $services .) -}}
{{- fail (printf "services.%s.calls names %s, which is not a service" $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with get $services "user" -}}{{- $_ := set . "clients" $clients -}}{{- end -}}
{{- toYaml $services -}}
{{- end -}}

{{/* The one service that is reached from outside, as YAML. Argument: the services. */}}
{{- define "tasktracker.publicService" -}}
{{- $public := list -}}
{{- range . -}}{{- if .public -}}{{- $public = append $public . -}}{{- end -}}{{- end -}}
{{- if ne (len $public) 1 -}}{{- fail "exactly one service must be public" -}}{{- end -}}
{{- toYaml (first $public) -}}
{{- end -}}

{{/* Arguments: root, service. */}}
{{- define "tasktracker.image" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
{{- $image := $root.Values.image -}}
{{- $repository := $service.image.repository -}}
{{- if not $repository -}}
{{- $repository = printf "%s/%s" $image.repositoryPrefix $service.name -}}
{{- with $image.registry -}}{{- $repository = printf "%s/%s" . $repository -}}{{- end -}}
{{- end -}}
{{- include "tasktracker.imageName" (list $repository ($service.image.tag | default $image.tag | default $root.Chart.AppVersion) $service.image.digest) -}}
{{- end -}}

{{/* Arguments: repository, tag, digest (may be empty). */}}
{{- define "tasktracker.imageName" -}}
{{- index . 0 -}}:{{- index . 1 -}}{{- with index . 2 -}}@{{- . -}}{{- end -}}
{{- end -}}

{{/* Name of the Secret with a role's URL. Arguments: service, `app` or `migration`. */}}
{{- define "tasktracker.databaseSecret" -}}
{{- $service := index . 0 -}}{{- $role := index . 1 -}}
{{- $existing := (index $service.database $role).existingSecret -}}
{{- if and (not $existing) $service.database.external -}}
{{- fail (printf "services.%s.database.%s.existingSecret must name the Secret with the URL of its database, which is not in the chart's Postgres" $service.name $role) -}}
{{- end -}}
{{- $existing | default (printf "%s-database-%s" $service.fullname $role) -}}
{{- end -}}

{{/* Name of the Secret behind a secret file. Arguments: service, name of the file, its entry. */}}
{{- define "tasktracker.fileSecret" -}}
{{- (index . 2).existingSecret | default (printf "%s-%s" (index . 0).fullname (index . 1)) -}}
{{- end -}}

{{/* Name of the Secret with the administrator's password of the chart's Postgres. */}}
{{- define "tasktracker.postgresSecret" -}}
{{- .Values.postgres.existingSecret | default (printf "%s-postgres" (include "tasktracker.fullname" .)) -}}
{{- end -}}

{{/*
What a Secret in the cluster already has under a key, in base64; empty if there is no such Secret. One without the key
is an error: a new value would replace the one that opens the data. Arguments: root, Secret, key.
*/}}
{{- define "tasktracker.kept" -}}
{{- $secret := index . 1 -}}{{- $key := index . 2 -}}
{{- with lookup "v1" "Secret" (index . 0).Release.Namespace $secret -}}
{{- $data := .data | default dict -}}
{{- if not (hasKey $data $key) -}}
{{- fail (printf "the Secret %s has no key %q, only %s, and a new value would not open what the old one does. Copy its value to that key, or restore the key's old name in the values" $secret $key (keys $data | sortAlpha | join ", " | default "none")) -}}
{{- end -}}
{{- get $data $key -}}
{{- end -}}
{{- end -}}
