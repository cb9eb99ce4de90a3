"""How many alerts a second are taken and on disk: one to a post, and a hundred, beside what the machine can do at best.

Answered 200 is on disk (`synchronous=FULL`). Beside: a waitress that reads and answers and nothing else; SQLite that
commits the same bodies one by one, and for a hundred to a post one that takes them apart and stores a row for each
alert; Alerta on PostgreSQL, which stores each alert and does no more. All that was answered 200 is looked for
afterwards: what is stored has to be what was sent.
"""

import tempfile
from itertools import count
from pathlib import Path

from bench import alerta
from bench.alerts import fingerprint
from bench.ceilings import bare_waitress, fdatasync, sqlite
from bench.load import Answered, Load, drive
from bench.measuring import PAIRS, environment, in_turn, take_load_cpu, tell
from bench.shipped import settle, shipped, stored
from tests.flows.town import TOKEN, Town

ALERTS_ONE, ALERTS_MANY, MANY = 2_000, 20_000, 100
PEERS_PART = 20
"""The peer gets one alert of so many: it takes that much longer for each."""


class Sender:
    """Numbers what it sends, and knows what was taken."""

    def __init__(self, place: Town) -> None:
        self._place = place
        self._next = 0
        self.worked = list[float]()

    def send(self, alerts: int, each: int) -> Answered:
        load = Load(self._place.service.alert_port, alerts // each, self._next, each, token=TOKEN)
        answered = drive(load)
        self._next += alerts
        if answered.taken != alerts // each:
            raise AssertionError(f"not all was taken: {answered.statuses}")
        return answered

    def rate(self, alerts: int, each: int) -> float:
        """Alerts taken a second, from rest to rest."""
        answered = self.send(alerts, each)
        self.worked.append(alerts / (answered.seconds + settle(self._place)))
        return alerts / answered.seconds

    def check(self) -> None:
        sent = {fingerprint(number) for number in range(self._next)}
        have = stored(self._place)
        if have != sent:
            raise AssertionError(
                f"{len(sent - have)} of {len(sent)} alerts are not stored, {len(have - sent)} others are"
            )
        print(f"    all {len(sent):,} alerts that were answered 200 are stored, and no others")


def measure(alerts: int, each: int, folder: Path, pairs: int) -> None:
    with shipped(folder) as place, bare_waitress() as bare, alerta.alerta() as peer:
        sender, numbers = Sender(place), count()

        def echoed() -> float:
            posts = 2 * alerts // each
            return posts * each / drive(Load(bare, posts, next(numbers) * alerts, each)).seconds

        def stored_by_peer() -> float:
            assert peer is not None
            posts = max(4, alerts // PEERS_PART // each)
            first = next(numbers) * alerts
            answered = drive(Load(peer, posts, first, each, 4, path=alerta.PATH))
            return answered.taken * each / answered.seconds

        sender.rate(alerts // 4, each)
        ways = {"chatops, answered and on disk": lambda: sender.rate(alerts, each), "bare waitress": echoed}
        if each == 1:
            ways["bare SQLite, a commit each"] = lambda: sqlite("commits", alerts)
        else:
            ways["bare SQLite, parsed and stored"] = lambda: sqlite("rows", alerts)
        if peer is not None:
            drive(Load(peer, 1, 10**9, 1, 1, path=alerta.PATH))
            ways["Alerta"] = stored_by_peer
        rounds = in_turn(ways, pairs)
        sender.check()
        rounds.found["chatops, stored as incidents"] = sender.worked[-len(rounds.found["bare waitress"]) :]
        tell(f"{alerts:,} alerts, {each} to a post", rounds, "alerts/s", ours="chatops, answered and on disk")


def main(pairs: int = PAIRS) -> None:
    print(environment())
    take_load_cpu()
    print(f"fdatasync {fdatasync() * 1000:.2f} ms")
    for alerts, each in ((ALERTS_ONE, 1), (ALERTS_MANY, MANY)):
        with tempfile.TemporaryDirectory() as folder:
            measure(alerts, each, Path(folder), pairs)


if __name__ == "__main__":
    main()
