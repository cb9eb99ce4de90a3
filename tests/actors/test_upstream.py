"""The pool in front of Alertmanager and Prometheus: every Submit gets one answer, whatever the door does."""

from datetime import UTC, datetime

import pytest

from chatops.actors.addresses import DRAWING, UPSTREAM
from chatops.actors.directory import Directory
from chatops.actors.health import Health, PartStatus
from chatops.actors.pool import PoolActor
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.actors.upstream import UpstreamActor
from chatops.actors.upstream_messages import (
    CountMatched,
    CreateSilence,
    DrawGraph,
    ExpireSilence,
    ExtendUntil,
    FindSilence,
    LookAtSilence,
    ReadOutside,
)
from chatops.actors.upstream_specs import upstream_specs
from chatops.actors.work import Submit, WorkDone, WorkFailed, WorkInterrupted
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.graphs import GraphAsk
from chatops.core.resources import ObjectRef
from chatops.core.silences import Choice, Matcher, Scope, SilenceDraft, SilencePlace
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.prometheus import PrometheusServer
from tests.actors.doors import raising
from tests.actors.small_actors import PATIENCE, Listener, take

ASKER, HANDS = ("incident", 1), ("upstream", 0)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MATCHERS = (Matcher("alertname", "X"),)
CHOICES = (Choice(Scope.GROUP, MATCHERS),)
PLACE = SilencePlace("am-id", 1)
DRAFT = SilenceDraft("key", MATCHERS, NOON, "@anna", "c")
REF = ObjectRef("Service", "checkout", "shop")


class Named:
    """An answer's name, by which a script of the door is chosen."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def pool(directory, news, works, grow):
    worker = starter(UpstreamActor, directory, open_upstream=works.open, clock=lambda: NOON)
    tree = grow(
        [
            ChildSpec(ASKER, starter(Listener, directory, news=news)),
            ChildSpec(UPSTREAM, starter(PoolActor, directory, executors=[HANDS])),
            ChildSpec(HANDS, worker, Restart.TRANSIENT, watcher=UPSTREAM),
        ],
        backoff=0.0,
    )
    assert tree.supervisor.wait_started(PATIENCE)
    return tree


@pytest.mark.parametrize(
    ("work", "method", "arguments"),
    [
        (CountMatched(CHOICES, frozenset("a")), "counted", (CHOICES, frozenset("a"))),
        (CreateSilence(DRAFT), "make_silence", (DRAFT, NOON)),
        (FindSilence("key", MATCHERS), "find_silence", ("key", MATCHERS)),
        (ExtendUntil(PLACE, NOON, "n"), "extend_silence", (PLACE, NOON, "n", NOON)),
        (ExpireSilence(PLACE), "expire_silence", (PLACE,)),
        (LookAtSilence(PLACE, MATCHERS), "watch_silence", (PLACE, MATCHERS, NOON)),
        (DrawGraph(REF, "http://x", GraphAsk()), "graph", (REF, "http://x", GraphAsk(), NOON)),
        (ReadOutside("metric_graph", REF, "http://x"), "report", ("metric_graph", REF, "http://x", NOON)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_work_is_a_method_of_the_door(pool, directory, news, works, work, method, arguments):
    directory.tell(UPSTREAM, Submit(work, ASKER, "tag"))
    assert take(news) == [WorkDone("tag", method)]
    assert works.calls.get(timeout=PATIENCE) == (method, arguments, {})


@pytest.mark.parametrize("failure", [Temporary(Reason.TIMEOUT, "late"), Permanent(Reason.REFUSED, "no")])
def test_a_failure_of_the_door_is_an_answer(pool, directory, news, works, failure):
    named = Named("checkout")
    works.scripts["checkout"] = raising(failure)
    directory.tell(UPSTREAM, Submit(ReadOutside(named, REF), ASKER, "tag"))
    temporary = isinstance(failure, Temporary)
    assert take(news) == [WorkFailed("tag", str(failure.reason), failure.detail, temporary)]


def test_hands_that_die_on_a_change_leave_it_interrupted(pool, directory, news, works):
    named = Named("checkout")
    named.key = "key"  # type: ignore[attr-defined]  # what a change is told apart by
    works.scripts["checkout"] = raising(RuntimeError("a mistake of ours"))
    directory.tell(UPSTREAM, Submit(CreateSilence(named), ASKER, "tag"))
    assert take(news) == [WorkInterrupted("tag")]


# What is started


def addresses(health: Health, alertmanagers: tuple[str, ...], prometheus: str) -> list[tuple[object, ...]]:
    return [spec.address for spec in upstream_specs(Directory(), health, alertmanagers, prometheus)]


def test_nothing_is_started_where_nothing_is_configured():
    health = Health()
    assert addresses(health, (), "") == []
    assert {name: part.status for name, part in health.snapshot().items()} == {
        "alertmanager": PartStatus.OFF,
        "prometheus": PartStatus.OFF,
    }


def test_one_pool_and_a_probe_of_each_address():
    found = addresses(Health(), ("http://a", "http://b"), "http://p")
    assert found == [
        UPSTREAM,
        DRAWING,
        ("drawing", 0),
        ("upstream", 0),
        ("upstream", 1),
        ("probe", "alertmanager 1"),
        ("probe", "alertmanager 2"),
        ("probe", "prometheus"),
    ]


def test_the_board_tells_who_is_there(directory, news, grow):
    health = Health()
    with AlertmanagerServer() as alertmanager, PrometheusServer() as prometheus:
        tree = grow(upstream_specs(directory, health, (alertmanager.url,), prometheus.url), backoff=0.0)
        assert tree.supervisor.wait_started(PATIENCE)
        Listener.start(directory=directory, address=ASKER, news=news)
        directory.tell(UPSTREAM, Submit(CountMatched(CHOICES, frozenset()), ASKER, "tag"))
        (done,) = take(news)
        assert [(each.ours, each.others) for each in done.result.choices] == [(0, 0)]
        tree.supervisor.stop()
    parts = {name: (part.status, part.detail) for name, part in health.snapshot().items()}
    assert parts == {
        "alertmanager": (PartStatus.UP, "Alertmanager 0.25.0"),
        "prometheus": (PartStatus.UP, "Prometheus 2.42.0"),
    }
