"""Rules of silences: asked for by a person, made once, known as long as they stand."""

from collections import Counter

from tests.simulation.news import News
from tests.simulation.rules import always, at_rest, hold
from tests.simulation.simulation import Simulation


@always
def a_silence_is_made_once(news: News) -> None:
    """Of one request at most one silence is made, whatever answer was lost."""
    made = Counter(each.draft.key for each in news.sim.silences.made if not each.extends)
    hold(max(made.values(), default=0) <= 1, made)
    extended = Counter(each.extends for each in news.sim.silences.made if each.extends)
    hold(max(extended.values(), default=0) <= 1, extended)
    standing = Counter(each.draft.key for each in news.sim.silences.standing())
    hold(max(standing.values(), default=0) <= 1, standing)


@always
def no_silence_before_its_line(news: News) -> None:
    """Nothing is silenced that the log did not have as requested by then."""
    hold(all(each.asked for each in news.sim.silences.made), news.sim.silences.made)


@always
def one_silence_at_a_time(news: News) -> None:
    """An incident has at most one silence that is asked for or stands."""
    found = news.sim.rows("SELECT incident_id FROM silences WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1")
    hold(not found, found)


@always
def a_silence_ends_in_time(news: News) -> None:
    """No silence lasts longer than was chosen, 28 hours at most (10:00 of the next day), and an hour for each time it
    was extended.
    """
    query = (
        "SELECT key FROM silences WHERE julianday(ends_at) - julianday(created_at) > (28.003 + (SELECT count(*) "
        "FROM audit WHERE type = 'silence_extended' AND json_extract(detail, '$.run') = key)) / 24"
    )
    found = news.sim.rows(query)
    hold(not found, found)
    ends = {key: moments for key, *moments in news.sim.rows("SELECT key, ends_at, extending_to FROM silences")}
    for each in news.sim.silences.standing():
        known = [moment[:19] for moment in ends[each.draft.key] if moment]
        hold(f"{each.draft.ends_at:%Y-%m-%d %H:%M:%S}" in known, (each, known))


@at_rest
def no_silence_is_left_open(sim: Simulation) -> None:
    """Of every silence that was asked for it is known whether it was made, and none waits to be lifted."""
    found = sim.rows(
        "SELECT key, silence_id, lifting FROM silences WHERE ended_at IS NULL AND (silence_id = '' OR lifting)"
    )
    hold(not found, found)


@at_rest
def what_stands_is_known(sim: Simulation) -> None:
    """A silence stands in Alertmanager exactly when its incident says so."""
    standing = {each.draft.key for each in sim.silences.standing()}
    told = {key for (key,) in sim.rows("SELECT key FROM silences WHERE ended_at IS NULL")}
    hold(standing == told, (standing, told))


@at_rest
def until_resolved_ends_with_the_incident(sim: Simulation) -> None:
    """A silence until resolved stands for an open incident only."""
    query = (
        "SELECT key FROM silences JOIN incidents ON incidents.id = incident_id "
        "WHERE ended_at IS NULL AND until_resolved AND status <> 'active'"
    )
    found = sim.rows(query)
    hold(not found, found)
