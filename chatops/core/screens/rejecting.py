"""Rejecting an incident asks for a reason: one tap, no typing."""

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import Screen, back_to_card, in_rows, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, mark

REASONS = {
    "noise": mark("False alarm"),
    "planned": mark("Planned work"),
    "duplicate": mark("Duplicate"),
    "known": mark("Known, can wait"),
    "test": mark("Test alert"),
}


def ask_reason(incident: Incident, tongue: Tongue) -> Screen:
    """Repeats of a rejected group stay quiet until it resolves; a new alert in it is shown."""
    buttons = [
        Button(tongue.plain(words), Verb.REJECT, {"reason": code}, incident_id=incident.id)
        for code, words in REASONS.items()
    ]
    return screen(
        [
            tongue.say("🚫 <b>Reject #{id}?</b> {title}", id=incident.id, title=headline(incident, tongue)),
            tongue.say("Why is it not an incident? Repeats stay quiet until it resolves; a new alert in it is shown."),
        ],
        [*in_rows(buttons, 2), [back_to_card(tongue, incident.id)]],
    )
