"""Somebody who has workloads restarted over the API, at either replica, just when one of them is harmed."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chatops.core.audit import EntryType
from chatops.core.presses import DOUBLE_TAP
from chatops.db.store import Store
from tests.flows.town import Service, Town
from tests.replicas.pair import Pair

WORKLOADS = ("cart", "checkout", "geo", "payments")
"""In turn: the same change of the same object is not made again within half a minute."""
SOONEST_SECONDS = DOUBLE_TAP.total_seconds() + 0.1
"""What is confirmed sooner does not count."""
_ENDS = (EntryType.ACTION_FINISHED, EntryType.ACTION_LOOKED_UP)


class Hand:
    """Each change is chosen with `choose`, and confirmed by a thread a moment later."""

    def __init__(self, pair: Pair, number: int, seed: int) -> None:
        """`number` is that of an open incident."""
        self._pair = pair
        self._number = number
        self._token = pair.token()
        self._chance = random.Random(seed)
        self._names: Iterator[str] = itertools.cycle(WORKLOADS)
        self._threads: list[threading.Thread] = []
        self.answers: Counter[str] = Counter()
        """What confirms were answered: the status and the code of a refusal; 0 where no answer came."""

    def choose(self) -> None:
        name = next(self._names)
        found = self._pair.place.kubernetes.get("Deployment", name, "shop")
        assert found is not None
        ref = {"kind": "Deployment", "name": name, "namespace": "shop", "uid": found["metadata"]["uid"], "cluster": ""}
        chosen = {"action": "rollout_restart", "ref": ref}
        status, told = self._asked(self._either(), f"/incidents/{self._number}/preview", chosen)
        if status == 200 and told["confirm"]:
            wait, at = SOONEST_SECONDS + self._chance.random(), self._either()
            thread = threading.Thread(target=self._confirm, args=(told, wait, at), daemon=True)
            self._threads.append(thread)
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _confirm(self, told: dict[str, Any], wait: float, at: Service) -> None:
        time.sleep(wait)
        status, answer = self._asked(at, f"/confirmations/{told['confirm']}", {"word": told["word"]})
        self.answers[f"{status} {answer.get('code', '')}".strip() if answer else str(status)] += 1

    def _either(self) -> Service:
        return self._chance.choice([self._pair.first, self._pair.second])

    def _asked(self, at: Service, path: str, body: object) -> tuple[int, Any]:
        try:
            return self._pair.ask("POST", path, self._token, body, at=at)
        except (OSError, ValueError):
            return 0, None


def changes(place: Town) -> Counter[str]:
    """How often each run changed something in the cluster."""
    return Counter(str(each.headers.get("audit-id")) for each in place.changes() if each.status == 200)


def judge_changes(place: Town, store: Store) -> list[str]:
    """What is wrong, in sentences."""
    lines = [stored.entry for stored in store.audit.iterate()]
    runs = {each.detail["run"] for each in lines if each.type is EntryType.ACTION_REQUESTED}
    ended = {each.detail.get("run") for each in lines if each.type in _ENDS}
    made = changes(place)
    twice = {run: count for run, count in made.items() if count > 1}
    return [
        *([f"{len(twice)} changes were made more than once: {twice}"] if twice else []),
        *([f"changes that nobody asked for: {unknown}"] if (unknown := set(made) - runs) else []),
        *([f"runs whose end nobody knows: {open}"] if (open := runs - ended) else []),
    ]
