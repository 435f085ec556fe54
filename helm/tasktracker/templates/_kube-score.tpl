{{/* Findings of kube-score that are not followed, and why: annotations, as YAML. */}}

{{- define "tasktracker.scoreExceptions" -}}
kube-score/ignore: container-resources,container-image-pull-policy
tasktracker/kube-score-ignored-because: >-
  container-resources: no CPU limit, because throttling costs latency and requests share the CPU fairly; memory and
  ephemeral storage are limited. container-image-pull-policy: tags and digests don't move, and a pod must start while
  the registry is away.
{{- end -}}

{{- define "tasktracker.postgresScoreExceptions" -}}
kube-score/ignore: container-resources,container-image-pull-policy,container-security-context-user-group-id,statefulset-has-servicename
tasktracker/kube-score-ignored-because: >-
  container-resources: no CPU limit, because throttling costs latency and requests share the CPU fairly; memory and
  ephemeral storage are limited. container-image-pull-policy: the tag is a major version, and the pod must start while
  the registry is away. container-security-context-user-group-id: 999 is the user of the official image.
  statefulset-has-servicename: one pod, reached through its Service, needs no name of its own.
{{- end -}}
