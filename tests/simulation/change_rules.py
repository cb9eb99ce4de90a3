"""Rules of changes in clusters: who confirmed them and how, drains and their stop, and which cluster was asked."""

import re

from chatops.actors.pool import PoolActor
from chatops.core.actions import ACTIONS, Danger, Preview
from tests.simulation.news import Line, News
from tests.simulation.places import PROTECTED
from tests.simulation.rules import always, at_rest, hold
from tests.simulation.simulation import ANNA, MALLORY, OLEG, Simulation

ACTORS = (str(ANNA[0]), str(OLEG[0]))
_ASKER = re.compile(r"\((\d+)\)$")

# Who confirmed


@always
def nobody_confirms_for_somebody_else(news: News) -> None:
    """A change is requested by the person who chose it, or approved by another one for them."""
    for line in _requested(news):
        chooser = str(news.sim.cluster.previews[line.detail["run"]].by)
        asked_by = _ASKER.search(line.detail.get("asked_by", ""))
        hold((asked_by.group(1) if asked_by else line.who) == chooser, (line, chooser))


@always
def an_approval_is_by_another(news: News) -> None:
    """What takes a second person has one: another than who chose it, and with the right to act."""
    for line in _requested(news):
        shown = news.sim.cluster.previews[line.detail["run"]]
        second = _takes(shown.preview) == "second"
        hold(second == ("asked_by" in line.detail), (line, shown))
        hold(not second or (line.who != str(shown.by) and line.who in ACTORS), (line, shown))


@always
def a_word_is_typed_by_who_chose(news: News) -> None:
    """What takes a typed word was typed, by that person, in time. Telegram tells whole seconds of it."""
    for line in _requested(news):
        shown = news.sim.cluster.previews[line.detail["run"]]
        if _takes(shown.preview) != "word":
            continue
        word = shown.preview.plan.ref.name
        said = [
            at
            for at, who, _, text in news.sim.telegram.said
            if who == shown.by and text == word and int(shown.at) <= at <= news.sim.time.seconds
        ]
        hold(said, (line, shown))


@always
def a_change_is_made_for_who_asked(news: News) -> None:
    """The cluster is asked in the name of the person who chose the change."""
    for effect in news.sim.cluster.asked[-3:]:
        hold(effect.by == news.sim.cluster.previews[effect.run].by, effect)


# Drains


@always
def passes_do_not_overlap(news: News) -> None:
    """Of a drain one pass at a time is under way."""
    hold(not news.sim.cluster.overlapping, news.sim.cluster.overlapping)


@always
def a_stop_stops(news: News) -> None:
    """Once a drain was stopped, or has ended otherwise, at most the pass that was under way is still made."""
    sim = news.sim
    for line in news.fresh:
        if line.type in ("action_stopped", "action_finished"):
            sim.over.setdefault(line.detail["run"], sim.cluster.passes.count(line.detail["run"]))
    for run, passes in sim.over.items():
        hold(sim.cluster.passes.count(run) <= passes + 1, (run, passes))


@always
def no_pass_without_a_request(news: News) -> None:
    """A pass is of a run that was requested, and that the cluster took."""
    taken = {effect.run for effect in news.sim.cluster.effects}
    hold(taken.issuperset(news.sim.cluster.passes[-3:]), news.sim.cluster.passes[-3:])


@at_rest
def a_drain_that_succeeded_is_empty(sim: Simulation) -> None:
    """A drain is called succeeded only when no pod was left to move."""
    runs = [run for (run,) in sim.rows("SELECT id FROM actions WHERE action = 'drain' AND state = 'succeeded'")]
    hold(sim.cluster.emptied.issuperset(runs), (runs, sim.cluster.emptied))


# Clusters


@always
def every_cluster_is_asked_for_its_own(news: News) -> None:
    """No cluster is asked about an object that lies in another one."""
    hold(not news.sim.strayed, news.sim.strayed)


@always
def nobody_waits_beside_idle_hands(news: News) -> None:
    """K9: No look waits while hands of its own cluster have nothing to do, whatever became of the other one."""
    process = news.sim.process
    for pool in process.actors if process else ():
        if isinstance(pool, PoolActor) and not pool.actor_inbox.queue and pool._idle:
            waiting = [job.name for job in pool._queue if job.place is None]
            hold(not waiting, (pool.address, waiting))


# The audit log


@at_rest
def every_request_has_one_outcome(sim: Simulation) -> None:
    """A4: Of every requested change, and of every requested silence, the log tells one outcome."""
    ends = ("action_finished", "action_stopped"), ("silenced", "silence_failed")
    for request, outcomes in zip(("action_requested", "silence_requested"), ends, strict=True):
        marks = ", ".join("?" * len(outcomes))
        query = (
            "SELECT json_extract(a.detail, '$.run'), (SELECT count(*) FROM audit b WHERE "
            f"json_extract(b.detail, '$.run') = json_extract(a.detail, '$.run') AND b.type IN ({marks}) "
            "AND b.id > a.id AND NOT (b.type = 'silence_failed' AND json_extract(b.detail, '$.silence') IS NOT NULL)) "
            "FROM audit a WHERE a.type = ?"
        )
        found = [row for row in sim.rows(query, *outcomes, request) if row[1] != 1]
        hold(not found, (request, found))


@always
def a_line_says_what_it_is_of(news: News) -> None:
    """A4: What a person did or was denied has who, where and in which incident; a change has object and versions."""
    for line in news.fresh:
        if line.kind == "person":
            hold(line.who, line)
        if line.kind == "person" and line.type not in ("silenced", "unsilenced"):
            hold(line.chat and (line.message or line.type == "looked"), line)
        if line.type == "denied":
            hold(line.detail.get("what") and line.detail.get("why"), line)
        if line.type.startswith("action_"):
            hold(line.incident and line.object and line.detail.get("run") and line.detail.get("action"), line)
        if line.type == "action_requested":
            hold(line.detail.get("before_version"), line)
        if line.type == "action_performed":
            hold(line.detail.get("before_version") and line.detail.get("after_version"), line)


@always
def a_stranger_gets_nothing(news: News) -> None:
    """Of whoever is no user the log has what they tried, and that it was denied."""
    for line in news.fresh:
        if line.who == str(MALLORY[0]):
            hold(line.type == "denied" and line.detail["why"] in ("stranger", "too_fast"), line)


def _takes(preview: Preview) -> str:
    """What confirming it should take. Said here once more, so that the service does not judge itself."""
    if not preview.cautions and ACTIONS[preview.plan.action].danger is not Danger.DESTROY:
        return "tap"
    return "second" if preview.plan.ref.namespace == PROTECTED else "word"


def _requested(news: News) -> list[Line]:
    return [line for line in news.fresh if line.type == "action_requested"]
