"""What is kept of people, chats and time, once round on both databases: written, read as it was, ended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card, Position
from chatops.core.chat_settings import ON, ChatSettings, Setting, Topic
from chatops.core.granting import Invite
from chatops.core.heartbeats import Heartbeat
from chatops.core.incidents.values import Flapping, Incident, Person, Status
from chatops.core.maintenance import Maintenance, Window
from chatops.core.oncall import Cover, Member
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.rota_calendar import Copy, Kept
from chatops.db.store import Store
from tests.db.building import MINUTE, NOW, body, told

GROUP = -1001
LINE = Entry(EntryType.CHAT_CHANGED, SYSTEM, NOW, chat_id=GROUP)


@pytest.fixture
def token(store: Store) -> Callable[[], str]:
    """A button that counts once."""
    return lambda: store.buttons.offer(GROUP, 10, [Button("x", Verb.CONFIRM, once=True)], NOW)[0]


@pytest.fixture
def incident(store: Store) -> Incident:
    store.chats.put(Chat(GROUP, ChatKind.GROUP, "ops", subscribed=True))
    told(store, body("k", firing=["a"]))
    found = store.incidents.get(1)
    assert found is not None
    return found


def ended(store: Store, incident: Incident) -> None:
    over = replace(incident, status=Status.RESOLVED, closed_at=NOW, revision=incident.revision + 1)
    assert store.incidents.apply(over, now=NOW)


def test_settings_of_a_chat(store: Store, token: Callable[[], str]) -> None:
    used = token()
    for setting, spent in ((Setting.TOPICS, used), (Setting.PINS, token())):
        assert store.chat_settings.set(GROUP, setting, ON, LINE, token=spent, by="7", now=NOW)
    assert not store.chat_settings.set(GROUP, Setting.TOPICS, "off", LINE, token=used, by="7", now=NOW)
    store.chat_settings.refused(GROUP, Setting.TOPICS, "not enough rights")
    assert store.chat_settings.get(GROUP) == ChatSettings(True, True, "", "not enough rights")
    store.chat_settings.try_again(GROUP)
    assert store.chat_settings.get(GROUP) == ChatSettings(True, True)
    assert store.chat_settings.get(-5) == ChatSettings()
    store.chats.put(Chat(7, ChatKind.PRIVATE, "@anna"))
    store.users.put(User(7, "@anna"))
    assert store.chat_settings.set(7, Setting.LANGUAGE, "ru", LINE, token=token(), by="7", now=NOW)
    chat, user = store.chats.get(7), store.users.get(7)
    assert chat is not None
    assert user is not None
    assert (chat.language, user.language) == ("ru", "ru")


def test_covers_and_windows(store: Store, token: Callable[[], str]) -> None:
    cover = Cover(0, "ops", Member(7, "@anna"), NOW, NOW + MINUTE)
    assert store.covers.put(cover, LINE, token=token(), by="7", now=NOW)
    assert store.covers.standing(NOW) == (replace(cover, id=1),)
    assert store.covers.end("ops", LINE, token=token(), by="7", now=NOW)
    assert store.covers.standing(NOW) == ()
    window = Window(0, "prod", "*", NOW, NOW + MINUTE, "upgrade", "@anna")
    assert store.maintenance.put(window, LINE, token=token(), by="7", now=NOW)
    assert store.maintenance.standing(NOW) == (replace(window, number=1),)
    assert store.maintenance.end(1, LINE, token=token(), by="7", now=NOW)
    assert store.maintenance.standing(NOW) == ()
    assert store.audit.head()[0] == 4


def test_calendars_and_heartbeats(store: Store) -> None:
    kept = Kept("calendar.example", Copy(etag="1"), NOW, None, True, ("Eve",))
    store.calendars.put("ops", Kept("elsewhere"))
    store.calendars.put("ops", kept)
    assert store.calendars.all() == {"ops": kept}
    beat = Heartbeat("", "f", {"alertname": "Watchdog"}, NOW, (60.0,), ended=True)
    store.heartbeats.put(replace(beat, ended=False))
    store.heartbeats.put(beat)
    assert store.heartbeats.all() == (beat,)


def test_invitations(store: Store) -> None:
    store.users.put(User(1, "@anna", everywhere(Role.ADMIN)))
    invite = Invite(Grant(Role.VIEWER, "prod"), 1, "@anna", NOW + MINUTE)
    line = Entry(EntryType.INVITED, SYSTEM, NOW)
    store.invites.add("old", replace(invite, expires_at=NOW - MINUTE), line)
    store.invites.add("new", invite, line)
    assert store.invites.why_not("old", 2, now=NOW) == "no_such_invitation", "long over, so forgotten"
    assert store.invites.why_not("new", 2, now=NOW) == "not_admitted"
    assert store.invites.redeem("new", User(2, "@oleg"), now=NOW) == User(2, "@oleg", (invite.grant,))
    assert store.invites.redeem("new", User(3, "@eve"), now=NOW) is None
    assert store.invites.why_not("new", 3, now=NOW) == "used"


def test_topics_pins_and_asides(store: Store, incident: Incident) -> None:
    topic = Topic(GROUP, 1, 5, "Crash loop")
    store.topics.put(topic)
    assert store.topics.get(GROUP, 1) == topic
    store.cards.put(Card(GROUP, 1, 10, incident.revision, thread_id=5))
    assert store.cards.pins_owed(GROUP, wanted=True) == (1,)
    store.cards.pinned(GROUP, 1, 10)
    assert store.cards.pins_owed(GROUP, wanted=True) == ()
    assert store.cards.pins_owed(GROUP, wanted=False) == (1,)
    assert store.cards.chats_of_open() == (GROUP,)
    assert store.cards.audience(1) == (GROUP,)
    assert (store.cards.chats_pinned(), store.topics.owed(GROUP), store.topics.chats_behind()) == ((), (), ())
    ended(store, incident)
    assert (store.cards.chats_pinned(), store.topics.owed(GROUP)) == ((GROUP,), (1,))
    assert store.topics.chats_behind() == (GROUP,)
    store.topics.lost(GROUP, 5)
    assert store.topics.get(GROUP, 1) == replace(topic, gone=True)
    store.topics.forget(GROUP, 1)
    assert store.topics.get(GROUP, 1) is None
    store.positions.put(Position(GROUP, 20, Verb.CARD, 1, touched_at=NOW))
    store.asides.put(GROUP, 20, user_id=7, below=10, now=NOW)
    assert store.asides.chats() == (GROUP,)
    (aside,) = store.asides.of_chat(GROUP)
    assert store.asides.get(GROUP, 20) == aside
    store.asides.delete(GROUP, 20)
    assert store.asides.get(GROUP, 20) is None


def test_positions_and_their_notes(store: Store, incident: Incident) -> None:
    store.cards.put(Card(GROUP, 1, 10, incident.revision))
    assert store.cards.note_open(GROUP, {"note": "n"}) == (1,)
    assert [each.message_id for each in store.positions.noted(GROUP)] == [10]
    shown = Position(GROUP, 11, Verb.CARD, 1, args={"a": "1"}, touched_at=NOW)
    store.positions.put(shown)
    assert store.positions.stands(shown)
    assert not store.positions.stands(replace(shown, args={}))
    assert store.positions.shown_since(GROUP, 1, Verb.CARD, NOW)
    assert not store.positions.shown_since(GROUP, 1, Verb.CARD, NOW + MINUTE)
    store.cards.delete(GROUP, 1)
    assert store.cards.stale(GROUP) == (1,)


def test_updates_that_crash(store: Store) -> None:
    store.updates.store([(1, GROUP, b"{}")], NOW)
    assert [store.updates.failed(1), store.updates.failed(1)] == [(1, GROUP, b"{}"), (2, GROUP, b"{}")]
    store.updates.quarantine(1, "crashed", LINE)
    assert store.updates.failed(1) is None
    assert store.updates.quarantined() == ((1, GROUP, b"{}", "crashed"),)


def test_confirms_that_are_typed(store: Store) -> None:
    typed = Button("x", Verb.CONFIRM, {"typed": "shop"}, once=True, for_user=7, lifetime=MINUTE)
    (token,) = store.buttons.offer(GROUP, 10, [typed], NOW)
    assert [each.args["typed"] for each in store.buttons.waiting_for_word(GROUP, 7, NOW)] == ["shop"]
    assert store.buttons.waiting_for_word(GROUP, 8, NOW) == ()
    assert store.buttons.use(token, "7", NOW)
    assert store.buttons.waiting_for_word(GROUP, 7, NOW) == ()
    assert len(store.buttons.asked_for_word(GROUP, NOW)) == 1
    assert store.buttons.asked_for_word(GROUP, NOW + MINUTE) == ()


def test_what_is_looked_for_among_incidents(store: Store, incident: Incident) -> None:
    assert [each.id for each in store.incidents.firing(["a", "b"])] == [1]
    assert store.incidents.silencing(["s"]) == {}
    kept = Maintenance(3, NOW + MINUTE, "upgrade", "@anna")
    changed = replace(
        incident,
        revision=9,
        maintenance=kept,
        handed_at=NOW,
        handed_by="@oleg",
        taken_by=Person(7, "@anna"),
        flapping=Flapping(owes=True),
    )
    assert store.incidents.apply(changed, now=NOW)
    assert store.unfinished.maintained() == ((1, 3),)
    assert store.unfinished.owing() == (1,)
    assert store.unfinished.handed() == (1,)
    assert store.unfinished.calling() == ()
    assert store.unfinished.unattended(NOW + timedelta(days=1), 5) == ((1, NOW),)
    assert store.unfinished.unattended(NOW - MINUTE, 5) == ()
    assert store.places.all() == (("", "shop"),)
    assert store.pages.open(0, 5)[0] == 1
    assert store.pages.open(0, 5, readable=lambda *_: False)[0] == 0
    assert store.inbox.many([1, 9])[0].id == 1
    ended(store, changed)
    assert store.pages.closed(0, 5)[0] == 1
    assert store.pages.closed(0, 5, readable=lambda _, namespace: namespace == "shop")[0] == 1


def test_runs_that_were_begun_and_not_ended(store: Store) -> None:
    begun = Entry(EntryType.LOOKED, SYSTEM, NOW, chat_id=GROUP, detail={"action": "logs", "run": "r1"})
    over = replace(begun, type=EntryType.ACTION_FINISHED, detail={"action": "logs", "run": "r2"})
    store.audit.append([begun, replace(begun, detail={"action": "logs", "run": "r2"}), over])
    assert [line.id for line in store.audit.unfinished(GROUP, "logs")] == [1]
