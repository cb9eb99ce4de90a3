"""What a closed incident offers: its postmortem, opening it again, and a verdict."""

from collections.abc import Sequence
from datetime import timedelta

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.hindsight import NOISE, REAL
from chatops.core.incidents.values import Incident, Status
from chatops.core.people import User
from chatops.core.screens.base import Screen, back_to_card, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""


def rows(incident: Incident, tongue: Tongue) -> list[Sequence[Button | None]]:
    """For the card of a closed one. A verdict that was given says how often."""
    real = sum(each.real for each in incident.verdicts)
    noise = len(incident.verdicts) - real
    return [
        [
            postmortem(incident, tongue),
            Button("🔁 " + tongue.plain("Reopen"), Verb.ASK_REOPEN, incident_id=incident.id),
        ],
        [
            _verdict(incident, "👍 " + tongue.plain("It was real"), REAL, real),
            _verdict(incident, "👎 " + tongue.plain("Noise"), NOISE, noise),
        ],
    ]


def postmortem(incident: Incident, tongue: Tongue) -> Button:
    return Button("📎 " + tongue.plain("Postmortem"), Verb.POSTMORTEM, incident_id=incident.id)


def ask_reopen(incident: Incident, tongue: Tongue, *, by: User | None) -> Screen:
    """Only `by` can confirm it; nobody where it is drawn for nobody."""
    does = Button(
        "🔁 " + tongue.plain("Reopen"),
        Verb.REOPEN,
        incident_id=incident.id,
        for_user=by.id if by else None,
        lifetime=LIFETIME,
    )
    asks = tongue.say("🔁 <b>Reopen #{id}?</b> {title}", id=incident.id, title=headline(incident, tongue))
    comes_to = tongue.say("It is yours then, and stays open until its alerts end or somebody closes it.")
    if incident.status is Status.ACTIVE:
        return screen([asks, tongue.say("It is open already.")], [[back_to_card(tongue, incident.id)]])
    return screen([asks, comes_to], [[does if by else None, back_to_card(tongue, incident.id)]])


def _verdict(incident: Incident, words: str, verdict: str, count: int) -> Button:
    label = f"{words} · {count}" if count else words
    return Button(label, Verb.JUDGE, {"verdict": verdict}, incident_id=incident.id)
