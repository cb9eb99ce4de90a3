"""The line of a card that says who was called because nobody took the incident."""

from markupsafe import Markup

from chatops.core.incidents.escalation import waits
from chatops.core.incidents.values import Incident
from chatops.core.texts import Tongue, one_line


def line(incident: Incident, tongue: Tongue) -> Markup | None:
    """None where nobody was, or somebody has it by now."""
    called = incident.escalation
    if called.at is None or called.target is None or not called.target.name or not waits(incident):
        return None
    name, at = one_line(called.target.name, 60), tongue.clock(called.at)
    return tongue.say("📣 {name} was called at {time}", name=name, time=at)
