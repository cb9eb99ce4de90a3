"""Merging by messages: chosen and confirmed, by whom, while both live, one sleeps, two press at once, or one dies."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.addresses import incident_address
from chatops.actors.messages import Happened, MailArrived
from chatops.actors.upstream_messages import ExpireSilence
from chatops.actors.work import FollowPlan
from chatops.core.audit import Entry, EntryType
from chatops.core.incidents import Incident, Person, Press, Status, decide
from chatops.core.incidents.events import MergeInto
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.presses import DOUBLE_TAP
from chatops.core.screens.merging import LIFETIME
from chatops.sandbox.alarm import webhook_body
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene
from tests.actors.test_silencing import Upstream
from tests.core.scene import run_action

OLEG, EVE = 1002, 1003
GROUP = -100_500


def alert(name: str, *, ended: bool = False, namespace: str = "shop", at: Any = None) -> bytes:
    """A group of one alert about shop/checkout, or about another namespace's."""
    labels = {"alertname": name, "namespace": namespace, "severity": "warning", "deployment": "checkout"}
    began = at - timedelta(minutes=1)
    return webhook_body(labels, {"summary": f"{name} of checkout"}, starts_at=began, ends_at=at if ended else None)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.upstream.answer = Upstream()
        built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
        built.store.users.put(User(EVE, "@eve", (Grant(Role.OPERATOR, namespace="shop"),)))
        yield built


def post(shop: House, name: str, **more: Any) -> None:
    shop.post_webhook(alert(name, at=shop.clock(), **more))


def card_of(shop: House, number: int, chat: int = ANNA) -> int:
    """The message that is the incident's card, once its buttons are there."""
    shop.until(lambda: shop.store.cards.get(chat, number))
    card = shop.store.cards.get(chat, number)
    assert card is not None
    shop.post.wait(lambda post: f"#{number}</code>" in post.messages[card.message_id].html)
    return card.message_id


def two(shop: House) -> tuple[int, int]:
    """Two incidents of one object: the cards of #1 and #2."""
    post(shop, "HighLatency")
    first = card_of(shop, 1)
    post(shop, "HighErrors")
    return first, card_of(shop, 2)


def asked(shop: House, card: int, into: str = "#1", **by: int) -> int:
    """The message in which the question stands."""
    shop.press(card, "🔗 Merge", **by)
    chosen = shop.post.wait_text("The one that is chosen")
    shop.press(chosen, into, **by)
    return shop.post.wait_text(f"into {into}?")


def confirmed(shop: House, question: int, into: str = "#1", **by: int) -> str:
    shop.clock.move(seconds=DOUBLE_TAP.total_seconds() + 1)
    return shop.press(question, f"Merge into {into}", **by)


def known(shop: House, number: int) -> Incident:
    found = shop.store.incidents.get(number)
    assert found is not None
    return found


def entries(shop: House, number: int) -> list[Entry]:
    return [stored.entry for stored in shop.store.audit.for_incident(number)]


def denied(shop: House) -> list[tuple[str, str, str]]:
    told = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    return [
        (entry.subject.id, entry.detail["why"], entry.detail.get("into", ""))
        for entry in told
        if entry.type is EntryType.DENIED
    ]


def firing(shop: House, number: int) -> list[str]:
    return sorted(episode.alert.name for episode in known(shop, number).firing)


def awake(shop: House, number: int, *, merge_into: int, by: int = ANNA) -> None:
    """A confirmed press on its way to the incident."""
    event = MergeInto(Press(Person(by, f"@u{by}"), by, 1, "", "en"), merge_into)
    shop.directory.tell(incident_address(number), Happened(event))


# Chosen and confirmed


def test_two_taps_and_a_confirm_make_one_of_two(shop: House) -> None:
    first, second = two(shop)
    question = asked(shop, second)
    text = str(shop.post.messages[question].html)
    for said in (
        "#2 is closed",
        "belongs to #1",
        "Its log and its notes stay",
        "Nobody has #1 yet",
        "cannot be parted",
    ):
        assert said in text
    assert "That was quick" in shop.press(question, "Merge into #1")
    assert "#2 is part of #1 now" in confirmed(shop, question)
    shop.post.wait(lambda post: "Merged into #1 by @u1001" in post.messages[second].html)
    shop.post.wait(lambda post: "2 alerts" in post.messages[first].html)
    assert firing(shop, 1) == ["HighErrors", "HighLatency"]
    assert known(shop, 2).status is Status.REJECTED
    assert [e.type for e in entries(shop, 2)][-1] is EntryType.MERGED
    assert [e.type for e in entries(shop, 1)][-1] is EntryType.MERGED_IN
    post(shop, "HighErrors", ended=True)
    shop.until(lambda: firing(shop, 1) == ["HighLatency"])
    post(shop, "HighLatency", ended=True)
    shop.post.wait(lambda post: "resolved" in post.messages[first].html)
    assert shop.store.incidents.get(3) is None
    assert shop.store.audit.verify() is None


def test_one_leads_to_the_other_and_back(shop: House) -> None:
    first, second = two(shop)
    confirmed(shop, asked(shop, second))
    shop.post.wait(lambda post: "Merged into" in post.messages[second].html)
    before = set(shop.post.messages)
    shop.press(second, "Open #1")
    opened = shop.post.wait(lambda post: next(iter(set(post.messages) - before), None))
    assert "#1" in shop.post.messages[opened].html
    assert "Merged into" in shop.post.messages[second].html, "the card stays where it is"
    shop.press(first, "Timeline")
    shop.post.wait(lambda post: "merged #2 in" in post.messages[first].html)
    before = set(shop.post.messages)
    shop.press(first, "Open #2")
    back = shop.post.wait(lambda post: next(iter(set(post.messages) - before), None))
    assert "Merged into #1" in shop.post.messages[back].html


def test_alone_it_offers_nothing(shop: House) -> None:
    post(shop, "HighLatency")
    card = card_of(shop, 1)
    labels = [key.label for row in shop.post.messages[card].keyboard for key in row]
    assert not [label for label in labels if "Merge" in label]


# Who may


def test_it_takes_the_right_on_both(shop: House) -> None:
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    post(shop, "HighLatency", namespace="mail")
    card_of(shop, 1, GROUP)
    post(shop, "HighErrors")
    second = card_of(shop, 2, GROUP)
    shop.press(second, "🔗 Merge", user=EVE, chat=GROUP)
    chosen = shop.post.wait_text("No other incident is open where you may act")
    question = asked(shop, second, user=OLEG, chat=GROUP)
    assert question != chosen
    assert "only they" in confirmed(shop, question, user=ANNA, chat=GROUP)
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.OPERATOR, namespace="shop"), Grant(Role.VIEWER))))
    assert "Role viewer" in confirmed(shop, question, user=OLEG, chat=GROUP)
    assert denied(shop)[-1] == (str(OLEG), "viewer", "1")
    assert known(shop, 2).open


def test_who_is_not_of_the_other_s_place_cannot_choose_it(shop: House) -> None:
    """A list that was drawn for somebody else stands in the group: its buttons are judged for who presses them."""
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    post(shop, "HighLatency", namespace="mail")
    card_of(shop, 1, GROUP)
    post(shop, "HighErrors")
    second = card_of(shop, 2, GROUP)
    shop.press(second, "🔗 Merge", user=OLEG, chat=GROUP)
    chosen = shop.post.wait_text("The one that is chosen")
    assert "outside of what you were given" in shop.press(chosen, "#1", user=EVE, chat=GROUP)
    assert denied(shop) == [(str(EVE), "out_of_scope", "1")]


def test_the_question_has_a_minute(shop: House) -> None:
    _, second = two(shop)
    question = asked(shop, second)
    token = shop.post.button(question, "Merge into #1")
    shop.clock.move(seconds=LIFETIME.total_seconds() + 1)
    assert "expired" in shop.press_token(question, token)
    assert known(shop, 2).open


# What is under way


def test_a_change_that_runs_is_waited_for(shop: House) -> None:
    scene = Scene(shop.clock)
    shop.cluster.answer = lambda work: None if isinstance(work, FollowPlan) else scene(work)
    _, second = two(shop)
    question = asked(shop, second)
    shop.directory.tell(incident_address(2), Happened(run_action()))
    shop.until(lambda: known(shop, 2).run is not None)
    assert "A change of @anna runs here" in confirmed(shop, question)
    assert known(shop, 2).open
    assert denied(shop)[-1][1:] == ("merge_runs", "1")


def test_its_silence_is_lifted(shop: House) -> None:
    upstream = Upstream()
    shop.upstream.answer = upstream
    _, second = two(shop)
    shop.press(second, "Silence")
    shop.post.wait(lambda post: "Matches" in post.messages[second].html)
    shop.press(second, "1 h")
    shop.post.wait(lambda post: "silenced until" in post.messages[second].html)
    question = asked(shop, second)
    assert "The silence of #2 is lifted" in shop.post.messages[question].html
    confirmed(shop, question)
    shop.until(lambda: (silence := known(shop, 2).silence) and silence.ended_at)
    assert len(upstream.of(ExpireSilence)) == 1


# At once, asleep, and dead


def test_two_press_at_once_on_the_same(shop: House) -> None:
    _, second = two(shop)
    question = asked(shop, second)
    token = shop.post.button(question, "Merge into #1")
    shop.clock.move(seconds=DOUBLE_TAP.total_seconds() + 1)
    taps = [shop.tap(question, token) for _ in range(2)]
    told = [
        str(shop.post.wait(lambda post, tap=tap: next((t for t in post.toasts if t.callback_id == tap), None)).text)
        for tap in taps
    ]
    assert sorted(told) == sorted(["🔗 #2 is part of #1 now", "🔗 It is part of #1 now: go on there"])
    shop.until(lambda: not shop.store.unfinished.with_mail())
    assert [e.type for e in entries(shop, 1)].count(EntryType.MERGED_IN) == 1


def test_into_each_other_at_once(shop: House) -> None:
    two(shop)
    awake(shop, 1, merge_into=2)
    awake(shop, 2, merge_into=1, by=OLEG)
    shop.until(lambda: len(denied(shop)) == 1 and not shop.store.unfinished.with_mail())
    opened = [number for number in (1, 2) if known(shop, number).open]
    assert len(opened) == 1
    assert firing(shop, opened[0]) == ["HighErrors", "HighLatency"]
    assert denied(shop)[0][1] == "merge_gone"


def test_into_one_that_was_just_closed(shop: House) -> None:
    first, second = two(shop)
    question = asked(shop, second)
    shop.press(first, "Resolve")
    assert "#1 is not open any more" in confirmed(shop, question)
    assert known(shop, 2).open
    assert denied(shop)[-1] == (str(ANNA), "merge_gone", "1")
    assert not known(shop, 1).open


def test_both_sleep(shop: House) -> None:
    first, second = two(shop)
    question = asked(shop, second)
    shop.stop()
    shop.start()
    assert "#2 is part of #1 now" in confirmed(shop, question)
    shop.post.wait(lambda post: "2 alerts" in post.messages[first].html)


def test_what_died_before_the_other_had_it_goes_on_after_a_start(shop: House) -> None:
    """The merge is on disk, and nobody was told: mail, as any other, wakes the other."""
    first, _ = two(shop)
    shop.stop()
    before = known(shop, 2)
    press = Press(Person(ANNA, "@anna"), ANNA, 1)
    decision = decide(before, MergeInto(press, 1), now=shop.clock())
    assert shop.store.merges.merge(before, decision.incident, decision.entries, by=press.by, now=shop.clock()) == ""
    shop.start()
    assert shop.store.unfinished.with_mail() == (1,)
    shop.directory.tell(incident_address(1), MailArrived())
    shop.post.wait(lambda post: "2 alerts" in post.messages[first].html)
    shop.directory.tell(incident_address(1), MailArrived())
    shop.until(lambda: not shop.store.unfinished.with_mail())
    assert [e.type for e in entries(shop, 1)].count(EntryType.MERGED_IN) == 1
