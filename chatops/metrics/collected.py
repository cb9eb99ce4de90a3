"""What is looked up in memory when Prometheus asks: actors, their mail, and how the parts outside are.

Nothing here asks the database or another actor, so a scrape answers whatever is down.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chatops.metrics.labels import Words


@dataclass(frozen=True, slots=True)
class Manned:
    """Of one role: actors that live, and what waits in mailboxes, of the fullest and in all."""

    alive: int = 0
    deepest: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """`roles` by the first part of the addresses; `parts` by name: whether each is up, without those that are off.

    They are called in the web server's threads and must return at once.
    """

    roles: Callable[[], Mapping[str, Manned]] = dict
    parts: Callable[[], Mapping[str, bool]] = dict
    jobs_waiting: Callable[[], int] = int


class Live(Collector):
    """A source that raises costs its own figures and nothing else."""

    def __init__(self) -> None:
        self.sources = Sources()
        self._roles = Words(40)

    def describe(self) -> Iterable[Metric]:
        return self._families().values()

    def collect(self) -> Iterable[Metric]:
        told = self._families()
        told["threads"].add_metric([], threading.active_count())
        problems = 0
        for fill in (self._actors, self._outside, self._jobs):
            try:
                fill(told)
            except Exception:
                problems += 1
        told["problems"].add_metric([], problems)
        return told.values()

    def _actors(self, told: Mapping[str, GaugeMetricFamily]) -> None:
        for role, manned in sorted(self.sources.roles().items()):
            label = [self._roles(role)]
            told["actors"].add_metric(label, manned.alive)
            told["deepest"].add_metric(label, manned.deepest)
            told["waiting"].add_metric(label, manned.waiting)

    def _outside(self, told: Mapping[str, GaugeMetricFamily]) -> None:
        for part, up in sorted(self.sources.parts().items()):
            told["parts"].add_metric([part], float(up))

    def _jobs(self, told: Mapping[str, GaugeMetricFamily]) -> None:
        told["jobs"].add_metric([], self.sources.jobs_waiting())

    @staticmethod
    def _families() -> dict[str, GaugeMetricFamily]:
        family = GaugeMetricFamily
        return {
            "actors": family("chatops_actors", "Actors that live, by role.", labels=["role"]),
            "deepest": family(
                "chatops_mailbox_deepest", "Messages in the fullest mailbox of the role.", labels=["role"]
            ),
            "waiting": family("chatops_mailbox_waiting", "Messages in all mailboxes of the role.", labels=["role"]),
            "parts": family("chatops_part_up", "1 while a part outside works, as /readyz has it.", labels=["part"]),
            "jobs": family("chatops_database_jobs_waiting", "Jobs that wait for one of the database's threads."),
            "threads": family("chatops_threads", "Threads of the process."),
            "problems": family("chatops_scrape_problems", "Sources of these figures that could not be asked."),
        }


_LIVE = Live()
REGISTRY.register(_LIVE)


def look_at(sources: Sources) -> None:
    """From now on; what was looked at before is not any more."""
    _LIVE.sources = sources
