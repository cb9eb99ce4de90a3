"""What Alertmanager or Prometheus did not do, in words, and the screen that says so."""

from markupsafe import Markup

from chatops.core.buttons import Button
from chatops.core.failures import Reason
from chatops.core.screens.base import Screen, back_to_card, crumbs, screen
from chatops.core.texts import Tongue, mark, one_line

PROBLEMS = {
    Reason.UNREACHABLE: mark("it cannot be reached right now ({detail})"),
    Reason.TIMEOUT: mark("it did not answer in time"),
    Reason.THROTTLED: mark("too much is waiting for it; try again in a moment"),
    Reason.SERVER_ERROR: mark("it is in trouble itself: {detail}"),
    Reason.UNAUTHORIZED: mark("it does not know the bot: mend the user and password in its address"),
    Reason.FORBIDDEN: mark("the bot may not ask it that: {detail}"),
    Reason.NOT_FOUND: mark("it knows nothing of that: {detail}"),
    Reason.NOT_CONFIGURED: mark("its address is not set, or is not the right one: {detail}"),
    Reason.UNKNOWN_OUTCOME: mark("its answer was lost, and it is not there"),
    Reason.REFUSED: mark("it refused: {detail}"),
}


def problem_text(reason: str, detail: str, tongue: Tongue) -> Markup:
    """The end of a sentence: why Alertmanager or Prometheus did not do it."""
    known = PROBLEMS.get(Reason(reason)) if reason in set(Reason) else None
    told = one_line(detail, 300)
    return tongue.say(known, detail=told) if known else Markup("{}").format(told or one_line(reason, 60))


def trouble(
    name: str, reason: str, detail: str, tongue: Tongue, *, incident_id: int | None, again: Button | None
) -> Screen:
    """`name` is the program's own, which no language translates."""
    problem = problem_text(reason, detail, tongue)
    said = tongue.say("⚠️ {name} does not tell: {problem}.", name=name, problem=problem)
    return screen([crumbs(incident_id, name), "", said], [[again], [back_to_card(tongue, incident_id)]])
