"""In a group with ephemeral and rich messages: the way down and the confirm are for who pressed, the card for all."""

import pytest

from chatops.sandbox.botapi import Knows
from tests.flows.town import PATIENCE, crash_loop, town, until

GROUP, OLEG = -100_500, 1002


@pytest.fixture
def place(tmp_path):
    features = "colours,copy,quotes,times,ephemeral,rich"
    with town(tmp_path, TELEGRAM_CHATS=str(GROUP), TELEGRAM_FEATURES=features) as built:
        yield built


@pytest.fixture
def group(place):
    return place.bot_api.group(GROUP, "on call", [place.anna, place.bot_api.person(OLEG, "Oleg")])


def card(group):
    return group.wait_for("#1", timeout=PATIENCE)


def test_from_the_card_to_a_change_that_only_its_outcome_is_seen_of(place, group):
    anna = place.anna
    place.post(crash_loop())
    group.wait_for(lambda m: "Roll back to 42" in str(m.buttons), timeout=PATIENCE)
    place.press(card(group), "Resources")
    resources = anna.wait_for_alone(group, "› Resources", timeout=PATIENCE)
    assert resources.rich
    place.press(resources, "Deployment shop/checkout")
    anna.wait_for_alone(group, "› Pods", timeout=PATIENCE)
    # What it is bound to is on disk.
    place.service.kill()
    place.service.start()
    pods = anna.shown_alone(group)[-1]
    assert pods.rich
    place.press(pods, "Roll back")
    confirm = anna.wait_for_alone(group, "expires in 1 min", timeout=PATIENCE)
    assert not confirm.rich
    until(lambda: place.press(confirm, confirm.buttons[-1]) == "▶️ Started", "the confirm is taken")
    group.wait_for("Rolled back shop/checkout to 42", timeout=PATIENCE)
    anna.wait_for_alone(group, "Rolled back shop/checkout to 42", timeout=PATIENCE)
    assert (len(anna.shown_alone(group)), len(group.messages(from_bot=True))) == (1, 1)
    assert len(place.changes("PATCH")) == 1
    # The same server as an older one: everybody sees it, once it is known to and from then on.
    place.bot_api.be_older(ephemeral=Knows.IGNORED, rich=Knows.IGNORED)
    for _ in range(2):
        known = group.last().id
        place.press(card(group), "Resources")
        beside = group.wait_for("› Resources", after=known, timeout=PATIENCE)
    place.press(beside, "deploy checkout")
    group.wait_for("› Pods", timeout=PATIENCE)
    assert (len(anna.shown_alone(group)), len(group.messages(from_bot=True))) == (1, 3)
