"""Rules of what keeps quiet: windows of maintenance, alerts that flap, and the self-audit where all is well."""

from datetime import datetime

from chatops.actors.self_audit import SelfAuditActor
from chatops.core.incidents.flapping import GAP
from tests.simulation.always import ENDS
from tests.simulation.news import News
from tests.simulation.rules import always, at_rest, hold
from tests.simulation.simulation import Simulation
from tests.simulation.virtual_time import BEGINNING

LATE = 30.0
"""Seconds within which an incident hears that its window is over."""

OF_ITSELF = (
    *("alerts_changed", "alerts_resolved", "late_duplicate", "reopened", "severity_changed", "standing"),
    *("denied", "looked"),
)
_FLAPPING = (
    "SELECT id, json_extract(flapping, '$.shown_at') IS NOT NULL, revision, status, severity, "
    "json_extract(flapping, '$.owes'), maintenance FROM incidents WHERE flapping <> ''"
)
_BEGUN = "SELECT cluster, namespace, maintenance FROM incidents WHERE id = ?"
_WINDOWS = (
    "SELECT id FROM maintenance WHERE begins_at <= ? AND ? < ends_at AND namespace IN (?, '*') AND cluster IN (?, '*')"
)
_ENDED = "SELECT id FROM maintenance WHERE ends_at = ?"

# Maintenance


@always
def what_begins_in_a_window_keeps_it(news: News) -> None:
    """An incident that begins while and where trouble is expected is told so, and no other is."""
    for line in news.fresh:
        if line.type == "opened" or (line.type == "reopened" and line.kind != "person"):
            ((cluster, namespace, kept),) = news.sim.rows(_BEGUN, line.incident)
            news.sim.expected += bool(kept)
            expected = news.sim.rows(_WINDOWS, line.at, line.at, namespace, cluster)
            hold(bool(kept) == bool(expected) or news.sim.rows(_ENDED, line.at), (line, kept, expected))


@always
def what_is_expected_makes_no_sound(news: News) -> None:
    """The first card of an incident that began in a window is silent."""
    hold(not news.sim.telegram.loud, news.sim.telegram.loud)


@at_rest
def what_is_over_is_not_expected(sim: Simulation) -> None:
    """No incident is said to be expected whose window is over."""
    query = (
        "SELECT incidents.id, ends_at FROM incidents JOIN maintenance AS windows "
        "ON windows.id = json_extract(incidents.maintenance, '$.window') WHERE incidents.maintenance <> ''"
    )
    for number, ends_at in sim.rows(query):
        ended = (datetime.fromisoformat(ends_at) - BEGINNING.replace(tzinfo=None)).total_seconds()
        hold(sim.time.seconds < ended + LATE, (number, ends_at))


@at_rest
def a_card_says_that_it_is_expected(sim: Simulation) -> None:
    """The card of an open incident that began in a window says so as long as that is not over."""
    query = (
        "SELECT cards.chat_id, cards.message_id, maintenance FROM cards "
        "JOIN incidents ON incidents.id = cards.incident_id "
        "LEFT JOIN positions ON positions.chat_id = cards.chat_id AND positions.message_id = cards.message_id "
        "WHERE coalesce(screen, 'card') = 'card' AND status = 'active' AND NOT instr(flapping, '\"owes\":true') "
        "AND coalesce(positions.incident_id, incidents.id) = incidents.id"
    )
    for chat, number, maintenance in sim.rows(query):
        message = sim.telegram.messages[chat][number]
        hold(message.deleted or bool(maintenance) == ("🛠" in message.html), (maintenance, message.html))


# Flapping


@always
def a_flapping_card_is_let_be(news: News) -> None:
    """Of itself the card of what flaps changes once in ten minutes.

    Sooner only where it said that it is over, or to say that it is worse, or expected no longer. What a
    person did, and what became of that, is shown at once.
    """
    of_people = {line.incident for line in news.fresh if line.type not in OF_ITSELF}
    runs = (*news.runs.values(), *news.runs_before.values())
    of_people |= {incident for incident, state in runs if state not in ENDS}
    now = news.sim.time.seconds
    for number, flaps, revision, status, severity, owes, window in news.sim.rows(_FLAPPING):
        before = news.flapping.get(number)
        news.flapping[number] = (flaps, revision, status, severity, owes, window)
        if flaps:
            news.sim.flapped.add(number)
            news.sim.owed += owes and not (before and before[4])
        if before is None or revision == before[1]:
            continue
        since, news.changed[number] = now - news.changed.get(number, -GAP.total_seconds()), now
        if not (flaps and before[0]) or number in of_people:
            continue
        was_over = before[2] != "active"
        worse = severity == "critical" != before[3] or (before[5] and not window)
        hold(since >= GAP.total_seconds() or was_over or worse, (number, since, before, revision, status))


# The self-audit


@at_rest
def nothing_is_amiss(sim: Simulation) -> None:
    """The books agree: every chat shows what it should, every body is read; and the self-audit complains of nothing."""
    books = sim.store.books.read(sim.time.now())
    hold(not (books.missing or books.behind or books.waiting or books.unseen), books)
    auditor = next(each for each in sim.process.actors if isinstance(each, SelfAuditActor))  # type: ignore[union-attr]  # it runs
    hold(not auditor._told and not auditor._unwritten, auditor._told)
