"""How long a button stays pressed while a storm comes in: from the tap to its answer at the stand-in of Telegram.

Fifty taps a second, each at its moment, on cards of a private chat; the storm is posted to the same service meanwhile.
"""

import tempfile
import threading
import time
from pathlib import Path

from bench.load import Load, drive
from bench.measuring import at, environment, take_load_cpu
from bench.shipped import settle, shipped
from chatops.sandbox.botapi.person import Press, Seen
from tests.flows.town import TOKEN, Town, crash_loop

RATE, SECONDS = 50, 8
STORM = 4_000
PATIENCE = 60.0
LABEL = "Take"


def tapped(place: Town, card: Seen, count: int) -> list[float]:
    """Milliseconds of each tap. After the first it is one on a card as it was: judged and answered all the same."""
    label = next(each for each in card.buttons if LABEL in each)
    presses: list[tuple[Press, float]] = []
    start = time.time()
    for number in range(count):
        due = start + number / RATE
        time.sleep(max(0.0, due - time.time()))
        presses.append((place.anna.tap(card, label), due))
    deadline = time.monotonic() + PATIENCE
    while not all(press.answered for press, _ in presses):
        assert time.monotonic() < deadline, "a tap was not answered"
        time.sleep(0.01)
    answers = {r.parameters.get("callback_query_id"): r.at for r in place.bot_api.requests("answerCallbackQuery")}
    return [(answers[press.query_id] - due) * 1000 for press, due in presses]


def line(name: str, took: list[float]) -> None:
    told = f"p50 {at(took, 0.5):7.1f}  p99 {at(took, 0.99):7.1f}  worst {max(took):7.1f} ms"
    print(f"    {name:32} {told}  of {len(took)}", flush=True)


def main(seconds: int = SECONDS, storm: int = STORM) -> None:
    print(environment())
    take_load_cpu()
    print(f"tap to answer, {RATE} taps a second (wanted in a storm: p99 50 ms)")
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder)) as place:
        assert place.post(crash_loop()) == 200
        card = place.card("#1", LABEL)
        line("at rest", tapped(place, card, RATE * seconds))
        settle(place)
        posting = threading.Thread(
            target=lambda: drive(Load(place.service.alert_port, storm, token=TOKEN)), name="storm", daemon=True
        )
        posting.start()
        line(f"while {storm:,} alerts come in", tapped(place, card, RATE * seconds))
        posting.join()
        settle(place)


if __name__ == "__main__":
    main()
