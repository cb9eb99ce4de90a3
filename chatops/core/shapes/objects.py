"""Kubernetes objects as the API tells them: how they are, what belongs to them, what hangs on them."""

from markupsafe import Markup
from msgspec import Struct

from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import ContainerView, Health, ObjectRef, PodView, WorkloadView
from chatops.core.screens.facts import problem_words
from chatops.core.shapes.plain import Moment, plain
from chatops.core.surveys import Survey
from chatops.core.texts import Tongue, joined, one_line

MOST_PODS = 50
"""Of one workload, worst first."""


class Container(Struct, frozen=True):
    name: str
    state: str
    reason: str
    ready: bool
    restarts: int
    image: str


class Pod(Struct, frozen=True):
    """`status` is kubectl's STATUS column."""

    ref: ObjectRef
    status: str
    health: Health
    ready: int
    total: int
    restarts: int
    node: str
    containers: tuple[Container, ...]


class Workload(Struct, frozen=True):
    """`pods` holds only the worst of very many, `pod_count` says how many there are."""

    ref: ObjectRef
    health: Health
    ready: int
    desired: int
    rollout: str
    managed_by: str
    autoscaler: str
    pods: tuple[Pod, ...]
    pod_count: int


class Other(Struct, frozen=True):
    """Neither a pod nor a workload. `summary` is one line in kubectl's words."""

    ref: ObjectRef
    health: Health
    summary: str


class Objects(Struct, frozen=True):
    """What was found for an incident, when. `problem` says why the cluster could not be asked."""

    taken_at: Moment
    health: Health
    problem: str
    workloads: tuple[Workload, ...]
    pods: tuple[Pod, ...]
    others: tuple[Other, ...]
    missing: tuple[ObjectRef, ...]


def objects_of(survey: Survey, tongue: Tongue) -> Objects:
    return Objects(
        taken_at=survey.taken_at,
        health=survey.health,
        problem=one_line(problem_words(survey, tongue), 250) if survey.problem else "",
        workloads=tuple(_workload(each, tongue) for each in survey.workloads),
        pods=tuple(map(pod_of, survey.pods)),
        others=tuple(_other(each) for each in survey.others),
        missing=survey.missing,
    )


def pod_of(view: PodView) -> Pod:
    return Pod(
        view.ref,
        one_line(view.status, 60),
        view.health,
        view.ready,
        view.total,
        view.restarts,
        view.node,
        tuple(map(_container, view.containers)),
    )


def _container(view: ContainerView) -> Container:
    return Container(view.name, view.state, one_line(view.reason, 60), view.ready, view.restarts, view.image)


def _workload(view: WorkloadView, tongue: Tongue) -> Workload:
    worst = sorted(view.pods, key=lambda pod: (pod.health.rank, -pod.restarts, pod.ref.name))
    return Workload(
        view.ref,
        view.health,
        view.ready,
        view.desired,
        plain(_rollout(view, tongue)),
        one_line(view.managed_by, 120),
        one_line(view.autoscaler, 120),
        tuple(map(pod_of, worst[:MOST_PODS])),
        view.pods_in_all,
    )


def _rollout(view: WorkloadView, tongue: Tongue) -> Markup:
    rollout = view.rollout
    revision = tongue.say("rev {revision}", revision=rollout.revision) if rollout else ""
    return joined([revision, tongue.say("paused") if rollout and rollout.paused else ""])


def _other(view: ObjectView) -> Other:
    return Other(view.ref, view.health, one_line(view.trait(Trait.SUMMARY), 300))
