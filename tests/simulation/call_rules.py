"""Rules of calls: nobody is called for what needs nobody, and what does is called for in its time."""

from datetime import datetime

from tests.simulation.news import News
from tests.simulation.rules import always, at_rest, hold
from tests.simulation.simulation import ANNA, GROUP, OLEG, Simulation
from tests.simulation.virtual_time import BEGINNING

LATE = 15.0
"""Seconds beyond the time at which a call is due: a round of the actor's and the way to it."""
UNDER_WAY = 5.0
"""Seconds in which what was taken is known to whoever sends, on a slow machine."""
ROUNDED = 0.001
SAID = ("called", "reminded")
_NEEDS = (
    "status = 'active' AND severity = 'critical' AND revision > 0 AND taken_by_id IS NULL AND maintenance = '' AND "
    "json_extract(nullif(standing, ''), '$.muted_until') IS NULL AND "
    "NOT coalesce(json_extract(nullif(standing, ''), '$.inhibited'), 0) AND NOT EXISTS "
    "(SELECT 1 FROM silences WHERE incident_id = incidents.id AND silence_id <> '' AND ended_at IS NULL)"
)
"""What somebody has to take. Said here once more, so that the service does not judge itself."""
_FLAPS = "SELECT id FROM incidents WHERE flapping <> '' AND json_extract(flapping, '$.shown_at') IS NOT NULL"
_ONLY_IN_DIGESTS = (
    "EXISTS (SELECT 1 FROM storm_members WHERE incident_id = incidents.id) AND "
    "NOT EXISTS (SELECT 1 FROM cards WHERE incident_id = incidents.id)"
)


@always
def who_waits_is_known(news: News) -> None:
    """Only what needs somebody waits for them; what needs somebody waits, unless all admins were called."""
    query = f"SELECT id, waits_since, escalation, {_NEEDS} FROM incidents WHERE waits_since IS NOT NULL OR {_NEEDS}"
    for number, since, escalation, needs in news.sim.rows(query):
        hold(needs and (since or '"target":{' in escalation), (number, since, escalation, needs))


@always
def nobody_is_called_for_what_needs_nobody(news: News) -> None:
    """What is taken, silenced, hidden, expected or over is not called for: neither in the log nor in a chat."""
    now, calls = news.sim.time.seconds, news.sim.telegram.calls
    needed = {number for (number,) in news.sim.rows(f"SELECT id FROM incidents WHERE {_NEEDS}")}
    for line in news.fresh:
        hold(line.type not in SAID or line.incident in needed, line)
    for number in needed:
        news.rested.pop(number, None)
    for number in news.incidents.keys() - needed:
        news.rested.setdefault(number, now)
    while calls:
        number, at = calls.pop()
        hold(at <= news.rested.get(number, now) + UNDER_WAY, (number, at, news.rested))


@always
def nobody_is_called_too_soon(news: News) -> None:
    """Between the beginning of the waiting, the reminder, and each call lies the time that was asked for.

    Of what is flapping the times in which it fires add up.
    """
    now, after = news.sim.time.seconds, news.sim.plot.unattended.total_seconds()
    for line in news.fresh:
        if line.type in SAID:
            begun = news.waiting.get(line.incident or 0, now)
            hold(now - begun >= after - ROUNDED, (line, now - begun))
            news.waiting[line.incident or 0] = now
        elif line.type == "escalated" and news.sim.roster.chain:
            news.waiting[line.incident or 0] = now
    needed = {number for (number,) in news.sim.rows(f"SELECT id FROM incidents WHERE {_NEEDS}")}
    for number in news.waiting.keys() - needed:
        news.waited[number] = now - news.waiting[number]
    flaps = {number for (number,) in news.sim.rows(_FLAPS)}
    before = {number: news.waited.get(number, 0.0) if number in flaps else 0.0 for number in needed}
    news.waiting = {number: news.waiting.get(number, now - before[number]) for number in needed}


@always
def the_chain_is_called(news: News) -> None:
    """Who is called is in the chain; without one all admins are, once."""
    for line in news.fresh:
        if line.type == "called":
            who = line.detail.get("user") or line.detail.get("chat")
            steps = {str(step.member.id if step.member else step.chat_id) for step in news.sim.roster.chain}
            hold(who in steps if steps else who is None, line)


@at_rest
def what_needs_somebody_is_called_for(sim: Simulation) -> None:
    """R9: A critical incident that nobody takes has been called for within its time, and people were told.

    One that only a digest shows is not.
    """
    query = f"SELECT id, waits_since, escalation FROM incidents WHERE {_NEEDS} AND NOT ({_ONLY_IN_DIGESTS})"
    for number, since, escalation in sim.rows(query):
        if since is None:
            hold('"target":{' in escalation, (number, escalation))
            continue
        waits = sim.time.seconds - (datetime.fromisoformat(since) - BEGINNING.replace(tzinfo=None)).total_seconds()
        hold(waits < sim.plot.unattended.total_seconds() + LATE, (number, since, waits))


@at_rest
def who_is_called_is_told(sim: Simulation) -> None:
    """Of the newest call of an incident that still needs somebody each chat of its own was told, and who was called."""
    query = (
        "SELECT id, json_extract(known, '$.at'), json_extract(known, '$.target') FROM "
        f"(SELECT id, nullif(escalation, '') AS known FROM incidents WHERE {_NEEDS}) "
        "WHERE json_extract(known, '$.at') IS NOT NULL"
    )
    for number, at, target in sim.rows(query):
        moment = int(datetime.fromisoformat(at).timestamp())
        told = {m.chat_id for m in sim.telegram.everything() if m.key == f"call:{number}:{moment}"}
        wanted = {GROUP, ANNA[0]} | ({OLEG[0]} if target and f'"user_id":{OLEG[0]}' in target else set())
        hold(told >= wanted, (number, at, told, wanted))
