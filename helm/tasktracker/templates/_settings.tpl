{{/* What is wrong with the settings of services, `env`, that a schema can't say or can't say in words. */}}

{{/* Where the values have what `env` must not change alone: the rest of the release would not follow. */}}
{{- define "tasktracker.settingsElsewhere" -}}
PORT: port
DRAIN_DELAY_MS: drain.delayMs
DRAIN_IDLE_MS: drain.idleMs
DATABASE_TLS: database.tls.mode
DATABASE_CA_FILE: database.tls
{{- end -}}

{{/* The settings that an `env` takes by name, as YAML: those of its service, or of all for `defaults`; empty for a service that the chart doesn't know. Arguments: root, path. */}}
{{- define "tasktracker.knownSettings" -}}
{{- $services := (index . 0).Files.Get "files/settings.json" | fromJson -}}
{{- $known := get $services (trimPrefix "services." (index . 1)) | default dict -}}
{{- if eq (index . 1) "defaults" -}}{{- range $services -}}{{- $known = merge $known . -}}{{- end -}}{{- end -}}
{{- toYaml $known -}}
{{- end -}}

{{/* Sentences as a YAML list. Arguments: root, path, `env`. */}}
{{- define "tasktracker.settingFaults" -}}
{{- $path := index . 1 -}}
{{- $elsewhere := include "tasktracker.settingsElsewhere" . | fromYaml -}}
{{- $known := include "tasktracker.knownSettings" . | fromYaml -}}
{{- $faults := list -}}
{{- range $name, $value := index . 2 -}}
{{- $setting := get $known $name | default dict -}}
{{- if hasKey $elsewhere $name -}}
{{- $faults = append $faults (printf "%s.env has %s, which other parts of the release would not follow: set %s.%s instead" $path $name $path (get $elsewhere $name)) -}}
{{- else if and $known (not (hasKey $known $name)) -}}
{{- $faults = append $faults (printf "%s.env has %s, which is no setting: correct the name, or put it into %s.extraEnv" $path $name $path) -}}
{{- else if and (eq $name "HOST") (regexMatch "^(localhost|127[.].*|::1)$" (toString $value)) -}}
{{- $faults = append $faults (printf "%s.env.HOST is %s, where nothing outside the pod reaches it: leave it out" $path $value) -}}
{{- else if hasKey $setting "pattern" -}}
{{- if not (or (eq (toString $value) "") (regexMatch $setting.pattern (toString $value))) -}}
{{- $faults = append $faults (printf "%s.env.%s is %v: it takes %s" $path $name $value $setting.words) -}}
{{- end -}}
{{- else if and $setting (kindIs "string" $value) (ne $value "") -}}
{{- /* A number as text, which the schema can't compare. */ -}}
{{- if or (lt (int64 $value) (int64 $setting.minimum)) (gt (int64 $value) (int64 $setting.maximum)) -}}
{{- $faults = append $faults (printf "%s.env.%s is %s: it takes %d to %d" $path $name $value (int64 $setting.minimum) (int64 $setting.maximum)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}
