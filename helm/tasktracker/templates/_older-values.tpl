{{/* Sentences about values of older charts, as a YAML list. Argument: root. */}}
{{- define "tasktracker.olderFaults" -}}
{{- $faults := list -}}
{{- if hasKey .Values.tokens "signedBy" -}}
{{- $faults = append $faults "tokens.signedBy is gone: leave it out, whoever calls the user service finds its keys" -}}
{{- end -}}
{{- if not (hasKey .Values.networkPolicy "dnsPorts") -}}
{{- $faults = append $faults "networkPolicy.dnsPorts is missing: it has the ports of DNS, such as [53]" -}}
{{- end -}}
{{- if not (hasKey .Values "identityDefaults") -}}
{{- $faults = append $faults "identityDefaults is missing: without it and services.task.identity the tasks of deleted accounts stay" -}}
{{- end -}}
{{- $places := dict "defaults" .Values.defaults -}}
{{- range $name, $entry := .Values.services -}}{{- if $entry -}}{{- $_ := set $places (printf "services.%s" $name) $entry -}}{{- end -}}{{- end -}}
{{- range $path, $entry := $places -}}
{{- if hasKey $entry "serviceAnnotations" -}}
{{- $faults = append $faults (printf "%s.serviceAnnotations is called %s.service.annotations now" $path $path) -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}
