{{/* The services map, made whole. */}}

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
Every service with all that it has, as YAML: its defaults, `name`, `fullname`, `calls` as a list, `callers` (the services
that call it) and its database.
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
{{- $_ := set $database "name" (printf "tasktracker_%s" ($name | replace "-" "_")) -}}
{{- $_ := set $service "database" $database -}}
{{- end -}}
{{- $_ := set $services $name $service -}}
{{- end -}}
{{- end -}}
{{- range $name, $service := $services -}}
{{- if eq (toString $service.calls) "all" -}}
{{- $_ := set $service "calls" (without (keys $services | sortAlpha) $name) -}}
{{- end -}}
{{- end -}}
{{- range $name, $service := $services -}}
{{- $callers := list -}}
{{- range $other, $entry := $services -}}
{{- if has $name $entry.calls -}}{{- $callers = append $callers $other -}}{{- end -}}
{{- end -}}
{{- $_ := set $service "callers" $callers -}}
{{- range $service.calls -}}
{{- if not (hasKey $services .) -}}
{{- fail (printf "services.%s.calls names %s, which is not a service" $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
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

{{/* Name of the Secret with a role's URL. Arguments: root, service, `app` or `migration`. */}}
{{- define "tasktracker.databaseSecret" -}}
{{- $service := index . 1 -}}{{- $role := index . 2 -}}
{{- $existing := (index $service.database $role).existingSecret -}}
{{- if and (not $existing) (not (index . 0).Values.postgres.enabled) -}}
{{- fail (printf "postgres.enabled is false: services.%s.database.%s.existingSecret must name the Secret with the URL of its database" $service.name $role) -}}
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

{{/* The plain environment of a service, as YAML. Arguments: root, service, services. */}}
{{- define "tasktracker.environment" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}{{- $services := index . 2 -}}
{{- $env := dict
  "PORT" (toString $service.port)
  "LOG_LEVEL" $service.logLevel
  "DRAIN_DELAY_MS" (toString $service.drain.delayMs)
  "DRAIN_IDLE_MS" (toString $service.drain.idleMs)
  "TOKEN_ISSUER" $root.Values.tokens.issuer
  "TOKEN_AUDIENCE" $root.Values.tokens.audience -}}
{{- if $service.database -}}{{- $_ := set $env "DATABASE_POOL_SIZE" (toString $service.database.poolSize) -}}{{- end -}}
{{- range $service.calls -}}
{{- $callee := get $services . -}}
{{- $url := printf "http://%s:%v" $callee.fullname $callee.port -}}
{{- $_ := set $env (printf "%s_SERVICE_URL" (upper . | replace "-" "_")) $url -}}
{{- if eq . $root.Values.tokens.signedBy -}}
{{- $_ := set $env "JWKS_URL" (printf "%s/.well-known/jwks.json" $url) -}}
{{- $_ := set $env "ENDED_SESSIONS_URL" (printf "%s/internal/ended-sessions" $url) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := $service.env -}}{{- $_ := set $env $key (toString $value) -}}{{- end -}}
{{- toYaml $env -}}
{{- end -}}

{{/* What a Secret in the cluster already has under a key, in base64; empty without it. Arguments: root, Secret, key. */}}
{{- define "tasktracker.kept" -}}
{{- $secret := lookup "v1" "Secret" (index . 0).Release.Namespace (index . 1) -}}
{{- get ($secret.data | default dict) (index . 2) -}}
{{- end -}}
