"""kill -9 while Telegram or the cluster is out of order too; tests/killing has every moment where both work."""

import pytest

from chatops.sandbox.kubeapi.faults import Fault
from tests.flows.town import confirm_it, crash_loop


def test_between_the_200_and_the_card(place):
    place.bot_api.go_away()
    assert place.post(crash_loop()) == 200
    place.service.kill()
    place.bot_api.come_back()
    place.service.start()
    place.card("keeps crashing")
    assert len(place.cards()) == 1
    with place.store() as store:
        assert store.incidents.get(2) is None


@pytest.mark.parametrize("kind", ["hang", "drop_before"])
def test_between_the_tap_and_the_outcome(place, kind):
    """The change never gets its answer: it is shown as interrupted, looked up, and not sent a second time."""
    place.post(crash_loop())
    place.press(place.card("#1", "Roll back to 42"), "Roll back to 42")
    place.card("expires in 1 min")
    place.kubernetes.faults.add(Fault(kind=kind, method="PATCH", times=100))
    confirm_it(place)
    if kind == "hang":
        place.card("asking the cluster")
        place.service.kill()
        place.service.start()
        place.card("Interrupted")
    else:
        place.card("Interrupted")
        place.service.kill()
        place.service.start()
    place.kubernetes.faults.clear()
    place.card("looked up since: it did not happen")
    sent = place.changes()
    assert len(sent) <= 1
    image = place.kubernetes.get("Deployment", "checkout", "shop")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.endswith(":1.42.0")


def test_k2_a_lost_answer_is_looked_up(place):
    place.post(crash_loop())
    place.press(place.card("#1", "Roll back to 42"), "Roll back to 42")
    place.card("expires in 1 min")
    place.kubernetes.faults.add(Fault(kind="drop_after", method="PATCH"))
    confirm_it(place)
    place.card("Interrupted", "the change is in the cluster")
    assert len(place.changes()) == 1
