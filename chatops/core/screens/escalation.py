"""The call for help as it arrives in a chat: one loud line and the way to the card."""

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import SEVERITY_ICONS, Screen, bold, code, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, one_line


def help_wanted(incident: Incident, by_name: str, tongue: Tongue) -> Screen:
    said = tongue.say(
        "📣 {name} asks for help with {number} {title}",
        name=bold(by_name, 60),
        number=code(f"#{incident.id}"),
        title=one_line(headline(incident, tongue), 200),
    )
    icon = SEVERITY_ICONS[incident.severity]
    door = Button(f"{icon} " + tongue.plain("Open #{number}", number=incident.id), Verb.CARD, incident_id=incident.id)
    return screen([said], [[door]], silent=False)
