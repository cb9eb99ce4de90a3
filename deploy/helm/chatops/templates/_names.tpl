{{/* Names and labels. */}}

{{- define "chatops.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "chatops.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "chatops.name" . -}}
{{- (contains $name .Release.Name) | ternary .Release.Name (printf "%s-%s" .Release.Name $name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "chatops.selector" -}}
app.kubernetes.io/name: {{ include "chatops.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "chatops.labels" -}}
{{ include "chatops.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "chatops.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "chatops.fullname" .) "default") -}}
{{- end -}}

{{- define "chatops.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The Secret that has the settings which are secret. */}}
{{- define "chatops.secret" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-settings" (include "chatops.fullname" .)) -}}
{{- end -}}

{{/* Whether the database is PostgreSQL: "true" or nothing. */}}
{{- define "chatops.postgresql" -}}
{{- if eq .Values.database.type "postgresql" }}true{{ end -}}
{{- end -}}

{{- define "chatops.replicas" -}}
{{- $replicas := int .Values.replicas -}}
{{- if include "chatops.postgresql" . -}}
{{- $replicas | default 2 -}}
{{- else -}}
{{- if gt $replicas 1 -}}
{{- fail "replicas: a SQLite file is one process's, so more than one replica takes PostgreSQL: set database.type=postgresql, or leave replicas at 0" -}}
{{- end -}}
1
{{- end -}}
{{- end -}}

{{/* A value of a setting as the environment has it. Helm reads numbers as floats, and -1001234567890 is no -1.0e+12. */}}
{{- define "chatops.text" -}}
{{- if kindIs "slice" . -}}
{{- range $number, $each := . }}{{ if $number }},{{ end }}{{ include "chatops.text" $each }}{{ end -}}
{{- else if kindIs "float64" . -}}
{{- printf "%.0f" . -}}
{{- else if not (kindIs "invalid" .) -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
