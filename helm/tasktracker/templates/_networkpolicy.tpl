{{/* Egress rules that several pods share. */}}

{{- define "tasktracker.dnsEgress" -}}
- ports:
    {{- range .Values.networkPolicy.dnsPorts }}
    - { port: {{ . }}, protocol: UDP }
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  to:
    {{- toYaml .Values.networkPolicy.dns | nindent 4 }}
{{- end -}}

{{/* To the chart's Postgres, or to an external one. Arguments: root, service. */}}
{{- define "tasktracker.databaseEgress" -}}
{{- $root := index . 0 -}}{{- $database := (index . 1).database -}}
{{- if not $database.external -}}
- ports: [{ port: 5432 }]
  to:
    - podSelector:
        matchLabels:
          {{- include "tasktracker.selector" (list $root "postgres") | nindent 10 }}
{{- else -}}
- ports: [{ port: {{ $database.port }} }]
  {{- with $database.peers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}
