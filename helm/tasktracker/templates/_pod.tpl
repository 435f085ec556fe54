{{/* What pods have in common. */}}

{{/* Keeps to Pod Security "restricted". Argument: uid. */}}
{{- define "tasktracker.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Argument: whether the root file system is read-only. */}}
{{- define "tasktracker.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ . }}
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where a pod runs. Argument: anything with these members. */}}
{{- define "tasktracker.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Without service links, which would put variables such as TASKTRACKER_USER_PORT into every pod. Argument: root. */}}
{{- define "tasktracker.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An environment variable from a key of a Secret. Arguments: variable, Secret, key. */}}
{{- define "tasktracker.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom: { secretKeyRef: { name: {{ index . 1 | quote }}, key: {{ index . 2 | quote }} } }
{{- end -}}

{{/* Arguments of a container, as JSON. Arguments: service, `serve`, `migrate` or `provision`. */}}
{{- define "tasktracker.args" -}}
{{- $service := index . 0 -}}
{{- $args := list -}}
{{- range get $service.args (index . 1) -}}{{- $args = append $args (replace "{service}" $service.name .) -}}{{- end -}}
{{- toJson $args -}}
{{- end -}}

{{/*
The migration's pod: `migrate` as the role that owns the database, after `provision` where the chart's own Postgres must
first make the database and its roles. Arguments: root, service.
*/}}
{{- define "tasktracker.migrationPod" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
{{- $image := include "tasktracker.image" . -}}
{{- $migrationSecret := include "tasktracker.databaseSecret" (list $root $service "migration") -}}
metadata:
  labels:
    {{- include "tasktracker.selector" (list $root (printf "%s-migration" $service.name)) | nindent 4 }}
  {{- with $service.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "tasktracker.podBasics" $root | nindent 2 }}
  serviceAccountName: {{ $service.fullname }}
  restartPolicy: Never
  securityContext:
    {{- include "tasktracker.podSecurityContext" 10001 | nindent 4 }}
  {{- with include "tasktracker.scheduling" $service }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- if $root.Values.postgres.enabled }}
  initContainers:
    - name: provision
      image: {{ $image | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ include "tasktracker.args" (list $service "provision") }}
      env:
        - name: ADMIN_DATABASE_URL
          value: postgres://postgres@{{ include "tasktracker.fullname" $root }}-postgres:5432/postgres
        {{- include "tasktracker.secretVariable" (list "PGPASSWORD" (include "tasktracker.postgresSecret" $root) $root.Values.postgres.passwordKey) | nindent 8 }}
        {{- include "tasktracker.secretVariable" (list "MIGRATION_DATABASE_URL" $migrationSecret $service.database.migration.urlKey) | nindent 8 }}
        {{- include "tasktracker.secretVariable" (list "DATABASE_URL" (include "tasktracker.databaseSecret" (list $root $service "app")) $service.database.app.urlKey) | nindent 8 }}
      securityContext:
        {{- include "tasktracker.containerSecurityContext" $service.securityContext.readOnlyRootFilesystem | nindent 8 }}
      resources:
        {{- toYaml $root.Values.migration.resources | nindent 8 }}
  {{- end }}
  containers:
    - name: migrate
      image: {{ $image | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ include "tasktracker.args" (list $service "migrate") }}
      env:
        {{- include "tasktracker.secretVariable" (list "MIGRATION_DATABASE_URL" $migrationSecret $service.database.migration.urlKey) | nindent 8 }}
      securityContext:
        {{- include "tasktracker.containerSecurityContext" $service.securityContext.readOnlyRootFilesystem | nindent 8 }}
      resources:
        {{- toYaml $root.Values.migration.resources | nindent 8 }}
{{- end -}}

{{/* Those secret files of a service that there is a Secret for, as YAML. Argument: service. */}}
{{- define "tasktracker.secretFiles" -}}
{{- $files := dict -}}
{{- range $file, $entry := .secretFiles -}}
{{- if $entry -}}{{- if or $entry.generate $entry.existingSecret -}}{{- $_ := set $files $file $entry -}}{{- end -}}{{- end -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* Environment that comes from Secrets or names their files, and what the values add. Arguments: root, service. */}}
{{- define "tasktracker.secretEnvironment" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
{{- $env := list -}}
{{- if $service.database -}}
{{- $ref := dict "name" (include "tasktracker.databaseSecret" (list $root $service "app")) "key" $service.database.app.urlKey -}}
{{- $env = append $env (dict "name" "DATABASE_URL" "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- range $file, $entry := include "tasktracker.secretFiles" $service | fromYaml -}}
{{- $env = append $env (dict "name" $entry.env "value" (printf "/etc/tasktracker/secrets/%s" $file)) -}}
{{- end -}}
{{- with concat $env $service.extraEnv -}}{{- toYaml . -}}{{- end -}}
{{- end -}}
