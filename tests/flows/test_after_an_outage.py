"""The whole service after it was down for longer than Telegram keeps a press."""

from datetime import datetime, timedelta

from chatops.actors.presence import HEARD
from tests.flows.town import crash_loop, until


def test_r21_a_card_after_an_outage_says_so_and_what_was_pressed_has_not_run(place):
    """R21: the moment Telegram was last heard of is set back, which is what a long outage leaves behind."""
    place.post(crash_loop())
    card = place.card("#1", "Take", "keeps crashing")
    with place.store() as store:
        until(lambda: store.settings.get(HEARD), "the moment is on disk")
    place.service.terminate()
    with place.store() as store:
        heard = until(lambda: store.settings.get(HEARD), "it outlives the process")
        store.settings.set(HEARD, (datetime.fromisoformat(heard) - timedelta(minutes=12)).isoformat())
    press = place.anna.tap(card, "Take")
    place.service.start()
    assert "did not count" in press.answer().text
    noted = place.card("#1", "I was away 12 min")
    assert place.incident(1).taken_by is None
    # Whoever is as quick as a program is told once more that it was too early.
    until(lambda: "You took" in place.press(noted, "Take"), "a press counts again")
    until(lambda: "I was away" not in place.card("#1", "@anna has it").text, "the note is gone")
    assert len(place.cards()) == 1
