{{/*
A role and its binding: in `namespace`, or in the whole cluster where that is empty. `account` is whether the service's own
account gets it, `people` are those who do under names of their own. A role of nobody is left for others to bind.
*/}}
{{- define "chatops.role" -}}
{{- $kind := empty .namespace | ternary "ClusterRole" "Role" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "chatops.labels" .root | nindent 4 }}
rules: {{- toYaml .rules | nindent 2 }}
{{- if or .account .people }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "chatops.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ .name }}
subjects:
  {{- if .account }}
  - kind: ServiceAccount
    name: {{ include "chatops.serviceAccount" .root }}
    namespace: {{ .root.Release.Namespace }}
  {{- end }}
  {{- range .people }}
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: {{ replace "{id}" (include "chatops.text" .) $.root.Values.rbac.impersonate.pattern | quote }}
  {{- end }}
{{- end }}
{{- end -}}
