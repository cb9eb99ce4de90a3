"""What comes in while replicas come and go, and what has to have become of it in the end."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence

from chatops.core.incidents import Incident
from chatops.db.store import Store
from tests.flows.town import ANNA, Town, crash_loop

PAUSE_SECONDS = 0.5
ANSWER_SECONDS = 2.0
"""After so long the other replica is asked."""


class Sender:
    """As an Alertmanager: what was not taken is sent again, to the other replica."""

    def __init__(self, doors: Sequence[Town], seed: int, pause: float = PAUSE_SECONDS) -> None:
        """`doors` is the town as seen through each replica. `pause`: seconds between two alerts."""
        self._doors = doors
        self._pause = pause
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.taken: list[str] = []
        self.refused = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(self._pause):
            number += 1
            name = f"shop-{number}"
            doors = itertools.cycle(self._chance.sample(self._doors, len(self._doors)))
            while next(doors).post(crash_loop(namespace=name), patience=ANSWER_SECONDS) != 200:
                self.refused += 1
                time.sleep(0.1)
            self.taken.append(name)


def incidents(store: Store, sender: Sender) -> dict[str, Incident]:
    """What became of the alerts that were taken, by their names."""
    found = {}
    for number in range(1, 10 * len(sender.taken) + 10):
        if (each := store.incidents.get(number)) is not None:
            found[each.namespace] = each
    return found


def judge(place: Town, store: Store, sender: Sender, sent_twice: int) -> list[str]:
    """What is wrong, in sentences. `sent_twice`: how many messages may stand twice, since who had sent them could not
    note it any more.
    """
    wrong = []
    known = incidents(store, sender)
    lost = [name for name in sender.taken if name not in known]
    wrong += [f"{len(lost)} alerts that were taken are no incident: {lost[:5]}"] if lost else []
    hidden = [each.id for each in known.values() if not shown(store, each.id)]
    wrong += [f"{len(hidden)} incidents are shown nowhere: {hidden[:5]}"] if hidden else []
    twice = standing_twice(place)
    wrong += [f"{len(twice)} messages stand more than once: {twice}"] if len(twice) > sent_twice else []
    wrong += [f"a message stands {max(twice.values())} times"] if twice and max(twice.values()) > 2 else []
    flaw = store.audit.verify()
    wrong += [f"the audit log is broken at line {flaw.number}"] if flaw else []
    return wrong


def shown(store: Store, number: int) -> bool:
    return store.cards.get(ANNA, number) is not None or store.storms.holds(number)


def standing_twice(place: Town) -> dict[str, int]:
    """The first lines of messages about incidents that more than one message has, with how many have it."""
    titles = Counter(seen.text.split("\n")[0] for seen in place.chat.messages(from_bot=True) if "#" in seen.text)
    return {title: count for title, count in titles.items() if count > 1}
