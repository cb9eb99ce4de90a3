"""Container logs: which container is meant, which lines, and the refusals in the kubelet's words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import micro_stamp, parse_stamp
from chatops.sandbox.kubeapi.controllers.container_run import ContainerRun, Life
from chatops.sandbox.kubeapi.controllers.kubelet import Kubelet
from chatops.sandbox.kubeapi.errors import ApiError, bad_request
from chatops.sandbox.kubeapi.kinds import PODS, Obj
from chatops.sandbox.kubeapi.request import Request
from chatops.sandbox.kubeapi.store import Store

_LOOK = 0.25
Lines = list[tuple[datetime, str]]


def choose_container(pod: Obj, wanted: str) -> str:
    """The container that is meant, also by exec; ApiError 400 in the API server's words."""
    spec, name = pod["spec"], pod["metadata"]["name"]
    apps = [each["name"] for each in spec.get("containers") or ()]
    inits = [each["name"] for each in spec.get("initContainers") or ()]
    if wanted:
        if wanted not in [*apps, *inits]:
            raise bad_request(f"container {wanted} is not valid for pod {name}")
        return wanted
    if len(apps) == 1:
        return str(apps[0])
    choices = f"choose one of: [{' '.join(apps)}]"
    if inits:
        choices += f" or one of the init containers: [{' '.join(inits)}]"
    raise bad_request(f"a container name must be specified for pod {name}, {choices}")


class PodLogs:
    """Reads what the containers' scripts have written."""

    def __init__(self, store: Store, kubelet: Kubelet) -> None:
        self._store = store
        self._kubelet = kubelet

    def read(self, namespace: str, name: str, request: Request) -> Iterator[bytes]:
        """The lines asked for; with `follow` they go on until the container ends or the client leaves."""
        pod = self._store.get(PODS, namespace, name)
        if not pod["spec"].get("nodeName"):
            raise bad_request(f"pod {name} does not have a host assigned")
        container = choose_container(pod, request.query.get("container", ""))
        previous = request.flag("previous")
        if pod["spec"]["nodeName"] in self._kubelet.stopped_nodes:
            raise ApiError(
                500,
                "InternalError",
                f'Get "https://{pod["spec"]["nodeName"]}:10250/containerLogs'
                f'/{namespace}/{name}/{container}": dial tcp: i/o timeout',
            )
        uid = pod["metadata"]["uid"]
        posed = self._kubelet.posed_logs.get((uid, container, previous))
        if posed is not None:
            return iter([self._cut(posed, request)])
        run = self._kubelet.run_of(uid)
        found = run.container(container) if run is not None else None
        life = self._life(pod, found, container, previous=previous)
        first = self._lines(found, life) if found is not None else []
        if request.flag("follow") and found is not None and not previous:
            return self._follow(namespace, name, found, life, first, request)
        return iter([self._cut(first, request)])

    def _life(self, pod: Obj, run: ContainerRun | None, container: str, *, previous: bool) -> Life:
        name = pod["metadata"]["name"]
        if previous:
            ended = None
            if run is not None:
                waiting = run.state == "waiting"
                ended = run.current if waiting and run.restarts == 0 else run.previous
                if waiting and run.restarts:
                    ended = run.current
            if ended is None or ended.finished is None:
                raise bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
            return ended
        if run is None or run.current is None:
            if run is not None and "Pull" in run.reason:
                raise bad_request(
                    f'container "{container}" in pod "{name}" is waiting to start: '
                    + ("image can't be pulled" if run.reason == "ErrImagePull" else "trying and failing to pull image")
                )
            reason = run.reason if run is not None else "ContainerCreating"
            raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
        return run.current

    def _lines(self, run: ContainerRun, life: Life) -> Lines:
        pace = life.pace
        end = life.finished or self._store.clock.now()
        age = (end - life.started).total_seconds() / pace
        written = run.behaviour.written(sick=life.sick, age=age)
        return [(life.started + timedelta(seconds=after * pace), text) for after, text in written]

    def _cut(self, lines: Lines, request: Request) -> bytes:
        seconds, since_time = request.number("sinceSeconds"), request.query.get("sinceTime")
        if seconds is not None and since_time:
            raise bad_request("at most one of `sinceTime` or `sinceSeconds` may be specified")
        if seconds is not None:
            if seconds < 1:
                raise bad_request("sinceSeconds: Invalid value: must be greater than 0")
            start = self._store.clock.now() - timedelta(seconds=seconds)
            lines = [pair for pair in lines if pair[0] >= start]
        elif since_time:
            start = parse_stamp(since_time)
            lines = [pair for pair in lines if pair[0] >= start]
        tail = request.number("tailLines")
        if tail is not None:
            if tail < 0:
                raise bad_request("tailLines: Invalid value: must be greater than or equal to 0")
            lines = lines[-tail:] if tail else []
        data = b"".join(self._line(pair, request) for pair in lines)
        limit = request.number("limitBytes")
        if limit is not None:
            if limit < 1:
                raise bad_request("limitBytes: Invalid value: must be greater than 0")
            data = data[:limit]
        return data

    @staticmethod
    def _line(pair: tuple[datetime, str], request: Request) -> bytes:
        moment, text = pair
        prefix = f"{micro_stamp(moment)[:-1]}000Z " if request.flag("timestamps") else ""
        # A lone surrogate stands for a byte that is no UTF-8.
        return f"{prefix}{text}\n".encode("utf-8", "surrogateescape")

    def _follow(
        self, namespace: str, name: str, run: ContainerRun, life: Life, told: Lines, request: Request
    ) -> Iterator[bytes]:
        yield self._cut(told, request)
        last = told[-1][0] if told else life.started
        while not request.disconnected():
            fresh = [pair for pair in self._lines(run, life) if pair[0] > last]
            if fresh:
                last = fresh[-1][0]
                yield b"".join(self._line(pair, request) for pair in fresh)
            if life.finished is not None or self._store.find(PODS, namespace, name) is None:
                return
            time.sleep(_LOOK)
