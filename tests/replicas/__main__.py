"""Two replicas, killed or frozen in turn while alerts come in at both, as `make replicas MINUTES=10` runs it.

In the end every alert that one of them took is an incident that somebody is shown, no message stands twice but those
that were on their way when their sender was killed, and the audit log holds.
"""

import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import click

from chatops.db.store import Store
from tests.flows.town import ANNA, Service, crash_loop, until
from tests.replicas.pair import Pair, pair_in

TURN_SECONDS = 20.0
FROZEN_SECONDS = 12.0
PAUSE_SECONDS = 0.5
SETTLING = 120.0


class Sender:
    """As an Alertmanager: what was not taken is sent again, to whichever replica answers."""

    def __init__(self, pair: Pair, seed: int) -> None:
        self._pair = pair
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.taken: list[str] = []
        self.refused = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(PAUSE_SECONDS):
            number += 1
            name = f"shop-{number}"
            while (
                self._pair.at(self._chance.choice([self._pair.first, self._pair.second])).post(self._body(name)) != 200
            ):
                self.refused += 1
                time.sleep(0.1)
            self.taken.append(name)

    def _body(self, name: str) -> bytes:
        return crash_loop(namespace=name)


def turn(victim: Service, *, freeze: bool) -> None:
    """It is gone for a while, and comes back."""
    if freeze:
        victim.signal(signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        victim.signal(signal.SIGCONT)
    else:
        victim.kill()
        time.sleep(2.0)
        victim.start()


def judge(pair: Pair, store: Store, sender: Sender, turns: int) -> list[str]:
    """What is wrong, in sentences."""
    wrong = []
    known = {
        each.namespace: each.id for number in range(1, 10 * len(sender.taken)) if (each := store.incidents.get(number))
    }
    lost = [name for name in sender.taken if name not in known]
    wrong += [f"{len(lost)} alerts that were taken are no incident: {lost[:5]}"] if lost else []
    hidden = [id for id in known.values() if not store.cards.get(ANNA, id) and not store.storms.holds(id)]
    wrong += [f"{len(hidden)} incidents are shown nowhere: {hidden[:5]}"] if hidden else []
    titles = Counter(seen.text.split("\n")[0] for seen in pair.place.chat.messages(from_bot=True) if "#" in seen.text)
    twice = {title: count for title, count in titles.items() if count > 1}
    wrong += (
        [f"{len(twice)} messages stand more than once, and only {turns} senders were killed"]
        if len(twice) > turns
        else []
    )
    wrong += [f"a message stands {max(twice.values())} times"] if twice and max(twice.values()) > 2 else []
    flaw = store.audit.verify()
    wrong += [f"the audit log is broken at line {flaw.number}"] if flaw else []
    return wrong


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(minutes: float, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pair_in(Path(folder)) as pair:
        sender = Sender(pair, seed)
        sender.start()
        ends, turns = time.monotonic() + minutes * 60, 0
        while time.monotonic() < ends:
            began = time.monotonic()
            freeze = turns % 4 == 3
            turn(pair.second if turns % 2 else pair.first, freeze=freeze)
            turns += 1
            click.echo(
                f"{'frozen' if freeze else 'killed'} {turns}: {len(sender.taken)} taken, {sender.refused} refused"
            )
            time.sleep(max(0.0, TURN_SECONDS - (time.monotonic() - began)))
        sender.stop()
        with pair.place.store() as store:
            until(lambda: not store.inbox.new_ids(), "all is routed", SETTLING)
            until(lambda: not store.incidents.incidents_with_mail(), "all is worked through", SETTLING)
            wrong = judge(pair, store, sender, turns)
            conflicts = len(pair.place.bot_api.requests("getUpdates", status=409))
            click.echo(f"{len(sender.taken)} taken, {turns} turns, {conflicts} answers 409 to getUpdates")
    for sentence in wrong:
        click.echo(f"✖ {sentence}", err=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
