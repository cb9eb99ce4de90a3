"""STATUS, READY, RESTARTS and the verdict, case by case, after the API server's pod printer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.pods import ContainerFacts, PodFacts, PodStatus, pod_status
from chatops.core.resources import Health


def running(*, ready: bool = True, **more: object) -> ContainerFacts:
    return ContainerFacts(state="running", ready=ready, started=True, **more)  # type: ignore[arg-type]  # facts by name


def waiting(reason: str, **more: object) -> ContainerFacts:
    return ContainerFacts(state="waiting", reason=reason, **more)  # type: ignore[arg-type]  # facts by name


def ended(code: int = 0, reason: str = "", **more: object) -> ContainerFacts:
    return ContainerFacts(state="terminated", reason=reason, exit_code=code, **more)  # type: ignore[arg-type]  # by name


def pod(*containers: ContainerFacts, init: tuple[ContainerFacts, ...] = (), **more: object) -> PodFacts:
    sidecars = sum(c.sidecar for c in init)
    facts: dict[str, object] = {
        "phase": "Running",
        "containers_wanted": len(containers) + sidecars,
        "init_wanted": len(init),
        "initialized": not init,
        "is_ready": True,
    }
    return PodFacts(containers=containers, init_containers=init, **{**facts, **more})  # type: ignore[arg-type]  # by name


CREATING = waiting("PodInitializing")

CASES = [
    ("running", pod(running()), "Running", Health.GOOD, "1/1", 0),
    ("one of two ready", pod(running(), running(ready=False)), "Running", Health.WARN, "1/2", 0),
    ("pending", pod(phase="Pending", containers_wanted=1), "Pending", Health.WARN, "0/1", 0),
    (
        "no node",
        pod(phase="Pending", containers_wanted=1, unschedulable=True),
        "Pending",
        Health.BAD,
        "0/1",
        0,
    ),
    (
        "gated",
        pod(phase="Pending", containers_wanted=1, gated=True),
        "SchedulingGated",
        Health.WARN,
        "0/1",
        0,
    ),
    (
        "creating",
        pod(waiting("ContainerCreating"), phase="Pending"),
        "ContainerCreating",
        Health.WARN,
        "0/1",
        0,
    ),
    ("crash loop", pod(waiting("CrashLoopBackOff", restarts=9)), "CrashLoopBackOff", Health.BAD, "0/1", 9),
    ("no image", pod(waiting("ImagePullBackOff"), phase="Pending"), "ImagePullBackOff", Health.BAD, "0/1", 0),
    (
        "between crashes",
        pod(running(ready=False, restarts=3, last_exit_code=137)),
        "Running",
        Health.BAD,
        "0/1",
        3,
    ),
    ("started again", pod(running(restarts=3, last_exit_code=137)), "Running", Health.GOOD, "1/1", 3),
    ("out of memory", pod(ended(137, "OOMKilled", restarts=1)), "OOMKilled", Health.BAD, "0/1", 1),
    ("error", pod(ended(1, "Error"), phase="Failed"), "Error", Health.BAD, "0/1", 0),
    ("exit code", pod(ended(3)), "ExitCode:3", Health.BAD, "0/1", 0),
    ("signal", pod(ended(137, signal=9)), "Signal:9", Health.BAD, "0/1", 0),
    ("completed", pod(ended(0, "Completed"), phase="Succeeded"), "Completed", Health.GOOD, "0/1", 0),
    (
        "first container speaks",
        pod(waiting("ErrImagePull"), ended(1, "Error")),
        "ErrImagePull",
        Health.BAD,
        "0/2",
        0,
    ),
    ("silent waiting", pod(ContainerFacts(state="waiting")), "Running", Health.WARN, "0/1", 0),
    ("half done, ready", pod(ended(0, "Completed"), running()), "Running", Health.WARN, "1/2", 0),
    ("half done", pod(ended(0, "Completed"), running(), is_ready=False), "NotReady", Health.WARN, "1/2", 0),
    ("evicted", pod(phase="Failed", reason="Evicted", containers_wanted=1), "Evicted", Health.BAD, "0/1", 0),
    ("terminating", pod(running(), deleting=True), "Terminating", Health.WARN, "1/1", 0),
    (
        "ended, deleting",
        pod(ended(0, "Completed"), phase="Succeeded", deleting=True),
        "Completed",
        Health.GOOD,
        "0/1",
        0,
    ),
    ("node lost", pod(running(), deleting=True, reason="NodeLost"), "Unknown", Health.BAD, "1/1", 0),
    ("node lost, kept", pod(running(), reason="NodeLost"), "NodeLost", Health.BAD, "1/1", 0),
    ("nothing known", PodFacts(), "", Health.UNKNOWN, "0/0", 0),
    (
        "first init",
        pod(CREATING, init=(running(ready=False), waiting("")), phase="Pending"),
        "Init:0/2",
        Health.WARN,
        "0/1",
        0,
    ),
    (
        "second init",
        pod(CREATING, init=(ended(0), waiting("PodInitializing")), phase="Pending"),
        "Init:1/2",
        Health.WARN,
        "0/1",
        0,
    ),
    (
        "init done",
        pod(CREATING, init=(ended(0),), phase="Pending", initialized=True),
        "PodInitializing",
        Health.WARN,
        "0/1",
        0,
    ),
    (
        "init crash loop",
        pod(CREATING, init=(waiting("CrashLoopBackOff", restarts=4),), phase="Pending"),
        "Init:CrashLoopBackOff",
        Health.BAD,
        "0/1",
        4,
    ),
    (
        "init error",
        pod(CREATING, init=(ended(1, "Error"),), phase="Pending"),
        "Init:Error",
        Health.BAD,
        "0/1",
        0,
    ),
    (
        "init exit code",
        pod(CREATING, init=(ended(2),), phase="Pending"),
        "Init:ExitCode:2",
        Health.BAD,
        "0/1",
        0,
    ),
    (
        "init signal",
        pod(CREATING, init=(ended(9, signal=9),), phase="Pending"),
        "Init:Signal:9",
        Health.BAD,
        "0/1",
        0,
    ),
    (
        "init running again after failure",
        pod(CREATING, init=(running(ready=False, restarts=2, last_exit_code=1),), phase="Pending"),
        "Init:0/1",
        Health.BAD,
        "0/1",
        2,
    ),
    ("sidecar ready", pod(running(), init=(running(sidecar=True),)), "Running", Health.GOOD, "2/2", 0),
    (
        "sidecar not ready",
        pod(running(), init=(running(sidecar=True, ready=False),)),
        "Running",
        Health.WARN,
        "1/2",
        0,
    ),
    (
        "sidecar starting",
        pod(CREATING, init=(ContainerFacts(state="running", sidecar=True),), phase="Pending"),
        "Init:0/1",
        Health.WARN,
        "0/2",
        0,
    ),
    (
        "only sidecars' restarts count after init",
        pod(running(restarts=1), init=(ended(0, restarts=5), running(sidecar=True, restarts=2))),
        "Running",
        Health.GOOD,
        "2/2",
        3,
    ),
    (
        "a sidecar that fell after init",
        pod(running(), init=(waiting("CrashLoopBackOff", sidecar=True, restarts=2),), initialized=True),
        "Init:CrashLoopBackOff",
        Health.BAD,
        "1/2",
        2,
    ),
]


@pytest.mark.parametrize(
    ("facts", "text", "health", "ready", "restarts"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_columns(facts: PodFacts, text: str, health: Health, ready: str, restarts: int) -> None:
    status = pod_status(facts)
    assert (status.text, status.health, f"{status.ready}/{status.total}", status.restarts) == (
        text,
        health,
        ready,
        restarts,
    )


containers = st.builds(
    ContainerFacts,
    state=st.sampled_from(["", "running", "waiting", "terminated"]),
    reason=st.sampled_from(["", "Completed", "Error", "CrashLoopBackOff", "PodInitializing"]),
    exit_code=st.integers(0, 255),
    signal=st.integers(0, 15),
    ready=st.booleans(),
    started=st.booleans(),
    restarts=st.integers(0, 9),
    sidecar=st.booleans(),
    last_exit_code=st.none() | st.integers(0, 255),
)


@given(
    st.builds(
        PodFacts,
        phase=st.sampled_from(["", "Pending", "Running", "Succeeded", "Failed", "Unknown"]),
        deleting=st.booleans(),
        initialized=st.booleans(),
        is_ready=st.booleans(),
        containers=st.lists(containers, max_size=3).map(tuple),
        init_containers=st.lists(containers, max_size=3).map(tuple),
    )
)
def test_any_pod_has_columns_and_a_deleted_one_is_never_called_good(facts: PodFacts) -> None:
    status = pod_status(facts)
    assert isinstance(status, PodStatus)
    assert 0 <= status.ready <= len(facts.containers) + len(facts.init_containers)
    total = sum(c.restarts for c in (*facts.containers, *facts.init_containers))
    assert status.restarts <= total
    if facts.deleting and facts.phase in ("Pending", "Running"):
        assert (status.text, status.health) == ("Terminating", Health.WARN)
