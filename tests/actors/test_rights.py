"""Who may do what, at every door: grants by place, access taken away at once, and what is refused tells nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.outgoing import LeaveChat
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.policy import Policy
from chatops.core.resources import ObjectRef
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body
from tests.actors.test_confirming import JOB, Work

OLEG, EVE, STRANGER = 1002, 1003, 1004
GROUP = -100_500
SHOP = (Grant(Role.OPERATOR, namespace="shop"),)
MAIL = (Grant(Role.OPERATOR, namespace="mail"),)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.users.put(User(OLEG, "@oleg", SHOP))
        built.store.users.put(User(EVE, "@eve", MAIL))
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
        yield built


def opened(shop: House, chat: int = ANNA) -> int:
    shop.post_webhook(body("firing_group_of_3"))
    return card_in(shop, chat)


def card_in(shop: House, chat: int) -> int:
    def found(post):
        shown = (n for n, m in post.messages.items() if m.chat_id == chat and "keeps crashing" in m.html)
        return next(shown, None)

    message_id = int(shop.post.wait(found))
    shop.until(lambda: shop.store.cards.get(chat, 1))
    return message_id


def entries(shop: House) -> list[Entry]:
    return [stored.entry for stored in shop.store.audit.page(limit=1_000)]


def denials(shop: House) -> list[tuple[str, str, str]]:
    return [
        (entry.subject.id, entry.detail["what"], entry.detail["why"])
        for entry in entries(shop)
        if entry.type is EntryType.DENIED
    ]


def took_away(shop: House, user_id: int) -> None:
    known = shop.store.users.get(user_id)
    shop.store.users.put(User(user_id, known.name, known.grants, disabled=True))


# Places


def test_s7_a_card_in_a_group_obeys_those_of_its_namespace(shop):
    card = opened(shop, GROUP)
    for label in ("Take", "Resources", "Roll back to 42", "Timeline"):
        told = shop.press(card, label, user=EVE, chat=GROUP)
        assert told == "⛔ This lies outside of what you were given"
    assert {(who, why) for who, _, why in denials(shop)} == {(str(EVE), "out_of_scope")}
    assert len(denials(shop)) == 4
    assert "You took" in shop.press(card, "Take", user=OLEG, chat=GROUP)


def test_an_object_of_another_place_takes_its_own_right(shop):
    """An operator of the incident's namespace finds a node on the card and may not touch it."""
    card = opened(shop, GROUP)
    node = Button("x", Verb.CHOOSE, {"action": "drain"}, ObjectRef("Node", "worker-1", "shop"), 1)
    other = Button("y", Verb.LOGS, {}, ObjectRef("Pod", "relay", "mail"), 1)
    for token in shop.store.buttons.offer(GROUP, card, [node, other], shop.clock()):
        assert "outside" in shop.press_token(card, token, user=OLEG, chat=GROUP)
    assert [what for _, what, _ in denials(shop)] == ["drain", "logs"]


def test_lists_and_links_hold_only_what_may_be_read(shop):
    opened(shop)
    shop.write("/incidents", user=EVE, chat=EVE)
    shop.post.wait_text("All quiet")
    shop.write("/incidents", user=OLEG, chat=OLEG)
    assert shop.post.messages[shop.post.wait_text("1 open")].chat_id == OLEG
    for number in ("1", "77"):
        shop.write(f"/start inc_{number}", user=EVE, chat=EVE)
    shop.until(lambda: len(denials(shop)) == 2)
    shop.post.wait(lambda post: sum("lies outside" in m.html for m in post.messages.values()) == 2)
    shop.write("/start inc_1", user=OLEG, chat=OLEG)
    card_in_private = shop.post.wait(
        lambda post: [n for n, m in post.messages.items() if m.chat_id == OLEG and "keeps crashing" in m.html]
    )
    assert card_in_private


def test_a_private_chat_shows_only_what_its_person_may_read(shop):
    for user in (EVE, OLEG):
        shop.store.chats.put(Chat(user, ChatKind.PRIVATE, subscribed=True))
    opened(shop, OLEG)
    shop.press(card_in(shop, ANNA), "Escalate")
    shop.post.wait(lambda post: any(m.chat_id == GROUP and "asks for help" in m.html for m in post.messages.values()))
    shop.write("/help", user=EVE, chat=EVE)
    shop.post.wait_text("One message is one incident")
    assert [m.html for m in shop.post.messages.values() if m.chat_id == EVE and "One message" not in m.html] == []


def test_a_note_takes_the_right_to_act_on_its_incident(shop):
    card = opened(shop, GROUP)
    shop.write("it is mine", user=EVE, chat=GROUP, reply_to=card)
    shop.until(lambda: denials(shop) == [(str(EVE), "note", "out_of_scope")])
    shop.write("it is ours", user=OLEG, chat=GROUP, reply_to=card)
    shop.until(lambda: any(entry.type is EntryType.NOTED for entry in entries(shop)))


def test_only_an_admin_of_everything_subscribes_a_group(shop):
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.ADMIN, namespace="shop"),)))
    shop.write("/unsubscribe", user=OLEG, chat=GROUP)
    shop.post.wait_text("Only an admin decides")
    assert shop.store.chats.get(GROUP).subscribed


# Access taken away


@pytest.mark.parametrize("how", ["disabled", "revoked", "moved elsewhere"])
def test_s3_buttons_already_sent_stop_at_once(shop, how):
    """S3: somebody removed keeps the buttons and no right."""
    card = opened(shop, GROUP)
    shop.press(card, "Roll back to 42", user=OLEG, chat=GROUP)
    question = shop.post.wait_text("to revision 42?")
    shop.until(lambda: shop.store.positions.get(GROUP, question))
    shop.clock.move(seconds=2)
    match how:
        case "disabled":
            took_away(shop, OLEG)
        case "revoked":
            shop.store.users.put(User(OLEG, "@oleg"))
        case "moved elsewhere":
            shop.store.users.put(User(OLEG, "@oleg", MAIL))
    for message, label in ((question, "↩️"), (question, "Cancel"), (card, "Take"), (card, "Resources")):
        assert "⛔" in shop.press(message, label, user=OLEG, chat=GROUP)
    assert len(denials(shop)) == 4
    assert shop.store.incidents.get(1).run is None
    assert shop.store.incidents.get(1).taken_by is None


def test_commands_replies_and_deep_links_stop_too(shop):
    shop.store.chats.put(Chat(OLEG, ChatKind.PRIVATE, subscribed=True))
    card = opened(shop, OLEG)
    took_away(shop, OLEG)
    before = len(entries(shop))
    for text in ("/incidents", "/start inc_1", "/subscribe"):
        shop.write(text, user=OLEG, chat=OLEG)
    shop.write("a note", user=OLEG, chat=OLEG, reply_to=card)
    shop.post.wait(lambda post: sum("I don't know you yet" in m.html for m in post.messages.values()) == 3)
    shop.until(lambda: not shop.store.updates.pending())
    assert {entry.type for entry in entries(shop)[before:]} == {EntryType.DENIED}


def test_their_own_chat_hears_nothing_more(shop):
    shop.store.chats.put(Chat(OLEG, ChatKind.PRIVATE, subscribed=True))
    theirs = opened(shop, OLEG)
    took_away(shop, OLEG)
    ours = card_in(shop, GROUP)
    shop.press(ours, "Take", chat=GROUP)
    shop.post.wait(lambda post: "has it since" in post.messages[ours].html)
    shop.write("/help", user=OLEG, chat=OLEG)
    shop.post.wait_text("I don't know you yet")
    assert "has it since" not in shop.post.messages[theirs].html


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[tuple[House, Work]]:
    """Where what cannot be undone is tried; Oleg may act on it."""
    built = House(tmp_path)
    built.store.users.put(User(OLEG, "@oleg", SHOP))
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    built.cluster.answer = work = Work(built.clock)
    try:
        yield built, work
    finally:
        built.close()


def start(built: House, *, protected: bool) -> int:
    built.policy = Policy(protected=("shop",) if protected else ())
    built.start()
    return opened(built, GROUP)


def chosen_by(built: House, card: int, user: int) -> int:
    """Somebody chooses to delete a Job; the question."""
    button = Button("x", Verb.CHOOSE, {"action": "job_delete"}, JOB, 1)
    (token,) = built.store.buttons.offer(GROUP, card, [button], built.clock())
    built.press_token(card, token, user=user, chat=GROUP)
    question = built.post.wait(
        lambda post: next(
            (n for n, m in post.messages.items() if "may act has to" in m.html or "cannot be undone" in m.html), None
        )
    )
    built.until(lambda: built.store.positions.get(GROUP, question))
    built.clock.move(seconds=2)
    return int(question)


def test_a_word_typed_by_who_may_no_more_does_nothing_and_is_written_down(yard):
    built, work = yard
    chosen_by(built, start(built, protected=False), OLEG)
    took_away(built, OLEG)
    built.write("29384760", user=OLEG, chat=GROUP)
    built.until(lambda: denials(built) == [(str(OLEG), "job_delete", "disabled")])
    built.until(lambda: not built.store.updates.pending())
    assert not work.performed


def test_an_approval_counts_only_while_both_may(yard):
    built, work = yard
    question = chosen_by(built, start(built, protected=True), OLEG)
    built.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER),)))
    assert "may not do it any more" in built.press(question, "Approve", chat=GROUP)
    assert denials(built) == [(str(ANNA), "job_delete", "asker_lost_right")]
    built.store.users.put(User(OLEG, "@oleg", SHOP))
    took_away(built, ANNA)
    assert "I don't know you" in built.press(question, "Approve", chat=GROUP)
    assert not work.performed
    built.store.users.put(User(ANNA, "@anna", everywhere(Role.OPERATOR)))
    assert "Started" in built.press(question, "Approve", chat=GROUP)
    built.until(lambda: work.performed)


# Refusals


def test_s3_a_token_of_another_chat_or_nobody_s_is_refused_and_written_down(shop):
    card = opened(shop)
    token = shop.post.button(card, "Take")
    assert "another message" in shop.press_token(card, token, user=OLEG, chat=GROUP)
    assert "another message" in shop.press_token(card + 7, token)
    assert "not known" in shop.press_token(card, "A" * 20)
    assert [why for _, _, why in denials(shop)] == ["foreign_button", "foreign_button", "unknown_button"]
    assert shop.store.incidents.get(1).taken_by is None


def test_s3_a_guessed_token_does_not_lead_to_an_incident_that_may_not_be_read(shop):
    """S3: nor does the message that it was pressed on."""
    card = opened(shop, GROUP)
    shop.press(card, "Resources", user=OLEG, chat=GROUP)
    below = shop.post.wait_text("› Resources")
    shop.until(lambda: shop.store.positions.get(GROUP, below))
    shown = shop.post.messages[below]
    assert "not known" in shop.press_token(below, "A" * 20, user=EVE, chat=GROUP)
    shop.until(lambda: not shop.store.updates.pending())
    assert shop.post.messages[below] == shown


def test_s4_a_stranger_s_command_is_written_down_and_other_bots_commands_are_not(shop):
    """S4: what is meant for another bot is none of ours."""
    shop.write("/weather", user=STRANGER, chat=GROUP)
    shop.write("/incidents", user=STRANGER, chat=GROUP)
    shop.until(lambda: denials(shop) == [(str(STRANGER), "/incidents", "stranger")])
    shop.until(lambda: not shop.store.updates.pending())
    assert all("crash" not in m.html for m in shop.post.messages.values())


@pytest.mark.parametrize("inviter", ["a stranger", "disabled", "nothing granted"])
def test_s5_a_group_of_who_may_nothing_is_left(shop, inviter):
    if inviter != "a stranger":
        shop.store.users.put(User(STRANGER, "@x", everywhere(Role.ADMIN) if inviter == "disabled" else ()))
    if inviter == "disabled":
        took_away(shop, STRANGER)
    shop.join(-42, by=STRANGER)
    shop.post.wait(lambda post: LeaveChat(-42) in post.others)
    told = [m.html for m in shop.post.messages.values() if m.chat_id == -42]
    assert told == []
    assert any(entry.type is EntryType.DENIED and entry.chat_id == -42 for entry in entries(shop))
    shop.post.wait(
        lambda post: any(m.chat_id == ANNA and "was put into a group" in m.html for m in post.messages.values())
    )
