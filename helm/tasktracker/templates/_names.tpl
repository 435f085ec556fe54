{{/* Names and labels. */}}

{{/*
Prefix of every object's name: at most 28 characters, so that the longest name made from it stays below 63, and only
what the name of a Service may begin with, which is less than helm allows for the name of a release.
*/}}
{{- define "tasktracker.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := .Values.fullnameOverride -}}
{{- if not $full -}}
{{- $full = ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $full) -}}
{{- fail (printf "%q can't begin the names of Services, which start with a letter and have only letters, digits and hyphens: give the release another name, or set fullnameOverride" $full) -}}
{{- end -}}
{{- if gt (len $full) 28 -}}
{{- $full = printf "%s-%s" (trunc 19 $full | trimSuffix "-") (sha256sum $full | trunc 8) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{/* What selects a component's pods: stable for ever. Arguments: root, component. */}}
{{- define "tasktracker.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | quote }}
app.kubernetes.io/instance: {{ $root.Release.Name | quote }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . | quote }}
{{- end }}
{{- end -}}

{{/*
Labels of an object; pods carry only the selector's, so that a release that changes nothing restarts nothing.
Arguments: root, component.
*/}}
{{- define "tasktracker.labels" -}}
{{- $root := index . 0 -}}
{{ include "tasktracker.selector" . }}
app.kubernetes.io/part-of: tasktracker
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* An object's metadata. Arguments: root, component, name, own annotations (may be empty). */}}
{{- define "tasktracker.metadata" -}}
{{- $root := index . 0 -}}
{{- $annotations := merge (dict) (index . 3 | default dict) $root.Values.commonAnnotations -}}
name: {{ index . 2 }}
namespace: {{ $root.Release.Namespace | quote }}
labels:
  {{- include "tasktracker.labels" (list $root (index . 1)) | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
