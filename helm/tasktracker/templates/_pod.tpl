{{/* What pods have in common. */}}

{{/*
Meets Pod Security "restricted". Without `runAsUser` the user is chosen by the cluster (OpenShift does, in group 0) or
by the image. Argument: a `securityContext` of the values.
*/}}
{{- define "tasktracker.podSecurityContext" -}}
{{- $context := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- with .runAsUser -}}
{{- $ids := dict "runAsUser" (int64 .) "runAsGroup" (int64 .) "fsGroup" (int64 .) "fsGroupChangePolicy" "OnRootMismatch" -}}
{{- include "tasktracker.overlay" (list $context $ids) -}}
{{- end -}}
{{- include "tasktracker.overlay" (list $context .pod) -}}
{{- toYaml $context -}}
{{- end -}}

{{/* Argument: a `securityContext` of the values; the root file system is read-only unless it says otherwise. */}}
{{- define "tasktracker.containerSecurityContext" -}}
{{- $context := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) "readOnlyRootFilesystem" true -}}
{{- if hasKey . "readOnlyRootFilesystem" -}}{{- $_ := set $context "readOnlyRootFilesystem" .readOnlyRootFilesystem -}}{{- end -}}
{{- include "tasktracker.overlay" (list $context .container) -}}
{{- toYaml $context -}}
{{- end -}}

{{/*
Mode of mounted Secrets: for the group alone if there is one, otherwise for everybody, as the pod has only one user.
Argument: a `securityContext` of the values.
*/}}
{{- define "tasktracker.secretMode" -}}
{{- if or .runAsUser (hasKey .pod "fsGroup") }}0440{{ else }}0444{{ end -}}
{{- end -}}

{{/* The pod's status says why a container failed, for `kubectl describe` and dashboards. */}}
{{- define "tasktracker.containerBasics" -}}
terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{/* Volume with the authority of an external database, as YAML; nothing if there is none. Argument: service. */}}
{{- define "tasktracker.authorityVolume" -}}
{{- with .database -}}
{{- if and .external (ne .tls.mode "disable") -}}
{{- $items := printf "[{ key: %s, path: ca.crt }]" (.tls.caKey | quote) -}}
{{- with .tls.caSecret }}
- name: database-authority
  secret: { secretName: {{ . | quote }}, items: {{ $items }} }
{{- end }}
{{- with .tls.caConfigMap }}
- name: database-authority
  configMap: { name: {{ . | quote }}, items: {{ $items }} }
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Its mount. A folder, not a file, so that it follows the Secret when that is renewed. Argument: service. */}}
{{- define "tasktracker.authorityMount" -}}
{{- if include "tasktracker.authorityVolume" . -}}
- { name: database-authority, mountPath: /etc/tasktracker/database, readOnly: true }
{{- end -}}
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

{{/*
For pods that look up names: a lost answer costs one second instead of the resolver's five, which is longer than the
services wait for a connection.
*/}}
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
The migration's pod: `migrate` as the role that owns the database, after `provision` if the chart's own Postgres must
first make the database and its roles. It also gets what values add to the service's pods (labels, environment,
volumes), which may be needed to reach the database, such as a private authority's certificate. `provision` gets none of
it: it connects to the chart's own Postgres as its administrator. Arguments: root, service.
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
    {{- include "tasktracker.podSecurityContext" $service.securityContext | nindent 4 }}
  {{- with include "tasktracker.scheduling" $service }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- if not $service.database.external }}
  initContainers:
    - name: provision
      image: {{ $image | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      {{- include "tasktracker.containerBasics" . | nindent 6 }}
      args: {{ include "tasktracker.args" (list $service "provision") }}
      env:
        {{- include "tasktracker.provisionEnvironment" . | nindent 8 }}
      securityContext:
        {{- include "tasktracker.containerSecurityContext" $service.securityContext | nindent 8 }}
      resources:
        {{- toYaml $root.Values.migration.resources | nindent 8 }}
  {{- end }}
  containers:
    - name: migrate
      image: {{ $image | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      {{- include "tasktracker.containerBasics" . | nindent 6 }}
      args: {{ include "tasktracker.args" (list $service "migrate") }}
      env:
        {{- include "tasktracker.migrationEnvironment" $service | nindent 8 }}
      securityContext:
        {{- include "tasktracker.containerSecurityContext" $service.securityContext | nindent 8 }}
      resources:
        {{- toYaml $root.Values.migration.resources | nindent 8 }}
      {{- /* Mounts of the chart's own volumes are left out: this pod does not have those. */}}
      {{- $mounts := list -}}
      {{- range $mount := $service.extraVolumeMounts -}}
      {{- range $volume := $service.extraVolumes -}}{{- if eq $volume.name $mount.name -}}{{- $mounts = append $mounts $mount -}}{{- end -}}{{- end -}}
      {{- end }}
      {{- $authority := include "tasktracker.authorityMount" $service }}
      {{- if or $authority $mounts }}
      volumeMounts:
        {{- with $authority }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $mounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
  {{- if or $authority $service.extraVolumes }}
  volumes:
    {{- with include "tasktracker.authorityVolume" $service }}
    {{- . | trim | nindent 4 }}
    {{- end }}
    {{- with $service.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* The secret files of a service that have a Secret, as YAML. Argument: service. */}}
{{- define "tasktracker.secretFiles" -}}
{{- $files := dict -}}
{{- range $file, $entry := .secretFiles -}}
{{- if $entry -}}{{- if or $entry.generate $entry.existingSecret -}}{{- $_ := set $files $file $entry -}}{{- end -}}{{- end -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}
