"""The settings as docs/settings.md tells of them: name, meaning, default."""

from typing import Any, NamedTuple

from chatops.settings import EVERYWHERE, LOOPBACK, Settings


class Setting(NamedTuple):
    """One row of the page's tables. `default` is empty where there is none."""

    name: str
    meaning: str
    default: str


def describe() -> tuple[Setting, ...]:
    """Every setting, in the order of the code."""
    return tuple(
        Setting(name.upper(), field.description or "", _shown_default(name, field.default))
        for name, field in Settings.model_fields.items()
    )


def _shown_default(name: str, default: Any) -> str:
    match name:
        case "bind_address":
            return f"`{LOOPBACK}` without `WEBHOOK_TOKEN`, else `{EVERYWHERE}`"
        case "pod_ip":
            return "the machine's own"
        case "kubeconfig":
            return "`~/.kube/config`"
        case "protected_namespaces":
            return "none"
        case "kube_contexts":
            return "current context"
        case "exec_diagnostics":
            return "`false`"
        case "watchdog_alerts" | "telegram_features":
            return "`" + ",".join(default) + "`"
        case "kube_impersonate" | "telegram_webhook_url" | "audit_chat" | "suggestions_file" | "oncall_file":
            return "off"
        case "routes_file" | "alertmanager_url" | "prometheus_url" | "public_url" | "fallback_webhook_url":
            return "off"
        case "mini_app_name":
            return "none"
        case _:
            return f"`{default}`" if isinstance(default, str | int) else ""
