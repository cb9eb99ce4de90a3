"""What is still under way of incidents, or owed of them, is found until it has ended."""

from dataclasses import replace

from chatops.core.actions import ActionState
from chatops.core.incidents.values import Status
from chatops.core.surveys import Survey
from chatops.db.database import Database
from chatops.db.store import Store
from tests.outside import outside

from .building import NOW, body, known, run, told


def test_running_ends_with_the_outcome(store: Store) -> None:
    told(store, body("A", firing="a"))
    for state in ActionState:
        changed = replace(known(store), run=run(state=state))
        assert store.incidents.apply(changed, now=NOW)
        assert store.unfinished.running() == ((1,) if state.running else ())
    again = replace(known(store), run=run("run-2"))
    assert store.incidents.apply(again, now=NOW)
    assert known(store).run == run("run-2"), "the latest"


def test_what_was_interrupted_waits_to_be_looked_up(store: Store) -> None:
    told(store, body("A", firing="a"))
    for detail, waits in (("", (1,)), ("absent", ())):
        changed = replace(known(store), run=replace(run(state=ActionState.INTERRUPTED), detail=detail))
        assert store.incidents.apply(changed, now=NOW)
        assert store.unfinished.interrupted() == waits


def test_a_call_for_help_is_remembered_while_the_incident_is_active(store: Store) -> None:
    told(store, body("A", firing="a"))
    assert store.unfinished.calling() == ()
    assert store.incidents.apply(replace(known(store), escalated_at=NOW), now=NOW)
    assert store.unfinished.calling() == (1,)
    assert store.incidents.apply(replace(known(store), status=Status.RESOLVED, closed_at=NOW), now=NOW)
    assert store.unfinished.calling() == ()


def test_an_active_incident_waits_to_be_looked_at(database: Database, store: Store) -> None:
    told(store, body("A", firing="a"))
    ended = Status.RESOLVED
    for change, waits in (
        ({"revision": 1}, (1,)),
        ({"survey": Survey(NOW, problem="unreachable", retry=True)}, (1,)),
        ({"survey": Survey(NOW)}, ()),
        ({"survey": None, "status": ended, "closed_at": NOW}, ()),
    ):
        assert store.incidents.apply(replace(known(store), **change), now=NOW)
        assert store.unfinished.unseen() == waits, change


def test_a_survey_of_another_version_is_left_out(url: str, store: Store) -> None:
    told(store, body("A", firing="a"))
    assert store.incidents.apply(replace(known(store), survey=Survey(NOW)), now=NOW)
    outside(url, """UPDATE incidents SET survey = '{"taken_at": "some day"}'""")
    assert known(store).survey is None
    assert store.incidents.apply(replace(known(store), revision=1), now=NOW)
    assert store.unfinished.unseen() == (1,)
