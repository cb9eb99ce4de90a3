"""What the forum topic of an incident is called: `🔴 #96 Crash loop · checkout`."""

from chatops.core.incidents.values import Incident
from chatops.core.screens.base import SEVERITY_ICONS
from chatops.core.screens.card import closed_icon, headline
from chatops.core.telegram_text import cut
from chatops.core.texts import Tongue, one_line

LONGEST = 128
"""Characters that Telegram takes for a topic's name; the shortest is 1."""


def topic_name(incident: Incident, tongue: Tongue) -> str:
    """As plain text. Its icon says how the incident stands."""
    icon = SEVERITY_ICONS[incident.severity] if incident.open else closed_icon(incident)
    return cut(one_line(f"{icon} #{incident.id} {headline(incident, tongue)}", LONGEST), LONGEST)


def same_state(name: str, other: str) -> bool:
    """Whether two names of one topic say the same of its incident: each change of a name is a line in the topic."""
    return name.partition(" ")[0] == other.partition(" ")[0]
