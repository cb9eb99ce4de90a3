"""How long a webhook waits for its 200: a hundred posts a second, each at its moment, whatever became of the last.

A post that finds no free connection counts from when it should have gone. Beside: a waitress that reads and answers and
nothing else, at the same rate.
"""

import tempfile
import threading
from pathlib import Path

from bench.alerts import fingerprint
from bench.ceilings import bare_waitress
from bench.load import Answered, Load, drive
from bench.measuring import at, environment, take_load_cpu
from bench.shipped import settle, shipped, stored
from tests.flows.town import TOKEN

RATE = 100.0
SECONDS = 10
STORM = 2_000
LARGE = 5


def line(name: str, answered: Answered, target: str = "") -> None:
    took = answered.latencies
    told = f"p50 {at(took, 0.5):8.1f}  p99 {at(took, 0.99):8.1f}  worst {max(took):8.1f} ms"
    print(f"    {name:44} {told}  of {len(took):5}{target and f'   (wanted: {target})'}", flush=True)


def measure(folder: Path, seconds: int) -> None:
    with shipped(folder) as place, bare_waitress() as bare:
        port, sent = place.service.alert_port, 0

        def post(posts: int, each: int = 1, rate: float = RATE, connections: int = 32) -> Answered:
            nonlocal sent
            first, sent = sent, sent + posts * each
            answered = drive(Load(port, posts, first, each, connections, rate, token=TOKEN))
            assert answered.taken == posts, answered.statuses
            return answered

        post(50)
        settle(place)
        posts = int(RATE) * seconds
        line("bare waitress, 1 alert", drive(Load(bare, posts, rate=RATE, connections=32)))
        line("1 alert", post(posts), "p50 3, p99 15")
        settle(place)
        line("bare waitress, 100 alerts", drive(Load(bare, posts // 4, each=100, rate=RATE / 4, connections=32)))
        line("100 alerts, 25 posts/s", post(posts // 4, 100, RATE / 4), "p99 25")
        settle(place)
        large = []
        for _ in range(LARGE):
            large += post(1, 10_000, 0, 1).latencies
            settle(place)
        line("10,000 alerts, each at rest", Answered(0, {}, large), "p99 500")
        first, sent = sent, sent + STORM
        storm = threading.Thread(
            target=lambda: drive(Load(port, STORM, first, 1, 8, token=TOKEN)), name="storm", daemon=True
        )
        storm.start()
        line(f"1 alert, beside a storm of {STORM:,}", post(posts // 4), "p99 50")
        storm.join()
        settle(place)
        wanted = {fingerprint(number) for number in range(sent)}
        assert stored(place) == wanted, "what is stored is not what was sent"
        print(f"    all {sent:,} alerts are stored")


def main(seconds: int = SECONDS) -> None:
    print(environment())
    take_load_cpu()
    print(f"webhook to 200, {RATE:g} posts a second, from the moment a post was due")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), seconds)


if __name__ == "__main__":
    main()
