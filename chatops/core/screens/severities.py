"""How many incidents of a severity, in words."""

from markupsafe import Markup

from chatops.core.alerts import Severity
from chatops.core.texts import Tongue


def severity_text(severity: Severity, count: int, tongue: Tongue) -> Markup:
    match severity:
        case Severity.CRITICAL:
            return tongue.plural("{n} critical", "{n} critical", count)
        case Severity.WARNING:
            return tongue.plural("{n} warning", "{n} warnings", count)
        case Severity.INFO:
            return tongue.plural("{n} info", "{n} info", count)
        case _:
            return tongue.plural("{n} without severity", "{n} without severity", count)
