"""The warning that a silence is about to end, as it arrives beside the card: loud, for what is critical."""

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import SEVERITY_ICONS, Screen, code, screen
from chatops.core.screens.card import headline
from chatops.core.screens.silence import ending_row
from chatops.core.silences import Silence
from chatops.core.texts import Tongue, one_line


def warning(incident: Incident, silence: Silence, tongue: Tongue) -> Screen:
    said = tongue.say(
        "⏳ The silence of {number} {title} ends at {time}, and it still fires.",
        number=code(f"#{incident.id}"),
        title=one_line(headline(incident, tongue), 200),
        time=tongue.clock(silence.ends_at),
    )
    icon = SEVERITY_ICONS[incident.severity]
    door = Button(f"{icon} " + tongue.plain("Open #{number}", number=incident.id), Verb.CARD, incident_id=incident.id)
    return screen([said], [ending_row(incident, tongue, possible=True), [door]], silent=False)
