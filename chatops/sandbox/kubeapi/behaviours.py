"""How the program inside an image behaves: a script the kubelet plays. It knows no API objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A line written `after` seconds of running, then every `every` seconds (0: once).

    `text` may use {n}, the number of the repetition.
    """

    after: float
    text: str
    every: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One script. Times are seconds; `None` for `ready_after` or `runs_for` means never.

    `afflicts` limits the failing (`runs_for`, `ready_after`) to this many pods of a workload, counted in the
    order they were created; the others run as `healthy_lines` say. `first_run` replaces `runs_for` in a
    container's first life, and in that life readiness comes after `first_ready`. `backoff_cap` is the longest
    wait between restarts (the kubelet's maxContainerRestartPeriod).
    """

    pull: float = 1.5
    pull_error: str | None = None
    ready_after: float | None = 3.0
    first_ready: float | None = None
    runs_for: float | None = None
    first_run: float | None = None
    exit_code: int = 0
    exit_reason: str = "Completed"
    afflicts: int | None = None
    probe_failure: str = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    backoff_cap: float = 300.0
    stop: float = 2.0
    lines: tuple[LogLine, ...] = ()
    healthy_lines: tuple[LogLine, ...] = ()
    memory: int = 96 * 1024 * 1024
    cpu: int = 40

    def life(self, *, sick: bool, restarts: int) -> float | None:
        """How long a run lasts, None for ever."""
        if not sick:
            return None
        return self.first_run if restarts == 0 and self.first_run is not None else self.runs_for

    def readiness(self, *, sick: bool, restarts: int) -> float | None:
        """After how long a run becomes ready, None for never."""
        if not sick:
            return 3.0 if self.ready_after is None else min(self.ready_after, 3.0)
        if restarts == 0 and self.first_ready is not None:
            return self.first_ready
        return self.ready_after

    def written(self, *, sick: bool, age: float, limit: int = 5000) -> list[tuple[float, str]]:
        """The newest `limit` lines a run of `age` seconds has written, as (seconds after start, text)."""
        chosen = self.lines if sick or not self.healthy_lines else self.healthy_lines
        found = [pair for line in chosen for pair in _repeat(line, age, limit)]
        found.sort(key=lambda pair: pair[0])
        return found[-limit:]


def _repeat(line: LogLine, age: float, limit: int) -> Iterator[tuple[float, str]]:
    if line.after > age:
        return
    if not line.every:
        yield line.after, line.text
        return
    last = int((age - line.after) // line.every)
    for n in range(max(0, last - limit + 1), last + 1):
        yield line.after + n * line.every, line.text.replace("{n}", str(n))


HEALTHY = Behaviour(
    lines=(
        LogLine(after=0.4, text="INFO  starting"),
        LogLine(after=1.1, text="INFO  listening on :8080"),
        LogLine(after=5.0, text="INFO  GET /health 200 {n}", every=10.0),
    )
)
CRASH_LOOP = Behaviour(
    ready_after=None,
    runs_for=12.0,
    exit_code=1,
    exit_reason="Error",
    lines=(
        LogLine(after=0.3, text="INFO  starting"),
        LogLine(after=11.9, text="ERROR fatal: cannot go on"),
    ),
)
NO_SUCH_IMAGE = Behaviour(pull_error="not found")
NEVER_READY = Behaviour(ready_after=None, lines=HEALTHY.lines)
ONE_SHOT = Behaviour(
    ready_after=None,
    runs_for=5.0,
    lines=(LogLine(after=0.2, text="INFO  job started"), LogLine(after=4.8, text="INFO  job done")),
)
FAILING_JOB = Behaviour(
    ready_after=None,
    runs_for=5.0,
    exit_code=1,
    exit_reason="Error",
    lines=(LogLine(after=0.2, text="INFO  job started"), LogLine(after=4.8, text="ERROR job failed")),
)


class Behaviours:
    """Which behaviour an image has; patterns are shell-style, the newest match wins."""

    def __init__(self) -> None:
        self._rules: list[tuple[str, Behaviour]] = []

    def set(self, pattern: str, behaviour: Behaviour) -> None:
        """Images matching `pattern` behave like this from their next container start."""
        self._rules.insert(0, (pattern, behaviour))

    def of(self, image: str) -> Behaviour:
        """The behaviour of an image; healthy when nothing matches."""
        for pattern, behaviour in self._rules:
            if fnmatchcase(image, pattern):
                return behaviour
        return HEALTHY
