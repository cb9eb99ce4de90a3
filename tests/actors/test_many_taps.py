"""Many taps at once, of one person and of many, on one button: one of them counts, and the others are told so."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import UpdateArrived
from chatops.actors.work import PerformPlan, WorkFailed
from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.people import Chat, ChatKind, Role, Sender, User, everywhere
from chatops.core.updates import Tap
from tests.actors.house import ANNA, House
from tests.actors.scene import CHECKOUT, Scene, body, resolved

PEOPLE = range(2_001, 2_051)
GROUP = -100_500


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    for number in PEOPLE:
        built.store.users.put(User(number, f"@u{number}", everywhere(Role.OPERATOR)))
    built.cluster.answer = Scene(built.clock)
    built.start()
    try:
        yield built
    finally:
        built.close()


def opened(shop: House) -> int:
    shop.post_webhook(body("firing_group_of_3"))

    def found(post):
        return next((n for n, m in post.messages.items() if m.chat_id == GROUP and "keeps crashing" in m.html), None)

    card = int(shop.post.wait(found))
    shop.until(lambda: shop.store.cards.get(GROUP, 1))
    return card


def at_once(shop: House, message: int, token: str, people: list[int]) -> Counter[str]:
    """All of them press at the same moment, from as many threads; what each was told."""
    taps = [
        Tap(next(NUMBERS), f"m{next(NUMBERS)}", GROUP, ChatKind.GROUP, "", message, Sender(who, f"@u{who}"), token)
        for who in people
    ]
    shop.store.updates.store([(tap.update_id, GROUP, b"{}") for tap in taps], shop.clock())
    ready = threading.Barrier(5)

    def press(mine: list[Tap]) -> None:
        ready.wait()
        for tap in mine:
            shop.directory.tell(chat_address(GROUP), UpdateArrived(tap))

    threads = [threading.Thread(target=press, args=(taps[start::5],)) for start in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = {tap.callback_id for tap in taps}

    def all_told(post) -> Counter[str] | None:
        told = {toast.callback_id: toast.text for toast in post.toasts if toast.callback_id in asked}
        return Counter(told.values()) if len(told) == len(asked) else None

    return shop.post.wait(all_told)


NUMBERS = itertools.count(100_000)
ROUNDS = 12


def asks_why(message) -> bool:
    return any("False alarm" in key.label for row in message.keyboard for key in row)


def changes(shop: House) -> int:
    entries = [stored.entry for stored in shop.store.audit.page(limit=100_000)]
    return sum(entry.type is EntryType.ACTION_REQUESTED for entry in entries)


def test_r22_fifty_taps_on_one_confirm_are_one_action(shop):
    """R22: 25 of who chose it and one each of 25 others; the others learn whose it is, and that it was pressed."""
    card = opened(shop)
    shop.press(card, "Roll back to 42", user=PEOPLE[0], chat=GROUP)
    question = shop.post.wait_text("to revision 42?")
    shop.until(lambda: shop.store.positions.get(GROUP, question))
    shop.clock.move(seconds=2)
    token = shop.post.button(question, "↩️ Roll back")
    people = [PEOPLE[0]] * 25 + list(PEOPLE[1:26])
    random.Random(22).shuffle(people)
    told = at_once(shop, question, token, people)
    assert told["▶️ Started"] == 1
    assert sum(count for text, count in told.items() if "only they can confirm it" in text) == 25
    assert sum(count for text, count in told.items() if "already" in text) == 24
    assert len(shop.cluster.answer.performed) == 1
    assert changes(shop) == 1


@pytest.mark.parametrize("label", ["Take", "Resolve", "Reject"])
def test_r22_fifty_people_on_one_button(shop, label):
    """R22: one takes it, resolves it, rejects it; the others are told by whom."""
    card = opened(shop)
    done = {"Take": EntryType.ACKNOWLEDGED, "Resolve": EntryType.RESOLVED, "Reject": EntryType.REJECTED}[label]
    if label == "Reject":
        shop.press(card, "Reject", user=ANNA, chat=GROUP)
        card = shop.post.wait(
            lambda post: next(
                (n for n, m in post.messages.items() if any("False alarm" in k.label for r in m.keyboard for k in r)),
                None,
            )
        )
        shop.until(lambda: shop.store.positions.get(GROUP, card))
        label = "False alarm"
    token = shop.post.button(card, label)
    told = at_once(shop, card, token, list(PEOPLE))
    winners = [text for text in told if text.startswith(("✋ You took", "✅ #1", "🚫 #1"))]
    entries = [stored.entry for stored in shop.store.audit.page(limit=100_000) if stored.entry.type is done]
    by = entries[0].subject.name
    if done is EntryType.ACKNOWLEDGED:
        # Whoever takes it takes it over: that is an act of each, and written down.
        assert len(entries) == told[winners[0]] == len(PEOPLE)
        return
    assert (len(entries), told[winners[0]]) == (1, 1)
    assert sum(count for text, count in told.items() if by in text) == len(PEOPLE) - 1, told


def test_r22_round_after_round_is_one_action_each(shop):
    """R22: of the presses of three people and one of them twice exactly one is sent to the cluster, in each round."""
    card = opened(shop)
    tried: list[str] = []

    def refuse(work):
        if isinstance(work, PerformPlan):
            tried.append(work.plan.action)
            return WorkFailed(None, "forbidden", "no", False)
        return Scene(shop.clock)(work)

    shop.cluster.answer = refuse
    for number in range(1, ROUNDS + 1):
        args = {"action": "rollout_restart", "run": f"run-{number}", "version": "77"}
        button = Button("x", Verb.CONFIRM, args, CHECKOUT, 1, once=True, lifetime=timedelta(seconds=60))
        (token,) = shop.store.buttons.offer(GROUP, card, [button], shop.clock())
        shop.clock.move(seconds=35)
        told = at_once(shop, card, token, [PEOPLE[0], *PEOPLE[0:3]])
        assert told["▶️ Started"] == 1, told
        assert sum(count for text, count in told.items() if "already" in text) == 3, told
    shop.until(lambda: len(tried) == ROUNDS)
    assert changes(shop) == ROUNDS


def test_r22_a_tap_on_what_has_resolved_meanwhile(shop):
    """R22: refused with the state of now."""
    card = opened(shop)
    token = shop.post.button(card, "Resolve")
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.post.wait(lambda post: "🟢" in post.messages[card].html)
    assert shop.press_token(card, token, user=PEOPLE[3], chat=GROUP) == "👌 It has resolved already"
