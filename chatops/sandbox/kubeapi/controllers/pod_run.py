"""One pod on its node: its containers in order, and the status they add up to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.behaviours import Behaviours
from chatops.sandbox.kubeapi.clock import Tempo, stamp
from chatops.sandbox.kubeapi.conditions import merged
from chatops.sandbox.kubeapi.controllers.container_run import ContainerRun
from chatops.sandbox.kubeapi.kinds import Obj

PodReport = Callable[[str, str, bool, str], None]


class PodRun:
    """What a kubelet knows of one pod."""

    def __init__(
        self,
        pod: Obj,
        behaviours: Behaviours,
        *,
        now: datetime,
        ip: str,
        sick_for: Callable[[str], bool],
        tempo: Tempo,
    ) -> None:
        spec, meta = pod["spec"], pod["metadata"]
        self.namespace, self.name, self.uid = meta["namespace"], meta["name"], meta["uid"]
        self.started = now
        self.ip = ip
        self.removal: datetime | None = None
        self._tempo = tempo
        self._sandbox_at = now + timedelta(seconds=0.5 * tempo.pace)
        self._policy = spec.get("restartPolicy", "Always")
        label = f"{self.name}_{self.namespace}({self.uid})"

        def run(container: Obj, *, init: bool) -> ContainerRun:
            image = str(container.get("image", ""))
            return ContainerRun(
                spec=container,
                behaviour=behaviours.of(image),
                restart_policy=self._policy,
                init=init,
                sick=sick_for(image),
                pod=label,
                tempo=tempo,
            )

        self.init = [run(each, init=True) for each in spec.get("initContainers") or ()]
        self.containers = [run(each, init=False) for each in spec.get("containers") or ()]

    @property
    def sick(self) -> bool:
        """Whether it is one of those a script that afflicts only some pods has chosen."""
        return any(each.sick and each.behaviour.afflicts is not None for each in self.containers)

    def container(self, name: str) -> ContainerRun | None:
        """The container of this name."""
        return next((each for each in [*self.init, *self.containers] if each.name == name), None)

    def advance(self, now: datetime, report: PodReport) -> None:
        """Do everything due by `now`, in the order the kubelet does it."""
        if now < self._sandbox_at or self.removal is not None:
            return
        for each in self.init:
            each.begin(now)
            self._advance(each, now, report, f"spec.initContainers{{{each.name}}}")
            if not (each.done and each.current is not None and each.current.exit_code == 0):
                return
        for each in self.containers:
            if each.idle:
                each.reason = "ContainerCreating"
            each.begin(now)
            self._advance(each, now, report, f"spec.containers{{{each.name}}}")

    @staticmethod
    def _advance(run: ContainerRun, now: datetime, report: PodReport, path: str) -> None:
        run.advance(now, lambda reason, message, warning: report(reason, message, warning, path))

    def due(self) -> datetime | None:
        """When something happens next."""
        if self.removal is not None:
            return self.removal
        moments = [each.due for each in [*self.init, *self.containers] if each.due is not None]
        if all(each.idle for each in [*self.init, *self.containers]):
            moments.append(self._sandbox_at)
        return min(moments) if moments else None

    @property
    def initialized(self) -> bool:
        """Whether every init container has succeeded."""
        return all(each.done and each.current is not None and each.current.exit_code == 0 for each in self.init)

    def phase(self) -> str:
        """Pending, Running, Succeeded or Failed."""
        failed_init = any(each.done and each.current and each.current.exit_code for each in self.init)
        if failed_init:
            return "Failed"
        if self.containers and all(each.done for each in self.containers):
            bad = any(each.current is not None and each.current.exit_code for each in self.containers)
            return "Failed" if bad else "Succeeded"
        if self.initialized and all(each.started for each in self.containers):
            return "Running"
        return "Pending"

    def status(self, old: Obj, now: datetime, *, host_ip: str, host_network: bool) -> Obj:
        """The pod status as of `now`, transition times taken over from `old`."""
        phase = self.phase()
        over = phase in ("Succeeded", "Failed")
        unready = [each.name for each in self.containers if not each.ready]
        all_ready = not unready and not over
        why = "PodCompleted" if phase == "Succeeded" else "ContainersNotReady" if unready else ""
        told = "" if not why or why == "PodCompleted" else f"containers with unready status: [{' '.join(unready)}]"
        pending_init = [each.name for each in self.init if not each.done]
        conditions = list(old.get("conditions") or ())
        sandbox = now >= self._sandbox_at
        conditions = merged(conditions, "PodReadyToStartContainers", _truth(sandbox and not over), now)
        conditions = merged(
            conditions,
            "Initialized",
            _truth(self.initialized),
            now,
            reason="" if self.initialized and not over else why if self.initialized else "ContainersNotInitialized",
            message="" if self.initialized else f"containers with incomplete status: [{' '.join(pending_init)}]",
        )
        for kind in ("Ready", "ContainersReady"):
            conditions = merged(conditions, kind, _truth(all_ready), now, reason=why, message=told)
        ip = host_ip if host_network else self.ip
        status: Obj = {
            "phase": phase,
            "conditions": conditions,
            "hostIP": host_ip,
            "hostIPs": [{"ip": host_ip}],
            "startTime": stamp(self.started),
            "qosClass": old.get("qosClass", "BestEffort"),
        }
        if sandbox and ip:
            status["podIP"] = ip
            status["podIPs"] = [{"ip": ip}]
        if self.init:
            status["initContainerStatuses"] = [each.status() for each in self.init]
        status["containerStatuses"] = [self._container_status(each) for each in self.containers]
        return status

    def _container_status(self, run: ContainerRun) -> Obj:
        if run.idle:
            run.reason = "PodInitializing" if self.init else "ContainerCreating"
        return run.status()

    def stop(self, now: datetime, grace: float, report: PodReport) -> None:
        """Begin to end: the pod is gone once `removal` has come."""
        for each in self.containers:
            if each.state == "running":
                report("Killing", f"Stopping container {each.name}", False, f"spec.containers{{{each.name}}}")
        longest = max((each.behaviour.stop for each in self.containers if each.state == "running"), default=0.0)
        self.removal = now + timedelta(seconds=min(longest, grace) * self._tempo.pace)


def _truth(value: bool) -> str:
    return "True" if value else "False"
