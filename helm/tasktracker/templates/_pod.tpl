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

{{/* For pods that ask for names: a lost answer costs a second, not the resolver's five, longer than the services wait for a connection. */}}
{{- define "tasktracker.dnsConfig" -}}
dnsConfig:
  options: [{ name: timeout, value: '1' }, { name: attempts, value: '5' }]
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
first make the database and its roles. What values add to the service's pods (labels, environment, volumes) it gets too: what
reaches the database, such as a private authority's certificate, is among it. `provision` speaks to the chart's own Postgres,
as its administrator, and gets none of it. Arguments: root, service.
*/}}
{{- define "tasktracker.migrationPod" -}}
{{- $root := index . 0 -}}{{- $service := index . 1 -}}
{{- $image := include "tasktracker.image" . -}}
metadata:
  labels:
    {{- include "tasktracker.selector" (list $root (printf "%s-migration" $service.name)) | nindent 4 }}
    {{- with $service.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $service.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "tasktracker.podBasics" $root | nindent 2 }}
  {{- include "tasktracker.dnsConfig" . | nindent 2 }}
  serviceAccountName: {{ $service.fullname }}
  restartPolicy: Never
  securityContext:
    {{- include "tasktracker.podSecurityContext" 10001 | nindent 4 }}
  {{- with include "tasktracker.scheduling" $service }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- if not $service.database.external }}
  initContainers:
    - name: provision
      image: {{ $image | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ include "tasktracker.args" (list $service "provision") }}
      env:
        {{- include "tasktracker.provisionEnvironment" . | nindent 8 }}
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
        {{- include "tasktracker.migrationEnvironment" $service | nindent 8 }}
      securityContext:
        {{- include "tasktracker.containerSecurityContext" $service.securityContext.readOnlyRootFilesystem | nindent 8 }}
      resources:
        {{- toYaml $root.Values.migration.resources | nindent 8 }}
      {{- /* Mounts of the chart's own volumes, which this pod has not, are left out. */}}
      {{- $mounts := list -}}
      {{- range $mount := $service.extraVolumeMounts -}}
      {{- range $volume := $service.extraVolumes -}}{{- if eq $volume.name $mount.name -}}{{- $mounts = append $mounts $mount -}}{{- end -}}{{- end -}}
      {{- end }}
      {{- with $mounts }}
      volumeMounts:
        {{- toYaml . | nindent 8 }}
      {{- end }}
  {{- with $service.extraVolumes }}
  volumes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Those secret files of a service that there is a Secret for, as YAML. Argument: service. */}}
{{- define "tasktracker.secretFiles" -}}
{{- $files := dict -}}
{{- range $file, $entry := .secretFiles -}}
{{- if $entry -}}{{- if or $entry.generate $entry.existingSecret -}}{{- $_ := set $files $file $entry -}}{{- end -}}{{- end -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}
