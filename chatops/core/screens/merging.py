"""Merging an incident into another: which, what becomes of both, and the way from one to the other afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.access import INTO
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.likeness import Alike, Trait
from chatops.core.incidents.values import Incident
from chatops.core.people import User
from chatops.core.screens.base import (
    PAGE_SIZE,
    SEVERITY_ICONS,
    Screen,
    back_to_card,
    code,
    page_row,
    pages_of,
    screen,
)
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, joined, mark, one_line

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

BESIDE = {"beside": "1"}
"""What opens an incident in a message of its own, below the one that leads there."""

TRAITS = {
    Trait.OBJECT: mark("same object"),
    Trait.ALERT: mark("same alert"),
    Trait.NAMESPACE: mark("same namespace"),
    Trait.TIME: mark("same time"),
}


def button(incident: Incident, tongue: Tongue) -> Button:
    return Button("🔗 " + tongue.plain("Merge"), Verb.ASK_MERGE, incident_id=incident.id)


def choose(incident: Incident, others: Sequence[Alike], tongue: Tongue, *, page: int) -> Screen:
    """`others` are those that may be chosen, the likeliest first."""
    pages = pages_of(len(others))
    page = min(max(page, 0), pages - 1)
    shown = others[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    here = Button("", Verb.ASK_MERGE, incident_id=incident.id)
    return screen(
        [
            tongue.say("🔗 <b>Merge #{id} into which?</b> {title}", id=incident.id, title=headline(incident, tongue)),
            tongue.say("The one that is chosen goes on with the alerts of both.")
            if others
            else tongue.say("No other incident is open where you may act."),
            "",
            *(_line(each, tongue) for each in shown),
        ],
        [
            *([_pick(incident, each.incident, tongue)] for each in shown),
            page_row(Verb.ASK_MERGE, page, pages, here),
            [back_to_card(tongue, incident.id)],
        ],
    )


def ask(incident: Incident, other: Incident | None, tongue: Tongue, *, by: User | None, now: datetime) -> Screen:
    """What becomes of both. Only `by` can confirm it; nobody where it is drawn for nobody."""
    back = Button(tongue.plain("« Others"), Verb.ASK_MERGE, incident_id=incident.id)
    foot = [back, back_to_card(tongue, incident.id)]
    refusal = _refusal(incident, other, tongue)
    if other is None or refusal is not None:
        return screen([refusal], [foot])
    does = Button(
        "🔗 " + tongue.plain("Merge into #{number}", number=other.id),
        Verb.MERGE,
        {INTO: str(other.id)},
        incident_id=incident.id,
        for_user=by.id if by else None,
        lifetime=LIFETIME,
    )
    return screen(
        [
            tongue.say("🔗 <b>Merge #{id} into #{other}?</b>", id=incident.id, other=other.id),
            _title(incident, tongue),
            Markup("→ {}").format(_title(other, tongue)),
            "",
            tongue.plural(
                "Its {n} alert belongs to #{other} from then on, and so does what its group sends.",
                "Its {n} alerts belong to #{other} from then on, and so does what its group sends.",
                len(incident.episodes),
                other=other.id,
            ),
            tongue.say("#{id} is closed, and its card leads to #{other}.", id=incident.id, other=other.id),
            tongue.say("Its log and its notes stay with it; the timeline of #{other} leads there.", other=other.id),
            _owner(incident, other, tongue),
            _silence(incident, tongue),
            _hidden(other, tongue, now=now),
            tongue.say("They cannot be parted again."),
        ],
        [foot, [does if by else None]],
    )


def _refusal(incident: Incident, other: Incident | None, tongue: Tongue) -> Markup | None:
    """What the press would be told."""
    if not incident.open:
        return tongue.say("#{id} is not open any more.", id=incident.id)
    if other is None or not other.open or other.id == incident.id:
        return tongue.say("The other incident is not open any more.")
    run, silence = incident.run, incident.silence
    if run is not None and run.state.running:
        return tongue.say(
            "A change of {name} runs on #{id}: merge it when that is over.", name=run.by_name, id=incident.id
        )
    if silence is not None and (silence.pending or (silence.standing and silence.extending_to is not None)):
        return tongue.say(
            "Alertmanager is just being asked for a silence of #{id}: merge it after that.", id=incident.id
        )
    return None


def _owner(incident: Incident, other: Incident, tongue: Tongue) -> Markup:
    if other.taken_by is not None:
        return tongue.say("👤 {name} goes on with #{other}.", name=other.taken_by.name, other=other.id)
    if incident.taken_by is not None:
        return tongue.say("👤 {name} has #{other} from then on.", name=incident.taken_by.name, other=other.id)
    return tongue.say("👤 Nobody has #{other} yet.", other=other.id)


def _silence(incident: Incident, tongue: Tongue) -> Markup | None:
    silence = incident.silence
    if silence is None or not silence.standing:
        return None
    return tongue.say("🔔 The silence of #{id} is lifted.", id=incident.id)


def _hidden(other: Incident, tongue: Tongue, *, now: datetime) -> Markup | None:
    """Whatever is merged into it is as quiet as it is."""
    silence = other.silence
    if silence is None or not silence.standing or now >= silence.ends_at:
        return None
    until = tongue.clock(silence.ends_at)
    return tongue.say(
        "⚠️ #{other} is silenced until {time}: until then nobody is called for it.", other=other.id, time=until
    )


def leads_to(number: int, tongue: Tongue) -> Button:
    """To the card of that incident, in a message of its own."""
    return Button("🔗 " + tongue.plain("Open #{number}", number=number), Verb.CARD, BESIDE, incident_id=number)


def _pick(incident: Incident, other: Incident, tongue: Tongue) -> Button:
    text = f"{SEVERITY_ICONS[other.severity]} #{other.id} {headline(other, tongue)}"
    return Button(text, Verb.PICK_MERGE, {INTO: str(other.id)}, incident_id=incident.id)


def _title(incident: Incident, tongue: Tongue) -> Markup:
    icon, number = SEVERITY_ICONS[incident.severity], code(f"#{incident.id}")
    return Markup("{} {} {}").format(icon, number, one_line(headline(incident, tongue), 80))


def _line(each: Alike, tongue: Tongue) -> Markup:
    incident = each.incident
    place = "/".join(part for part in (incident.cluster, incident.namespace) if part)
    common = [tongue.say(TRAITS[trait]) for trait in each.traits]
    told = joined([tongue.ago(incident.started_at), one_line(place, 60), *common])
    return Markup("{} — {}").format(_title(incident, tongue), told)
