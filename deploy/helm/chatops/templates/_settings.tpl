{{/* What the service is told, by the names it knows. */}}

{{- define "chatops.settings" -}}
APP_PORT: "8080"
ALERT_PORT: "8081"
{{- range $name, $value := .Values.settings }}
{{- $text := include "chatops.text" $value }}
{{- if ne $text "" }}
{{ $name | snakecase | upper }}: {{ $text | quote }}
{{- end }}
{{- end }}
{{- if .Values.kubeconfig.existingSecret }}
KUBECONFIG: /etc/chatops/kubeconfig/config
{{- end }}
{{- if .Values.files.suggestions }}
SUGGESTIONS_FILE: /etc/chatops/files/suggestions.yaml
{{- end }}
{{- if .Values.files.routes }}
ROUTES_FILE: /etc/chatops/files/routes.yaml
{{- end }}
{{- if .Values.files.oncall }}
ONCALL_FILE: /etc/chatops/oncall/oncall.yaml
{{- end }}
{{- if .Values.rbac.impersonate.people }}
KUBE_IMPERSONATE: {{ .Values.rbac.impersonate.pattern | quote }}
{{- end }}
{{- if and .Values.rbac.features.diagnostics (not .Values.rbac.readOnly) }}
EXEC_DIAGNOSTICS: "true"
{{- end }}
{{- end -}}

{{/* What of it is secret. */}}
{{- define "chatops.secrets" -}}
{{- with .Values.secrets -}}
TELEGRAM_BOT_TOKEN: {{ required "secrets.telegramBotToken: talk to @BotFather, send /newbot, and give the token it answers; or name a Secret in secrets.existingSecret" .telegramBotToken | quote }}
WEBHOOK_TOKEN: {{ required "secrets.webhookToken: without one nobody outside of the pod may post alerts; `openssl rand -hex 32` makes one" .webhookToken | quote }}
{{- if .alertmanagerUrl }}
ALERTMANAGER_URL: {{ .alertmanagerUrl | quote }}
{{- end }}
{{- if .prometheusUrl }}
PROMETHEUS_URL: {{ .prometheusUrl | quote }}
{{- end }}
{{- if .fallbackWebhookUrl }}
FALLBACK_WEBHOOK_URL: {{ .fallbackWebhookUrl | quote }}
{{- end }}
{{- end }}
{{- if and (include "chatops.postgresql" .) (not .Values.database.existingSecret) }}
DATABASE_URL: {{ required "database.url: give postgresql://user:password@host/name, or name a Secret that has it in database.existingSecret" .Values.database.url | quote }}
{{- end }}
{{- end -}}
