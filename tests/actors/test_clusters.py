"""The cluster's name picks the pool, and never a wrong one; one that hangs keeps no other waiting."""

from datetime import UTC, datetime

import pytest

from chatops.actors.addresses import POOL, pool_address
from chatops.actors.clusters import ClustersActor
from chatops.actors.executor import ExecutorActor
from chatops.actors.pool import PoolActor
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.actors.work import PerformPlan, ReadPods, Submit, TakeSurvey, WorkDone
from chatops.core.failures import Reason
from chatops.core.resources import ObjectRef
from chatops.core.surveys import Survey
from tests.actors.doors import Block, deploy, restart
from tests.actors.small_actors import PATIENCE, Listener, settle, take

ASKER = ("incident", 1)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def tree(directory, news, works, grow):
    """The clusters of these contexts, one executor each; the door's answer to a survey names its cluster."""

    def tree(*contexts):
        specs = [ChildSpec(ASKER, starter(Listener, directory, news=news))]
        for context in contexts or ("",):
            executor = ("executor", context, 0)
            pool = pool_address(context)
            hands = starter(ExecutorActor, directory, cluster_factory=works.open, pool=pool, clock=lambda: NOW)
            specs += [
                ChildSpec(pool, starter(PoolActor, directory, executors=[executor])),
                ChildSpec(executor, hands, Restart.TRANSIENT, watcher=pool),
            ]
        specs.append(ChildSpec(POOL, starter(ClustersActor, directory, contexts=contexts, clock=lambda: NOW)))
        grown = grow(specs, backoff=0.0)
        assert grown.supervisor.wait_started(PATIENCE)
        return grown

    return tree


def submit(directory, work, tag="tag"):
    directory.tell(POOL, Submit(work, ASKER, tag))


def test_k9_a_cluster_that_hangs_keeps_no_other_waiting(directory, news, works, tree):
    tree("eu1", "us1")
    works.scripts["stuck"] = hanging = Block()
    submit(directory, ReadPods(deploy("stuck", cluster="eu1")), "stuck")
    assert hanging.entered.wait(PATIENCE)
    for number in range(3):
        submit(directory, PerformPlan(restart(f"web-{number}", cluster="us1")), number)
    assert take(news, 3) == [WorkDone(number, "perform") for number in range(3)]
    hanging.release.set()
    assert take(news) == [WorkDone("stuck", "done")]


@pytest.mark.parametrize("name", ["", "eu", "eu2"])
def test_a_name_that_is_none_of_several_gets_no_answer(directory, news, works, tree, name):
    tree("eu1", "us1")
    submit(directory, PerformPlan(restart("web", cluster=name)))
    [answer] = take(news)
    assert answer.reason == Reason.UNKNOWN_CLUSTER
    assert "eu1, us1" in answer.detail
    assert works.calls.empty()


@pytest.mark.parametrize("contexts", [(), ("us1",)])
def test_a_single_cluster_answers_to_any_name(directory, news, works, tree, contexts):
    tree(*contexts)
    submit(directory, PerformPlan(restart("web", cluster="production")))
    assert take(news) == [WorkDone("tag", "perform")]


def test_alerts_of_several_clusters_make_one_survey(directory, news, works, tree):
    tree("eu1", "us1")
    refs = {name: ObjectRef("Pod", f"web-{name}", "shop", cluster=name) for name in ("eu1", "us1", "asia")}
    surveyed = []

    def survey(self, suspects, now):
        surveyed.append(suspects)
        return Survey(now, suspects[0].cluster, missing=suspects)

    works.survey = survey
    submit(directory, TakeSurvey(tuple(refs.values())))
    [answer] = take(news)
    assert set(answer.result.missing) == {refs["eu1"], refs["us1"]}
    assert "asia" in answer.result.problem_detail
    assert sorted(suspects[0].cluster for suspects in surveyed) == ["eu1", "us1"]


def test_a_survey_of_nothing_named_is_said(directory, news, works, tree):
    tree("eu1", "us1")
    submit(directory, TakeSurvey(()))
    [answer] = take(news)
    assert answer.result.problem == Reason.UNKNOWN_CLUSTER


def test_a_survey_half_gathered_is_answered_when_its_actor_ends(directory, news, works, tree):
    grown = tree("eu1", "us1")
    hanging = Block(Survey(NOW))
    works.survey = lambda door, suspects, now: hanging(door)
    submit(directory, TakeSurvey((deploy("a", cluster="eu1"), deploy("b", cluster="us1"))))
    assert hanging.entered.wait(PATIENCE)
    settle(directory, POOL)
    directory.tell(POOL, Submit(None, ASKER, "poison"))
    [answer] = take(news)
    assert (answer.tag, answer.temporary) == ("tag", True)
    hanging.release.set()
    assert grown.supervisor
