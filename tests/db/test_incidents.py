"""Incidents come back as they were, and what belongs together is stored together or not at all."""

import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.core.actions import ActionState, Progress
from chatops.core.alerts import Alert, Severity
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.failures import Failure
from chatops.core.incidents.values import Episode, Incident, Person, Status
from chatops.core.listing import CLOSED, Wanted
from chatops.core.objects import ObjectView
from chatops.core.resources import ContainerView, Health, LastExit, ObjectRef, PodView, Rollout, WorkloadView
from chatops.core.surveys import Survey
from chatops.db.database import Database
from chatops.db.store import Store
from tests.outside import outside, refuse, unwatch, watch

from .building import DEPLOYMENT, MINUTE, NOW, body, deliver, entry, known, run, told


def full(incident: Incident) -> Incident:
    """The incident with every field filled."""
    last_exit = LastExit("OOMKilled", 137, NOW)
    container = ContainerView("app", "waiting", "CrashLoopBackOff", restarts=4, since=NOW, last_exit=last_exit)
    pod = PodView(ObjectRef("Pod", "p", "shop"), "CrashLoopBackOff", Health.BAD, 0, 1, 4, containers=(container,))
    workload = WorkloadView(DEPLOYMENT, Health.BAD, 2, 5, rollout=Rollout(3, NOW, 2), pods=(pod,), autoscaler="hpa")
    node = ObjectView(ObjectRef("Node", "n"))
    return replace(
        incident,
        status=Status.REJECTED,
        revision=7,
        severity=Severity.CRITICAL,
        title="Pod crash looping",
        cluster="prod",
        namespace="shop",
        group_labels={"alertname": "X", "🔥": "ж"},
        truncated=2,
        skipped=1,
        taken_by=Person(7, "Anna"),
        taken_at=NOW + MINUTE,
        closed_at=NOW + 2 * MINUTE,
        closed_by=Person(8, "Борис"),
        reason="not ours",
        reopened=1,
        survey=Survey(NOW, "prod", (workload,), (pod,), others=(node,), missing=(DEPLOYMENT,)),
        run=replace(run(state=ActionState.PERFORMED), progress=Progress(3, 5, "rolling"), undo=run().plan),
    )


def test_everything_comes_back(opened: Callable[..., Database]) -> None:
    store = Store(opened())
    told(store, body("A", firing="ab", resolved="c"))
    incident = full(known(store))
    assert store.incidents.apply(incident, now=NOW)
    assert known(store) == incident
    assert known(Store(opened())) == incident, "from disk"
    emptied = replace(Incident(1, NOW, receiver="r"), episodes=incident.episodes[:1])
    assert store.incidents.apply(emptied, now=NOW)
    assert known(store) == emptied, "what is gone is gone"


@pytest.mark.parametrize("name", ["namespace", "cluster", "alertname", "severity", "pod", "deployment"])
def test_labels_of_any_length_are_stored_and_listed(store: Store, name: str) -> None:
    """PostgreSQL's indexes and words have a greatest length; what comes in from outside has none."""
    chance = random.Random(1)
    long = "".join(chr(chance.randrange(0x400, 0x4FF)) for _ in range(20_000))
    raw = json.loads(body("A", firing=["a"]))
    raw["alerts"][0]["labels"][name] = long
    assert told(store, json.dumps(raw).encode()) == (1,)
    raw["alerts"][0].update(status="resolved", endsAt="2026-11-01T11:59:00Z")
    told(store, json.dumps(raw).encode())
    assert [row.id for row in store.listing.page(Wanted(statuses=CLOSED)).rows] == [1]


def test_an_unknown_incident_is_none_and_cannot_be_stored(store: Store) -> None:
    assert store.incidents.get(1) is None
    assert store.incidents.many((1, 2)) == ()
    assert store.incidents.pending_mail(1) == ()
    with pytest.raises(LookupError, match="incident 5"):
        store.incidents.apply(Incident(5, NOW), now=NOW)


def test_many_keep_their_order(store: Store) -> None:
    for key in "abc":
        told(store, body(key, firing=key))
    assert [incident.id for incident in store.incidents.many((3, 9, 1))] == [3, 1]


moments = st.datetimes(
    min_value=datetime(2, 1, 2), max_value=datetime(9998, 12, 30), timezones=st.just(UTC)
) | st.datetimes(
    min_value=datetime(1990, 1, 2),
    max_value=datetime(2090, 12, 30),
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moment=moments, cut=st.booleans())
def test_times_come_back_equal_and_aware(store: Store, moment: datetime, cut: bool) -> None:
    moment = moment.replace(microsecond=0) if cut else moment
    if store.incidents.get(1) is None:
        told(store, body("A", firing="a"))
    alert = replace(known(store).episodes[0].alert, starts_at=moment, ends_at=moment, firing=False)
    incident = replace(
        known(store),
        episodes=(Episode(alert, moment, moment, moment),),
        opened_at=moment,
        closed_at=moment,
        taken_at=moment,
        run=replace(run(), requested_at=moment, finished_at=moment),
        survey=Survey(moment),
    )
    assert store.incidents.apply(incident, now=moment)
    back = known(store)
    assert back == incident
    assert back.opened_at.tzinfo is back.episodes[0].starts_at.tzinfo is UTC


hostile = st.text(alphabet=st.characters(), max_size=30) | st.sampled_from(
    [
        "\ud83d",
        "a\udc00b",
        "\0",
        "x" * 5000,
        " padded ",
        "🔥" * 100,
        "'; DROP TABLE audit; --",
        "$name",
        "%s?",
        "\u202e",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=hostile, other=hostile)
def test_no_text_breaks_a_write(store: Store, text: str, other: str) -> None:
    if store.incidents.get(1) is None:
        told(store, body("A", firing="a"))
    alert = Alert("f" + other, True, {text: other}, {other: text}, NOW, None, text)
    planned = run()
    incident = replace(
        known(store),
        receiver=text,
        title=text,
        cluster=other,
        namespace=text,
        group_labels={text: other},
        episodes=(Episode(alert, NOW),),
        taken_by=Person(1, text),
        reason=other,
        survey=Survey(NOW, problem_detail=text),
        run=replace(planned, detail=text, plan=replace(planned.plan, params={other: text})),
    )
    ref = ObjectRef(text, other, text, other, text)
    written = Entry(EntryType.LOOKED, SYSTEM, NOW, object=ref, detail={text: other})
    assert store.incidents.apply(incident, [written], now=NOW)
    back = known(store)
    if "\0" not in text + other and _encodes(text) and _encodes(other):
        assert back == incident
    assert len(back.episodes) == 1
    assert back.title.encode().decode() == back.title
    assert store.audit.verify() is None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_only_changed_episodes_are_written(url: str, store: Store) -> None:
    told(store, body("A", firing=[f"f{n}" for n in range(50)]))
    incident = known(store)
    one = replace(incident.episodes[7], late_at=NOW)
    changed = replace(incident, episodes=(*incident.episodes[:7], one, *incident.episodes[8:]))
    for before in (None, incident):
        outside(url, "CREATE TABLE written (fingerprint TEXT)")
        watch(url, "watched", "AFTER UPDATE ON alerts", "INSERT INTO written VALUES (NEW.fingerprint)")
        assert store.incidents.apply(changed, now=NOW, before=before)
        assert outside(url, "SELECT fingerprint FROM written") == [("f7",)]
        unwatch(url, "watched", "alerts")
        outside(url, "DROP TABLE written")
        assert known(store) == changed
        assert store.incidents.apply(incident, now=NOW)


class Exploding(dict[str, str]):
    """Detail that breaks while it is written down."""

    def items(self) -> object:
        raise RuntimeError("no audit entry, no change")


def test_without_its_audit_entry_nothing_is_stored(store: Store) -> None:
    """A3: an action that cannot be written down does not run."""
    deliver(store, body("A", firing="a"))
    store.updates.store([(1, -5, b"{}")], NOW)
    (token,) = store.buttons.offer(-5, 10, [Button("x", Verb.CONFIRM, once=True)], NOW)
    before, pending = known(store), store.incidents.pending_mail(1)
    bad = replace(entry(), detail=Exploding())
    episode = Episode(Alert("f", True, {}, {}, NOW, None), NOW)
    changed = replace(before, revision=9, title="changed", run=run(), episodes=(episode,))
    with pytest.raises(RuntimeError, match="no audit entry"):
        store.incidents.apply(changed, [entry(), bad], mail_done=[1], update_id=1, token=token, used_by="7", now=NOW)
    assert known(store) == before
    assert store.incidents.pending_mail(1) == pending
    assert store.unfinished.running() == ()
    assert [update[0] for update in store.updates.pending()] == [1]
    assert store.audit.head()[0] == 0
    offered = store.buttons.find(token)
    assert offered is not None
    assert offered.used_at is None
    assert store.incidents.apply(changed, [entry()], mail_done=[1], update_id=1, token=token, used_by="7", now=NOW)
    assert known(store) == changed
    assert store.incidents.pending_mail(1) == ()
    assert store.unfinished.running() == (1,)
    assert store.updates.pending() == ()
    assert store.audit.head()[0] == 1


def test_a_refusing_audit_table_stops_everything(url: str, store: Store) -> None:
    told(store, body("A", firing="a"))
    refuse(url, "INSERT", "audit", "broken")
    before = known(store)
    with pytest.raises(Failure, match="broken"):
        store.incidents.apply(replace(before, revision=9, run=run()), [entry()], now=NOW)
    assert known(store) == before
    assert store.unfinished.running() == ()


def test_a_used_or_expired_button_changes_nothing(store: Store) -> None:
    told(store, body("A", firing="a"))
    store.updates.store([(1, -5, b"{}")], NOW)
    before, head = known(store), store.audit.head()
    once = Button("x", Verb.CONFIRM, once=True, lifetime=MINUTE)
    (token,) = store.buttons.offer(-5, 10, [once], NOW)
    changed = replace(before, revision=9)
    for bad, at in ((token, NOW + MINUTE), ("unknown", NOW), ("\ud800", NOW), ("x" * 500, NOW)):
        assert not store.incidents.apply(changed, [entry()], update_id=1, token=bad, used_by="7", now=at)
    assert (known(store), store.audit.head()) == (before, head)
    assert store.updates.pending() != ()
    assert store.incidents.apply(changed, [entry()], token=token, used_by="7", now=NOW)
    assert not store.incidents.apply(replace(changed, revision=10), [entry()], token=token, used_by="8", now=NOW)
    assert known(store) == changed


def test_r22_sixty_four_confirms_at_once_run_once(store: Store) -> None:
    """R22: with what they do, in one transaction."""
    told(store, body("A", firing="a"))
    (token,) = store.buttons.offer(-5, 10, [Button("x", Verb.CONFIRM, once=True)], NOW)
    before = known(store)
    gate = threading.Barrier(64)
    won: list[int] = []

    def confirm(number: int) -> None:
        changed = replace(before, revision=number + 2, run=run(f"run-{number}"))
        gate.wait(20)
        if store.incidents.apply(changed, [entry(n=str(number))], token=token, used_by=str(number), now=NOW):
            won.append(number)

    threads = [threading.Thread(target=confirm, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(won) == 1
    incident = known(store)
    assert incident.run is not None
    assert incident.run.id == f"run-{won[0]}"
    offered = store.buttons.find(token)
    assert offered is not None
    assert offered.used_by == str(won[0])


def test_r22_a_run_that_was_begun_is_not_begun_again(store: Store) -> None:
    """R22: its approval stands in two chats with a token each, and another run came in between."""
    told(store, body("A", firing="a"))
    fresh = known(store)
    first, second = (replace(fresh, run=run(id, ActionState.SUCCEEDED)) for id in ("one", "two"))
    assert store.incidents.apply(first, [entry()], before=fresh, now=NOW)
    assert store.incidents.apply(second, [entry()], before=first, now=NOW)
    written = store.audit.head()
    again = replace(second, run=run("one"))
    assert not store.incidents.apply(again, [entry()], before=second, now=NOW)
    assert (store.audit.head(), known(store)) == (written, second)
