{{/*
What a schema can't check or explain: values that Kubernetes would refuse, some of them with half of the release
replaced. Each check gives a list of sentences that say which value is wrong and what to write instead.
*/}}

{{/*
A quantity as a number in its base unit: cores or bytes. Empty for what Kubernetes does not take as a quantity, and for
fractions of a byte or of a thousandth of a core. Arguments: name of the resource, value.
*/}}
{{- define "tasktracker.quantity" -}}
{{- $name := index . 0 -}}{{- $value := index . 1 -}}
{{- $text := toString $value -}}
{{- if kindIs "float64" $value -}}{{- if eq (float64 (int64 $value)) $value -}}{{- $text = toString (int64 $value) -}}{{- end -}}{{- end -}}
{{- $unit := regexFind "[a-zA-Z]+$" $text -}}
{{- $factors := dict "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- if eq $name "cpu" -}}{{- $factors = dict "" 1.0 "m" 0.001 "k" 1000.0 -}}{{- end -}}
{{- if contains "/" $name -}}{{- $factors = dict "" 1.0 -}}{{- end -}}
{{- if and (regexMatch "^[0-9]+([.][0-9]+)?[a-zA-Z]*$" $text) (hasKey $factors $unit) -}}
{{- $number := mulf (float64 (trimSuffix $unit $text)) (get $factors $unit) -}}
{{- /*
In the smallest units: thousandths of a core, bytes. The product may miss a whole number by a rounding error.
*/ -}}
{{- $units := ternary (mulf $number 1000.0) $number (eq $name "cpu") -}}
{{- if or (lt (subf (ceil $units) $units) 0.000001) (lt (subf $units (floor $units)) 0.000001) -}}
{{- printf "%f" $number -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Sentences about invalid quantities, as a YAML list. Arguments: path, `resources`. */}}
{{- define "tasktracker.quantityFaults" -}}
{{- $path := index . 0 -}}{{- $resources := index . 1 -}}
{{- $faults := list -}}
{{- range $kind := list "requests" "limits" -}}
{{- range $name, $value := get $resources $kind | default dict -}}
{{- if and (not (kindIs "invalid" $value)) (not (include "tasktracker.quantity" (list $name $value))) -}}
{{- $example := ternary "500m or 2" (ternary "1 (a whole number)" "256Mi or 1.5Gi" (contains "/" $name)) (eq $name "cpu") -}}
{{- $faults = append $faults (printf "%s.%s.%s is %q, which is not a valid amount: use a value such as %s" $path $kind $name (toString $value) $example) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* Sentences about requests that their limits don't allow, as a YAML list. Arguments: path, `resources`. */}}
{{- define "tasktracker.requestFaults" -}}
{{- $path := index . 0 -}}{{- $resources := index . 1 -}}
{{- $faults := list -}}
{{- range $name, $value := $resources.requests | default dict -}}
{{- $limit := get ($resources.limits | default dict) $name -}}
{{- $requested := include "tasktracker.quantity" (list $name $value) -}}
{{- $limited := include "tasktracker.quantity" (list $name $limit) -}}
{{- if and (contains "/" $name) (ne (toString $value) (toString $limit)) -}}
{{- $faults = append $faults (printf "%s.requests.%s is %v but its limit is not the same, which Kubernetes requires for devices" $path $name $value) -}}
{{- else if and $requested $limited -}}
{{- if gt (float64 $requested) (float64 $limited) -}}
{{- $faults = append $faults (printf "%s.requests.%s is %v, more than its limit %v: raise the limit or lower the request" $path $name $value $limit) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* Sentences about an image's name, as a YAML list. Arguments: whose image it is, name. */}}
{{- define "tasktracker.imageFaults" -}}
{{- $pattern := "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?$" -}}
{{- $faults := list -}}
{{- if not (regexMatch $pattern (index . 1)) -}}
{{- $faults = append $faults (printf "the image of %s would be %q, which is not a valid image name: registry and repository are in lower case, without a scheme or a slash at the end, and a tag has only letters, digits, '.', '_' and '-'" (index . 0) (index . 1)) -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* Sentences about volumes and their mounts, as a YAML list. Argument: service. */}}
{{- define "tasktracker.volumeFaults" -}}
{{- $path := printf "services.%s" .name -}}
{{- $own := list "tmp" "secrets" "service-clients" "database-authority" -}}
{{- $faults := list -}}{{- $names := list -}}
{{- range .extraVolumes -}}
{{- if has .name $own -}}{{- $faults = append $faults (printf "%s.extraVolumes has %q, which is the name of one of the chart's own volumes: give it another" $path .name) -}}{{- end -}}
{{- if has .name $names -}}{{- $faults = append $faults (printf "%s.extraVolumes has %q twice" $path .name) -}}{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- $names = append $names "tmp" -}}
{{- $folders := list "/tmp" -}}
{{- if include "tasktracker.secretFiles" . | fromYaml -}}{{- $names = append $names "secrets" -}}{{- $folders = append $folders "/etc/tasktracker/secrets" -}}{{- end -}}
{{- if .clients -}}{{- $names = append $names "service-clients" -}}{{- $folders = append $folders "/etc/tasktracker/service-clients" -}}{{- end -}}
{{- if include "tasktracker.authorityVolume" . -}}{{- $names = append $names "database-authority" -}}{{- $folders = append $folders "/etc/tasktracker/database" -}}{{- end -}}
{{- range .extraVolumeMounts -}}
{{- if not (has .name $names) -}}{{- $faults = append $faults (printf "%s.extraVolumeMounts mounts %q, which is not a volume: add it to extraVolumes" $path .name) -}}{{- end -}}
{{- if has .mountPath $folders -}}{{- $faults = append $faults (printf "%s.extraVolumeMounts has %s, where something is mounted already" $path .mountPath) -}}{{- end -}}
{{- $folders = append $folders .mountPath -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* Sentences about the TLS of a database, as a YAML list. Argument: service. */}}
{{- define "tasktracker.tlsFaults" -}}
{{- $faults := list -}}
{{- with .database -}}
{{- $path := printf "services.%s.database.tls" $.name -}}
{{- if and .tls.caSecret .tls.caConfigMap -}}{{- $faults = append $faults (printf "%s names a caSecret and a caConfigMap: keep only the one that has the authority" $path) -}}{{- end -}}
{{- if and .external (eq .tls.mode "verify-ca") (not (or .tls.caSecret .tls.caConfigMap)) -}}
{{- $faults = append $faults (printf "%s.mode is verify-ca, which needs the authority: name it in caSecret or caConfigMap" $path) -}}
{{- end -}}
{{- if and (not .external) (or .tls.caSecret .tls.caConfigMap) -}}
{{- $faults = append $faults (printf "%s is for an external database: set services.%s.database.external as well" $path $.name) -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}

{{/* All sentences, as a YAML list. Argument: root. */}}
{{- define "tasktracker.faults" -}}
{{- $faults := list -}}
{{- $services := include "tasktracker.services" . | fromYaml -}}
{{- range $path, $resources := dict "defaults.resources" .Values.defaults.resources "migration.resources" .Values.migration.resources "postgres.resources" .Values.postgres.resources -}}
{{- $faults = concat $faults (include "tasktracker.quantityFaults" (list $path $resources) | fromYamlArray) -}}
{{- end -}}
{{- range $path, $resources := dict "migration.resources" .Values.migration.resources "postgres.resources" .Values.postgres.resources -}}
{{- $faults = concat $faults (include "tasktracker.requestFaults" (list $path $resources) | fromYamlArray) -}}
{{- end -}}
{{- if not (include "tasktracker.quantity" (list "storage" .Values.postgres.storage.size) | default "0" | float64) -}}
{{- $faults = append $faults (printf "postgres.storage.size is %q, which is not a valid amount: use a value such as 10Gi" (toString .Values.postgres.storage.size)) -}}
{{- end -}}
{{- if .Values.postgres.enabled -}}
{{- $image := .Values.postgres.image -}}
{{- $faults = concat $faults (include "tasktracker.imageFaults" (list "postgres" (include "tasktracker.imageName" (list $image.repository $image.tag $image.digest))) | fromYamlArray) -}}
{{- end -}}
{{- $faults = concat $faults (include "tasktracker.settingFaults" (list . "defaults" .Values.defaults.env) | fromYamlArray) -}}
{{- $nodePorts := dict -}}
{{- range $name, $service := $services -}}
{{- $faults = concat $faults (include "tasktracker.settingFaults" (list $ (printf "services.%s" $name) (get $.Values.services $name).env) | fromYamlArray) -}}
{{- with get (get $.Values.services $name) "resources" -}}
{{- $faults = concat $faults (include "tasktracker.quantityFaults" (list (printf "services.%s.resources" $name) .) | fromYamlArray) -}}
{{- end -}}
{{- $faults = concat $faults
  (include "tasktracker.requestFaults" (list (printf "services.%s.resources" $name) $service.resources) | fromYamlArray)
  (include "tasktracker.imageFaults" (list (printf "services.%s" $name) (include "tasktracker.image" (list $ $service))) | fromYamlArray)
  (include "tasktracker.volumeFaults" $service | fromYamlArray)
  (include "tasktracker.tlsFaults" $service | fromYamlArray) -}}
{{- if and (kindIs "map" $service.identity) (not (has "user" $service.calls)) -}}
{{- $faults = append $faults (printf "services.%s has an identity, whose tokens come from the user service: add user to services.%s.calls" $name $name) -}}
{{- end -}}
{{- with $service.autoscaling -}}
{{- if and .enabled (gt (int64 .minReplicas) (int64 .maxReplicas)) -}}
{{- $faults = append $faults (printf "services.%s.autoscaling.minReplicas is %v, more than its maxReplicas %v: raise maxReplicas" $name .minReplicas .maxReplicas) -}}
{{- end -}}
{{- if and .enabled (not ($service.resources.requests | default dict).cpu) -}}
{{- $faults = append $faults (printf "services.%s.autoscaling aims at a share of the CPU request, and there is none: set services.%s.resources.requests.cpu" $name $name) -}}
{{- end -}}
{{- end -}}
{{- range $rule := $service.networkPolicy.egress -}}{{- range $rule.ports -}}
{{- if .endPort -}}{{- if lt (int64 .endPort) (int64 .port) -}}
{{- $faults = append $faults (printf "services.%s.networkPolicy.egress has the endPort %v, which is lower than its port %v" $name .endPort .port) -}}
{{- end -}}{{- end -}}
{{- end -}}{{- end -}}
{{- if and $service.service.nodePort (eq $service.service.type "ClusterIP") -}}
{{- $faults = append $faults (printf "services.%s.service.nodePort is for a Service of the type NodePort or LoadBalancer: set services.%s.service.type" $name $name) -}}
{{- end -}}
{{- with $service.service.nodePort -}}
{{- $port := toString . -}}
{{- if hasKey $nodePorts $port -}}
{{- $faults = append $faults (printf "services.%s.service.nodePort is %s, which services.%s has too: give each its own" $name $port (get $nodePorts $port)) -}}
{{- end -}}
{{- $_ := set $nodePorts $port $name -}}
{{- end -}}
{{- end -}}
{{- toYaml $faults -}}
{{- end -}}
