"""Maintenance windows: those there are, the question before one is set or ended, and the line on a card."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.maintenance import Window
from chatops.core.people import User
from chatops.core.screens.base import Screen, code, screen
from chatops.core.texts import Tongue, one_line

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

MOST = 20


def windows(standing: Sequence[Window], tongue: Tongue, *, unreadable: bool = False) -> Screen:
    """`unreadable`: what was written to set one could not be understood."""
    lines: list[Markup | str | None] = [
        tongue.say("⚠️ That is no window.") if unreadable else None,
        tongue.say("🛠 <b>Maintenance</b>"),
        *(_line(window, tongue) for window in standing[:MOST]),
        None if standing else tongue.say("No window is set."),
        "",
        tongue.say(
            "<code>/maintenance cluster/namespace 2h reason</code> sets one from now on; <code>22:00-23:30</code> "
            "instead of the length is in UTC, <code>*</code> stands for any text."
        ),
    ]
    ends = [
        [Button("⏹ " + tongue.plain("End #{number}", number=each.number), Verb.MAINTENANCE, {"end": str(each.number)})]
        for each in standing[:MOST]
    ]
    return screen(lines, [*ends, [Button("🔄", Verb.MAINTENANCE)]])


def ask_set(window: Window, args: dict[str, str], tongue: Tongue, *, by: User | None) -> Screen:
    """`args` are what the confirm keeps of the window."""
    said = tongue.say("🛠 Incidents that begin there then are shown without a sound and call nobody. Set it?")
    return screen([_line(window, tongue), "", said], [_buttons(args, tongue, by)])


def ask_end(window: Window, tongue: Tongue, *, by: User | None) -> Screen:
    said = tongue.say("⏹ End it now?")
    return screen([_line(window, tongue), "", said], [_buttons({"end": str(window.number)}, tongue, by)])


def line(incident: Incident, tongue: Tongue) -> Markup | None:
    """On the card of an incident that began inside a window which is not over."""
    known = incident.maintenance
    if known is None or not incident.open:
        return None
    words = {"until": tongue.moment(known.ends_at), "name": one_line(known.by_name, 60), "reason": known.reason}
    return tongue.say("🛠 maintenance until {until}, {name}: {reason}", **words)


def _line(window: Window, tongue: Tongue) -> Markup:
    return tongue.say(
        "{place} from {begin} until {end}, {name}: {reason}",
        place=code(f"{window.cluster}/{window.namespace}"),
        begin=tongue.moment(window.begins_at),
        end=tongue.moment(window.ends_at),
        name=one_line(window.by_name, 60),
        reason=one_line(window.reason, 120) or "—",
    )


def _buttons(args: dict[str, str], tongue: Tongue, by: User | None) -> list[Button | None]:
    does = Button(
        "✅ " + tongue.plain("Yes"),
        Verb.SET_MAINTENANCE,
        args,
        for_user=by.id if by else None,
        lifetime=LIFETIME,
        once=True,
    )
    return [does if by else None, Button(tongue.plain("Cancel"), Verb.MAINTENANCE)]
