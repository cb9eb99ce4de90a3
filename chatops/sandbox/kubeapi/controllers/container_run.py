"""One container's life on a node: pull, start, run, exit, back off, start again. It writes no objects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.behaviours import HEALTHY, Behaviour
from chatops.sandbox.kubeapi.clock import Tempo, stamp
from chatops.sandbox.kubeapi.kinds import Obj

_BACKOFF_START = 10.0
_BACKOFF_FORGIVEN_AFTER = 600.0
_REMINDER = 12.0
_INIT_LIFE = 1.5
_TASK_LIFE = 5.0

Report = Callable[[str, str, bool], None]


@dataclass(slots=True)
class Life:
    """One run of the program. `finished` is None while it runs."""

    started: datetime
    sick: bool
    finished: datetime | None = None
    exit_code: int = 0
    reason: str = "Completed"
    number: int = 0
    pace: float = 1.0


class ContainerRun:
    """The state machine. Its times follow `tempo`."""

    def __init__(
        self,
        *,
        spec: Obj,
        behaviour: Behaviour,
        restart_policy: str,
        init: bool,
        sick: bool,
        pod: str,
        tempo: Tempo,
    ) -> None:
        self.spec = spec
        self.name = str(spec["name"])
        self.image = str(spec.get("image", ""))
        self.behaviour = behaviour
        self.init = init
        self.sick = sick
        self.state = "waiting"
        self.reason = "PodInitializing"
        self.message = ""
        self.restarts = 0
        self.current: Life | None = None
        self.previous: Life | None = None
        self.ready = False
        self.done = False
        self.due: datetime | None = None
        self._policy = restart_policy
        self._pod = pod
        self._tempo = tempo
        self._step = "idle"
        self._backoff = 0.0
        self._until: datetime | None = None
        self._ready_at: datetime | None = None
        self._exit_at: datetime | None = None
        self._probe_at: datetime | None = None

    def _in(self, now: datetime, seconds: float) -> datetime:
        return now + timedelta(seconds=seconds * self._tempo.pace)

    def begin(self, now: datetime) -> None:
        """Let it start; calling again changes nothing."""
        if self._step == "idle":
            self._step = "pull"
            self.due = now

    @property
    def idle(self) -> bool:
        """Whether it was never let start."""
        return self._step == "idle"

    @property
    def started(self) -> bool:
        """Whether it ran at least once."""
        return self.current is not None

    def advance(self, now: datetime, report: Report) -> None:
        """Do everything that is due by `now`."""
        for _ in range(1000):
            if self.due is None or self.due > now:
                return
            moment, self.due = self.due, None
            {
                "pull": self._pull,
                "pulling": self._pulled,
                "pull-backoff": self._pull_again,
                "running": self._run,
                "exited": self._exited,
                "backoff": self._wait,
            }[self._step](moment, report)

    def _pull(self, now: datetime, report: Report) -> None:
        report("Pulling", f'Pulling image "{self.image}"', False)
        self.reason = "PodInitializing" if self.init else "ContainerCreating"
        self._step, self.due = "pulling", self._in(now, self.behaviour.pull)

    def _pulled(self, now: datetime, report: Report) -> None:
        if self.behaviour.pull_error is not None:
            problem = (
                f'failed to pull and unpack image "{self.image}": failed to resolve reference '
                f'"{self.image}": {self.image}: {self.behaviour.pull_error}'
            )
            text = f"rpc error: code = NotFound desc = {problem}"
            report("Failed", f'Failed to pull image "{self.image}": {text}', True)
            report("Failed", "Error: ErrImagePull", True)
            self.reason, self.message = "ErrImagePull", text
            self._backoff = min(max(self._backoff * 2, _BACKOFF_START), self.behaviour.backoff_cap)
            self._until = self._in(now, self._backoff)
            self._step, self.due = "pull-backoff", self._in(now, 2)
            return
        took = f"{self.behaviour.pull:.2f}s"
        report("Pulled", f'Successfully pulled image "{self.image}" in {took} ({took} including waiting).', False)
        self._backoff = 0.0
        self._start(now, report)

    def _pull_again(self, now: datetime, report: Report) -> None:
        if self._until is not None and now < self._until:
            self.reason, self.message = "ImagePullBackOff", f'Back-off pulling image "{self.image}"'
            report("BackOff", self.message, False)
            report("Failed", "Error: ImagePullBackOff", True)
            self.due = min(self._until, self._in(now, _REMINDER))
            return
        self._step, self.due = "pull", now

    def _start(self, now: datetime, report: Report) -> None:
        report("Created", f"Created container: {self.name}", False)
        report("Started", f"Started container {self.name}", False)
        if self.current is not None:
            self.previous = self.current
            self.restarts += 1
        self.current = Life(started=now, sick=self.sick, number=self.restarts, pace=self._tempo.pace)
        self.state, self.reason, self.message, self.ready = "running", "", "", False
        life = self._life()
        readiness = None if self.init else self.behaviour.readiness(sick=self.sick, restarts=self.restarts)
        self._ready_at = None if readiness is None else self._in(now, readiness)
        self._exit_at = None if life is None else self._in(now, life)
        probed = "readinessProbe" in self.spec and self.sick
        self._probe_at = self._in(now, 5) if probed else None
        self._step = "running"
        self._plan()

    def _life(self) -> float | None:
        life = self.behaviour.life(sick=self.sick, restarts=self.restarts)
        if life is None and self.init:
            return _INIT_LIFE
        if life is None and self._policy != "Always" and self.behaviour == HEALTHY:
            return _TASK_LIFE
        return life

    def _plan(self) -> None:
        moments = [at for at in (self._ready_at, self._exit_at, self._probe_at) if at is not None]
        self.due = min(moments) if moments else None

    def _run(self, now: datetime, report: Report) -> None:
        if self._exit_at is not None and now >= self._exit_at:
            self._exit(now)
            return
        if self._ready_at is not None and now >= self._ready_at:
            self.ready, self._ready_at, self._probe_at = True, None, None
        if self._probe_at is not None and now >= self._probe_at:
            report("Unhealthy", self.behaviour.probe_failure, True)
            self._probe_at = self._in(now, 10)
        self._plan()

    def _exit(self, now: datetime) -> None:
        life = self.current
        assert life is not None
        life.finished = now
        scripted = self.behaviour.life(sick=self.sick, restarts=self.restarts) is not None
        life.exit_code = self.behaviour.exit_code if scripted else 0
        life.reason = self.behaviour.exit_reason if scripted else "Completed"
        self.state, self.ready = "terminated", False
        over = self._policy == "Never" or (self._policy == "OnFailure" and life.exit_code == 0)
        if self.init:
            over = life.exit_code == 0 or self._policy == "Never"
        if over:
            self.done = True
            self._step = "over"
            return
        if (now - life.started).total_seconds() > _BACKOFF_FORGIVEN_AFTER * self._tempo.pace:
            self._backoff = 0.0
        self._step, self.due = "exited", self._in(now, 2)

    def _exited(self, now: datetime, report: Report) -> None:
        first = self._backoff == 0.0
        wait = 0.0 if first else self._backoff
        self._backoff = min(_BACKOFF_START if first else self._backoff * 2, self.behaviour.backoff_cap)
        if first:
            self._restart(now, report)
            return
        self.state, self.reason = "waiting", "CrashLoopBackOff"
        self.message = f"back-off {_go_duration(wait)} restarting failed container={self.name} pod={self._pod}"
        self._until = self._in(now, wait)
        self._step, self.due = "backoff", now

    def _wait(self, now: datetime, report: Report) -> None:
        if self._until is not None and now < self._until:
            report("BackOff", f"Back-off restarting failed container {self.name} in pod {self._pod}", True)
            self.due = min(self._until, self._in(now, _REMINDER))
            return
        self._restart(now, report)

    def _restart(self, now: datetime, report: Report) -> None:
        report("Pulled", f'Container image "{self.image}" already present on machine', False)
        self._start(now, report)

    def status(self) -> Obj:
        """The containerStatus."""
        status: Obj = {
            "name": self.name,
            "state": self._state(),
            "lastState": {},
            "ready": self.ready or (self.init and self.done),
            "restartCount": self.restarts,
            "image": self.image,
            "imageID": f"{self.image.partition(':')[0]}@sha256:{digest(self.image)}" if self.started else "",
            "started": self.state == "running",
        }
        if self.current is not None:
            status["containerID"] = self.identity(self.current)
        ended = self.previous if self.state != "waiting" else self.current
        if ended is not None and ended.finished is not None:
            status["lastState"] = {"terminated": self._terminated(ended)}
        return status

    def identity(self, life: Life) -> str:
        """The runtime's id of one life."""
        return f"containerd://{digest(f'{self._pod}/{self.name}/{life.number}')}"

    def _terminated(self, life: Life) -> Obj:
        assert life.finished is not None
        return {
            "exitCode": life.exit_code,
            "reason": life.reason,
            "startedAt": stamp(life.started),
            "finishedAt": stamp(life.finished),
            "containerID": self.identity(life),
        }

    def _state(self) -> Obj:
        if self.state == "running" and self.current is not None:
            return {"running": {"startedAt": stamp(self.current.started)}}
        if self.state == "terminated" and self.current is not None:
            return {"terminated": self._terminated(self.current)}
        waiting = {"reason": self.reason}
        if self.message:
            waiting["message"] = self.message
        return {"waiting": waiting}


def digest(text: str) -> str:
    """64 hexadecimal digits that stand for `text`."""
    return hashlib.sha256(text.encode()).hexdigest()


def _go_duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
