"""A storm in a chat: one digest for its whole life, which leads to all it holds and which nothing is missing from."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from chatops.actors.addresses import WEBHOOK, chat_address
from chatops.actors.messages import Accept
from chatops.actors.storm_messages import StormLull
from chatops.actors.telegram_messages import NotDelivered
from chatops.actors.work import TakeSurvey
from chatops.core.audit import EntryType
from chatops.core.outgoing import SendDocument
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.self_audit import SHOWN_WITHIN
from tests.actors.house import ANNA, PATIENCE, House, house

EVE = 2002
GROUP = -100
FIRST_SHOWN = "chatops_first_shown_seconds_count"


def body(number: int, *, ended: bool = False, **labels: str) -> bytes:
    """A group of one alert: a pod of worker-3 that is not ready."""
    told = {"alertname": "KubePodNotReady", "severity": "warning", "namespace": "shop", "node": "worker-3"}
    alert = {
        "status": "resolved" if ended else "firing",
        "fingerprint": f"f{number}",
        "labels": {**told, "pod": f"pod-{number}", **labels},
        "startsAt": "2026-11-23T08:59:00Z",
        "endsAt": "2026-11-23T08:59:30Z" if ended else "0001-01-01T00:00:00Z",
    }
    group = {"version": "4", "groupKey": f"g{number}", "receiver": "chatops", "truncatedAlerts": 0}
    return json.dumps({**group, "alerts": [alert]}).encode()


@pytest.fixture
def stormy(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.stop()
        built.policy = replace(built.policy, storm_threshold=5)
        built.start()
        yield built


def counted(place: House) -> int:
    """Incidents that stand in digests, and those that have a card."""
    shown = [str(message.html) for message in place.post.messages.values()]
    digests = sum(int(found.group(1)) for html in shown if (found := re.search(r"<b>(\d+) incidents? in ", html)))
    return digests + sum("FIRING" in html for html in shown)


def blow(place: House, count: int, **labels: str) -> int:
    """So many alerts, each of its own group; the digest's message once it and the cards show all of them."""
    for number in range(1, count + 1):
        place.post_webhook(body(number, **labels))
    place.post.wait(lambda _: counted(place) == count)
    return place.post.wait_text("🌪")


def settle(place: House) -> None:
    """Long enough for the storm to have settled, or to be over."""
    place.directory.tell(chat_address(ANNA), StormLull())


def test_r17_a_storm_is_one_message_and_nothing_is_missing_from_it(stormy: House) -> None:
    """R17: the node's own alert is named, the criticals outside of it page, the self-audit finds all of them shown."""
    before = REGISTRY.get_sample_value(FIRST_SHOWN) or 0
    stormy.post_webhook(body(100, alertname="KubeNodeNotReady", severity="critical", pod=""))
    stormy.post.wait_text("Node not ready")
    for number in range(1, 31):
        stormy.post_webhook(body(number))
    digest = stormy.post.wait_text("30 incidents in")
    assert "Likely one cause: node <b>worker-3</b> (30 of 30)" in stormy.post.messages[digest].html
    assert "Node not ready" in stormy.post.messages[digest].html
    assert stormy.post.sent == 2
    assert len(stormy.store.storms.members(1)) == 30
    stormy.until(lambda: (storm := stormy.store.storms.get(1)) and storm.wanted == storm.shown)
    stormy.clock.move(seconds=SHOWN_WITHIN.total_seconds() + 1)
    books = stormy.store.books.read(stormy.clock())
    assert (books.missing, books.behind, books.unseen) == ((), (), 0)
    assert stormy.store.cards.stale(ANNA) == ()
    stormy.post_webhook(body(200, node="worker-9", severity="critical"))
    stormy.post.wait_text("pod-200")
    # In a card or in the digest, each incident counts once.
    stormy.until(lambda: REGISTRY.get_sample_value(FIRST_SHOWN) == before + 32)
    assert stormy.failed == []


def test_a_digest_that_does_not_arrive_is_a_breach_like_a_card(stormy: House) -> None:
    def refuse(deliver: object) -> NotDelivered | None:
        return NotDelivered(getattr(deliver, "tag", None), "bad_markup", "") if "🌪" in str(deliver) else None

    stormy.post.refuse = refuse
    for number in range(1, 31):
        stormy.post_webhook(body(number))
    stormy.until(lambda: (storm := stormy.store.storms.get(1)) and len(stormy.store.storms.members(storm.id)) >= 25)
    stormy.until(lambda: len(stormy.store.incidents.active_ids()) == 30)
    books = stormy.store.books.read(stormy.clock())
    held = {each.id for each in stormy.store.storms.members(1)}
    assert held <= {gap.incident_id for gap in books.missing}
    assert any(gap.shown == 0 and gap.chat_id == ANNA for gap in books.behind)


def test_after_a_restart_the_same_message_goes_on(stormy: House) -> None:
    digest = blow(stormy, 20)
    sent = stormy.post.sent
    stormy.until(lambda: (storm := stormy.store.storms.get(1)) and storm.message_id == digest)
    stormy.stop()
    stormy.start()
    for number in range(50, 60):
        stormy.post_webhook(body(number))
    stormy.post.wait(lambda _: counted(stormy) == 30)
    assert stormy.post.sent == sent
    assert len({each.id for each in stormy.store.storms.members(1)}) == 30 - (sent - 1)


def test_what_ends_is_drawn_on_the_digest(stormy: House) -> None:
    digest = blow(stormy, 12)
    for number in range(1, 13):
        stormy.post_webhook(body(number, ended=True))
    stormy.post.wait(lambda post: "🟢" in post.messages[digest].html)
    settle(stormy)
    stormy.until(lambda: stormy.store.storms.standing(ANNA) is None)
    sent = stormy.post.sent
    stormy.clock.move(minutes=11)
    stormy.post_webhook(body(99))
    stormy.post.wait_text("pod-99")
    assert stormy.post.sent == sent + 1


def test_a_deleted_digest_is_posted_once_more(stormy: House) -> None:
    digest = blow(stormy, 12)
    gone: set[int] = {digest}

    def refuse(deliver: object) -> NotDelivered | None:
        at = getattr(getattr(deliver, "outgoing", None), "message_id", 0)
        return NotDelivered(getattr(deliver, "tag", None), "message_gone", "") if at in gone else None

    stormy.post.refuse = refuse
    del stormy.post.messages[digest]
    stormy.post_webhook(body(77))
    again = stormy.post.wait(
        lambda post: next((n for n, m in post.messages.items() if n != digest and "🌪" in m.html), None)
    )
    stormy.until(lambda: (storm := stormy.store.storms.get(1)) and storm.message_id == again)
    stormy.post.wait(lambda _: counted(stormy) == 13)


def test_a_member_is_opened_from_the_list_as_a_card_of_its_own(stormy: House) -> None:
    """The digest and its list stay where they are; the card is edited when the incident changes, and surveyed now."""
    digest = blow(stormy, 12)
    stormy.press(digest, "All ")
    listed = stormy.post.wait_text("📋")
    member = stormy.store.storms.members(1)[-1].id
    assert stormy.store.storms.holds(member)
    stormy.press(listed, "›")
    stormy.post.wait(lambda post: f"#{member}<" in post.messages[listed].html)
    stormy.press(listed, f"#{member}")
    stormy.until(lambda: stormy.store.cards.get(ANNA, member) is not None)
    card = stormy.store.cards.get(ANNA, member)
    assert card is not None
    assert "🌪" in stormy.post.messages[digest].html
    assert "📋" in stormy.post.messages[listed].html
    stormy.press(card.message_id, "Take")
    stormy.post.wait(lambda post: "👤 @u1001" in post.messages[card.message_id].html)


def test_take_all_asks_each_incident_and_each_has_its_line(stormy: House) -> None:
    digest = blow(stormy, 10)
    members = {each.id for each in stormy.store.storms.members(1)}
    assert stormy.press(digest, "Take all") == f"✋ Taking all that is free: {len(members)}"
    stormy.until(lambda: all(each.taken_by for each in stormy.store.storms.members(1)))
    lines = [line.entry for line in stormy.store.audit.page(limit=500)]
    taken = [e for e in lines if e.type is EntryType.ACKNOWLEDGED]
    assert {e.incident_id for e in taken} == members
    assert {e.message_id for e in taken} == {digest}
    stormy.post.wait(lambda post: f"{len(members)} taken" in post.messages[digest].html)


def test_who_may_only_look_takes_nothing(stormy: House) -> None:
    stormy.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    stormy.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    blow_in_both = 10
    for number in range(1, blow_in_both + 1):
        stormy.post_webhook(body(number))
    digest = stormy.post.wait(
        lambda post: next((n for n, m in post.messages.items() if m.chat_id == GROUP and "🌪" in m.html), None)
    )
    stormy.until(lambda: stormy.store.storms.by_message(GROUP, digest) is not None)
    assert "free for you" in stormy.press(digest, "Take all", user=EVE, chat=GROUP)
    types = [line.entry.type for line in stormy.store.audit.page(limit=500)]
    assert EntryType.DENIED in types
    assert EntryType.ACKNOWLEDGED not in types


def test_more_than_the_pages_show_are_in_a_document_once_it_settles(stormy: House) -> None:
    blow(stormy, 120)
    stormy.clock.move(seconds=10)
    settle(stormy)
    sent = stormy.post.wait(lambda post: next((o for o in post.others if isinstance(o, SendDocument)), None))
    held = stormy.store.storms.members(1)
    assert len(sent.content.decode().splitlines()) == len(held)
    settle(stormy)
    settle(stormy)
    assert sum(isinstance(o, SendDocument) for o in stormy.post.others) == 1


def test_what_comes_together_is_opened_together_and_wakes_nobody(stormy: House) -> None:
    """Neither actors nor the cluster are busy with members; who is opened is looked at then."""
    stored: list[Future[int]] = [Future() for _ in range(60)]
    for number, each in enumerate(stored, 1):
        stormy.directory.tell(WEBHOOK, Accept(body(number), "", each))
    assert len({each.result(PATIENCE) for each in stored}) == 60
    stormy.post.wait(lambda _: counted(stormy) == 60)
    members = {each.id for each in stormy.store.storms.members(1)}
    # The first few may have been routed one by one, before more were there.
    assert len([work for work in list(stormy.cluster.work.queue) if isinstance(work, TakeSurvey)]) < 30
    assert len(stormy.store.incidents.active_ids()) == 60
    assert not set(stormy.store.unfinished.unseen()) & members
    assert stormy.store.unfinished.with_mail() == ()
    opened = [e.entry.incident_id for e in stormy.store.audit.page(limit=500) if e.entry.type is EntryType.OPENED]
    assert sorted(opened) == list(range(1, 61))
    assert stormy.store.audit.verify() is None
    stormy.post_webhook(body(60, ended=True))
    stormy.until(lambda: len(stormy.store.incidents.active_ids()) == 59)


def test_without_a_threshold_each_has_its_card(tmp_path: Path) -> None:
    with house(tmp_path) as place:
        for number in range(1, 9):
            place.post_webhook(body(number))
        place.post.wait(lambda post: sum("FIRING" in m.html for m in post.messages.values()) == 8)
        assert place.store.storms.get(1) is None
