"""Two replicas, of which the one that leads is killed, frozen or cut off every 20 seconds while alerts come in at both.

`make replicas MINUTES=10` runs it. In the end every alert that one of them took is an incident that somebody is shown,
no message stands twice but those that were on their way when their sender was harmed, no change of the cluster was made
twice or without its end being known, one that was replaced has done nothing more, and the audit log holds. Cables are
cut where networks can be made, which takes root.
"""

import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.error import URLError

import click

from tests.flows.town import Service, crash_loop, until
from tests.replicas.hand import SOONEST_SECONDS, Hand, changes, judge_changes
from tests.replicas.load import Sender, incidents, judge, shown
from tests.replicas.network import missing
from tests.replicas.pair import Pair, pair_in
from tests.replicas.wired import POSTGRES, Housed, Wired, wired_in

TURN_SECONDS = 20.0
GONE_SECONDS = 12.0
SETTLING = 120.0

Harm = Callable[[Service], Callable[[], None]]
"""Done to a replica; what it gives makes that good again."""


def kill(victim: Service) -> Callable[[], None]:
    victim.kill()
    return victim.start


def freeze(victim: Service) -> Callable[[], None]:
    victim.signal(signal.SIGSTOP)
    return lambda: victim.signal(signal.SIGCONT)


def cut_off_from(*places: str) -> Harm:
    def cut(victim: Service) -> Callable[[], None]:
        assert isinstance(victim, Housed)
        housed: Housed = victim
        housed.cut(*places)
        return lambda: housed.join(*places)

    return cut


HARMS: dict[str, Harm] = {"killed": kill, "frozen": freeze}
CUTS: dict[str, Harm] = {"cut off from PostgreSQL": cut_off_from(POSTGRES), "cut off": cut_off_from()}


class Campaign:
    """What is done to the pair, and seen of it."""

    def __init__(self, pair: Pair, harms: dict[str, Harm], hand: Hand) -> None:
        self._pair = pair
        self._hand = hand
        self._harms = list(harms.items())
        self.turns = 0
        self.took: dict[str, list[float]] = {name: [] for name in harms}
        """Seconds until the other led, by what was done."""
        self.wrong: list[str] = []

    def turn(self) -> str:
        """One that leads is harmed, replaced, and back: what was done to it."""
        name, harm = self._harms[self.turns % len(self._harms)]
        self.turns += 1
        victim = until(self._leader, "one leads")
        other = self._pair.second if victim is self._pair.first else self._pair.first
        self._hand.choose()
        # In the middle of when it may be confirmed.
        time.sleep(SOONEST_SECONDS + 0.5)
        begins = time.monotonic()
        mend = harm(victim)
        until(lambda: self._leads(other), "the other leads")
        self.took[name].append(time.monotonic() - begins)
        before = self._told(victim)
        time.sleep(max(0.0, GONE_SECONDS - (time.monotonic() - begins)) if harm is not kill else 2.0)
        mend()
        until(lambda: self._stands_by(victim), "it stands by")
        if more := self._told(victim) - before:
            self.wrong.append(f"turn {self.turns}: one that was {name} and replaced sent {more} requests more")
        return name

    def _leader(self) -> Service | None:
        return next((each for each in (self._pair.first, self._pair.second) if self._leads(each)), None)

    def _leads(self, service: Service) -> bool:
        try:
            return self._pair.leads(service)
        except (URLError, OSError, KeyError):
            return False

    def _stands_by(self, service: Service) -> bool:
        service.find()
        try:
            part = self._pair.at(service).ready()["parts"]["replica"]
        except (URLError, OSError, KeyError):
            return False
        return bool(part["reason"] == "stands by")

    def _told(self, service: Service) -> int:
        """What it had Telegram and its cluster do so far, where that can be told apart."""
        if not isinstance(self._pair, Wired) or not isinstance(service, Housed):
            return 0
        return len(self._pair.told_telegram(service)) + len(self._pair.changed_cluster(service))


def settle(pair: Pair, sender: Sender, hand: Hand, sent_twice: int) -> list[str]:
    """Wait until all is done; what is wrong then."""
    hand.join()
    with pair.place.store() as store:
        until(lambda: not store.inbox.new_ids(), "all is routed", SETTLING)
        until(lambda: not store.unfinished.with_mail(), "all is worked through", SETTLING)
        known = incidents(store, sender).values()
        until(lambda: all(shown(store, each.id) for each in known), "all is shown", SETTLING)
        with suppress(AssertionError):
            until(lambda: not judge_changes(pair.place, store), "all changes have their end", SETTLING)
        return judge(pair.place, store, sender, sent_twice) + judge_changes(pair.place, store)


@click.command()
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--pause", default=0.5, show_default=True, help="Seconds between two alerts.")
def main(minutes: float, seed: int, pause: float) -> None:
    why = missing()
    if why:
        click.echo(f"nothing is cut: {why}")
    with tempfile.TemporaryDirectory() as folder:
        built: AbstractContextManager[Pair] = pair_in(Path(folder)) if why else wired_in(Path(folder))
        with built as pair:
            pair.place.post(crash_loop())
            pair.shown("#1")
            hand = Hand(pair, 1, seed)
            campaign = Campaign(pair, HARMS if why else {**HARMS, **CUTS}, hand)
            sender = Sender([pair.at(pair.first), pair.at(pair.second)], seed, pause)
            wrong = run(pair, campaign, minutes, sender, hand)
    for sentence in wrong:
        click.echo(f"✖ {sentence}", err=True)
    sys.exit(1 if wrong else 0)


def run(pair: Pair, campaign: Campaign, minutes: float, sender: Sender, hand: Hand) -> list[str]:
    sender.start()
    ends = time.monotonic() + minutes * 60
    while time.monotonic() < ends:
        began = time.monotonic()
        name = campaign.turn()
        click.echo(f"{campaign.turns} {name}: {len(sender.taken)} taken, {sender.refused} refused")
        time.sleep(max(0.0, TURN_SECONDS - (time.monotonic() - began)))
    sender.stop()
    wrong = campaign.wrong + settle(pair, sender, hand, campaign.turns)
    conflicts = len(pair.place.bot_api.requests("getUpdates", status=409))
    click.echo(f"{len(sender.taken)} taken, {campaign.turns} turns, {conflicts} answers 409 to getUpdates")
    made = changes(pair.place)
    click.echo(f"{len(made)} changes made, {made.total()} times; confirms were answered {dict(hand.answers)}")
    for name, seconds in campaign.took.items():
        if seconds:
            click.echo(f"{name}: the other led after {statistics.median(seconds):.1f} s, at most {max(seconds):.1f}")
    return wrong


if __name__ == "__main__":
    main()
