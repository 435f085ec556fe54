{{/* Environments of containers. */}}

{{/* A value as text. Numbers in values are floats, and a large one would be written with an exponent. */}}
{{- define "tasktracker.text" -}}
{{- if kindIs "float64" . -}}{{- int64 . -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{/*
Variables without secrets, by name, as YAML: the chart's, overridden by `env`. Arguments: root, service, services.
*/}}
{{- define "tasktracker.plainEnvironment" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}{{- $services := index . 2 -}}
{{- $env := dict
  "PORT" $service.port
  "LOG_LEVEL" $service.logLevel
  "DRAIN_DELAY_MS" $service.drain.delayMs
  "DRAIN_IDLE_MS" $service.drain.idleMs
  "TOKEN_ISSUER" $root.Values.tokens.issuer
  "TOKEN_AUDIENCE" $root.Values.tokens.audience -}}
{{- if $service.database -}}
{{- $_ := set $env "DATABASE_POOL_SIZE" $service.database.poolSize -}}
{{- range include "tasktracker.databaseTls" $service | fromYamlArray -}}{{- $_ := set $env .name .value -}}{{- end -}}
{{- end -}}
{{- /* If only its callers can connect, it trusts them about the client's address. */ -}}
{{- if and $root.Values.networkPolicy.enabled (not $service.public) -}}
{{- $_ := set $env "TRUSTED_PROXIES" (join "," $root.Values.networkPolicy.podNetworks) -}}
{{- end -}}
{{- range $file, $entry := include "tasktracker.secretFiles" $service | fromYaml -}}
{{- $_ := set $env $entry.env (printf "/etc/tasktracker/secrets/%s" $file) -}}
{{- end -}}
{{- if $service.clients -}}{{- $_ := set $env "SERVICE_CLIENTS_DIR" "/etc/tasktracker/service-clients" -}}{{- end -}}
{{- range $service.calls -}}
{{- $callee := get $services . -}}
{{- $_ := set $env (printf "%s_SERVICE_URL" (upper .)) (printf "http://%s:%v" $callee.fullname $callee.port) -}}
{{- end -}}
{{- /* Its API document says what the user service enforces. */ -}}
{{- if $service.public -}}
{{- with dig "user" "env" "PASSWORD_MIN_LENGTH" "" $services -}}{{- $_ := set $env "PASSWORD_MIN_LENGTH" . -}}{{- end -}}
{{- end -}}
{{- range $name, $value := $service.env -}}{{- $_ := set $env $name $value -}}{{- end -}}
{{- range $name, $value := $env -}}{{- $_ := set $env $name (include "tasktracker.text" $value) -}}{{- end -}}
{{- toYaml $env -}}
{{- end -}}

{{/*
The last of the variables with the same name, as YAML: Kubernetes accepts a name twice, but an upgrade would mix them
up. Argument: the list.
*/}}
{{- define "tasktracker.variables" -}}
{{- $names := list -}}{{- $variables := list -}}
{{- range reverse . -}}
{{- if not (has .name $names) -}}
{{- $names = append $names .name -}}{{- $variables = prepend $variables . -}}
{{- end -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* A variable from a key of a Secret, as YAML. Arguments: variable, Secret, key. */}}
{{- define "tasktracker.secretVariable" -}}
name: {{ index . 0 }}
valueFrom: { secretKeyRef: { name: {{ index . 1 | quote }}, key: {{ index . 2 | quote }} } }
{{- end -}}

{{/*
All variables of a service, in the pod template, so that a restarted pod keeps those of its revision even if an upgrade
fails. `env` overrides the chart, and `extraEnv` overrides both. Arguments: root, service, services.
*/}}
{{- define "tasktracker.environment" -}}
{{- $service := index . 1 -}}
{{- $variables := list -}}
{{- if $service.database -}}
{{- $variables = append $variables (include "tasktracker.secretVariable" (list "DATABASE_URL" (include "tasktracker.databaseSecret" (list $service "app")) $service.database.app.urlKey) | fromYaml) -}}
{{- end -}}
{{- range $name, $value := include "tasktracker.plainEnvironment" . | fromYaml -}}
{{- /* Kubernetes reads `$(NAME)` in a value as another variable, and `$$` as `$`. */ -}}
{{- $variables = append $variables (dict "name" $name "value" ($value | replace "$" "$$")) -}}
{{- end -}}
{{- include "tasktracker.variables" (concat $variables $service.extraEnv) -}}
{{- end -}}

{{/*
How an external database is reached, as a list of variables in YAML; empty for the chart's own. Argument: service.
*/}}
{{- define "tasktracker.databaseTls" -}}
{{- $variables := list -}}
{{- if .database.external -}}
{{- $variables = append $variables (dict "name" "DATABASE_TLS" "value" .database.tls.mode) -}}
{{- if include "tasktracker.authorityVolume" . -}}
{{- $variables = append $variables (dict "name" "DATABASE_CA_FILE" "value" "/etc/tasktracker/database/ca.crt") -}}
{{- end -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* The variables of a migration. Argument: service. */}}
{{- define "tasktracker.migrationEnvironment" -}}
{{- $url := include "tasktracker.secretVariable" (list "MIGRATION_DATABASE_URL" (include "tasktracker.databaseSecret" (list . "migration")) .database.migration.urlKey) | fromYaml -}}
{{- include "tasktracker.variables" (concat (list $url) (include "tasktracker.databaseTls" . | fromYamlArray) .extraEnv) -}}
{{- end -}}

{{/*
The variables of the step that makes a database and its roles in the chart's Postgres. Arguments: root, service.
*/}}
{{- define "tasktracker.provisionEnvironment" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
- name: ADMIN_DATABASE_URL
  value: postgres://postgres@{{ include "tasktracker.fullname" $root }}-postgres:5432/postgres
{{- range list
  (list "ADMIN_DATABASE_PASSWORD" (include "tasktracker.postgresSecret" $root) $root.Values.postgres.passwordKey)
  (list "MIGRATION_DATABASE_URL" (include "tasktracker.databaseSecret" (list $service "migration")) $service.database.migration.urlKey)
  (list "DATABASE_URL" (include "tasktracker.databaseSecret" (list $service "app")) $service.database.app.urlKey) }}
- {{ include "tasktracker.secretVariable" . | nindent 2 | trim }}
{{- end }}
{{- end -}}
