"""A4: what is written to the bot and refused leaves one line too; and so does a press that came to nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.work import MakePreview, PerformPlan, WorkFailed
from chatops.core import cautions
from chatops.core.actions import Caution, Plan, Preview
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.granting import Invite
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.presses import LATE
from tests.actors.house import ANNA, House
from tests.actors.scene import CHECKOUT, POD, body
from tests.actors.test_confirming import JOB, Work, choose

VERA, OLEG, DORA, STRANGER = 1101, 1102, 1104, 1105
GROUP = -100_500
WORD = "29384760"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Work]]:
    built = House(tmp_path)
    built.cluster.answer = work = Work(built.clock)
    built.store.users.put(User(VERA, "@vera", everywhere(Role.VIEWER)))
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.store.users.put(User(DORA, "@dora", everywhere(Role.ADMIN), disabled=True))
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    built.start()
    try:
        yield built, work
    finally:
        built.close()


def card_in(built: House, chat: int) -> int:
    if not built.store.incidents.active_ids():
        built.post_webhook(body("firing_group_of_3"))
    found = built.post.wait(
        lambda post: [n for n, m in post.messages.items() if m.chat_id == chat and "keeps crashing" in m.html]
    )
    built.until(lambda: built.store.cards.by_message(chat, found[0]))
    return int(found[0])


def denied(built: House) -> list[Entry]:
    return [line.entry for line in built.store.audit.page(limit=1_000) if line.entry.type is EntryType.DENIED]


def one(built: House) -> Entry:
    """The one denied line that there is to be."""
    built.until(lambda: denied(built) and not built.store.updates.pending())
    (entry,) = denied(built)
    return entry


# Words


def question(built: House, chat: int = ANNA) -> int:
    """Anna chose to delete a Job, and is asked to type its word."""
    choose(built, card_in(built, chat), "job_delete", JOB, chat=chat)
    asked = built.post.wait_text("cannot be undone")
    built.until(lambda: built.store.positions.get(chat, asked))
    built.until(lambda: any(each.message_id for each in built.store.buttons.asked_for_word(chat, built.clock())))
    built.clock.move(seconds=2)
    return asked


WORDS = [
    # who, where, replied, what, how late, why
    (ANNA, ANNA, False, "yes", 0, "wrong_word", "not the word"),
    (ANNA, GROUP, True, "yes", 0, "wrong_word", "not the word"),
    (ANNA, ANNA, False, WORD, 121, "expired", "has expired"),
    (ANNA, GROUP, True, WORD, 121, "expired", "has expired"),
    (ANNA, GROUP, False, WORD, 121, "expired", ""),
    (OLEG, GROUP, True, WORD, 0, "not_theirs", "chose this"),
    (VERA, GROUP, True, "no", 0, "not_theirs", "chose this"),
    (DORA, GROUP, True, WORD, 0, "disabled", ""),
    (STRANGER, GROUP, True, WORD, 0, "stranger", ""),
]


@pytest.mark.parametrize(("user", "chat", "replies", "text", "late", "why", "told"), WORDS)
def test_a4_a_word_that_does_not_count_is_written_down(shop, user, chat, replies, text, late, why, told):
    built, work = shop
    asked = question(built, chat)
    (waiting,) = built.store.buttons.asked_for_word(chat, built.clock())
    built.clock.move(seconds=late)
    sent = built.post.sent
    built.write(text, user=user, chat=chat, reply_to=asked if replies else None)
    entry = one(built)
    assert (entry.subject.id, entry.chat_id, entry.incident_id, entry.object) == (str(user), chat, 1, JOB)
    assert entry.message_id
    assert entry.detail == {
        "what": "job_delete",
        "verb": "confirm",
        "why": why,
        "run": waiting.args["run"],
        "before_version": "77",
    }
    assert work.performed == []
    if told:
        built.post.wait_text(told)
    else:
        assert built.post.sent == sent


def test_a4_a_word_typed_a_second_time_is_written_down(shop):
    built, work = shop
    question(built)
    built.write(WORD)
    built.until(lambda: work.performed)
    built.write(WORD)
    entry = one(built)
    assert (entry.detail["why"], entry.object) == ("used", JOB)
    requested = next(e.entry for e in built.store.audit.page(limit=99) if e.entry.type is EntryType.ACTION_REQUESTED)
    assert entry.detail["run"] == requested.detail["run"]
    assert len(work.performed) == 1


def test_talk_beside_a_question_is_no_attempt(shop):
    built, _ = shop
    question(built, GROUP)
    for text in ("shall we?", "/help", "wait for Oleg"):
        built.write(text, chat=GROUP)
    built.clock.move(seconds=LATE.total_seconds() + 121)
    built.write(WORD, chat=GROUP)
    built.until(lambda: not built.store.updates.pending())
    assert denied(built) == []


def test_a_wrong_word_leaves_the_question_standing(shop):
    built, work = shop
    question(built)
    built.write("yes")
    one(built)
    built.write(WORD)
    built.until(lambda: work.performed)


# Commands and links

COMMANDS = [
    ("/users", VERA, VERA, "/users", "no_admin"),
    ("/invite", OLEG, OLEG, "/invite", "no_admin"),
    ("/users", ANNA, GROUP, "/users", "not_private"),
    ("/subscribe", OLEG, GROUP, "/subscribe", "no_admin"),
    ("/unsubscribe", VERA, GROUP, "/unsubscribe", "no_admin"),
    ("/incidents", DORA, DORA, "/incidents", "disabled"),
    ("/start inc_1", STRANGER, STRANGER, "/start", "stranger"),
    ("/start inc_77", VERA, VERA, "card", "out_of_scope"),
    ("/weather today", STRANGER, STRANGER, "command", "stranger"),
    ("/start inv_nonsense", STRANGER, STRANGER, "invitation", "no_such_invitation"),
    ("/start inv_nonsense", VERA, VERA, "invitation", "no_such_invitation"),
    ("/start inv_good", STRANGER, GROUP, "invitation", "not_private"),
    ("/start inv_used", STRANGER, STRANGER, "invitation", "used"),
    ("/start inv_old", STRANGER, STRANGER, "invitation", "expired"),
    ("/start inv_olegs", STRANGER, STRANGER, "invitation", "asker_lost_right"),
    ("/start inv_good", DORA, DORA, "invitation", "disabled"),
    ("/start a-code", STRANGER, STRANGER, "/start", "stranger"),
]


@pytest.mark.parametrize(("text", "user", "chat", "what", "why"), COMMANDS)
def test_a4_a_refused_command_is_written_down(shop, text, user, chat, what, why):
    built, _ = shop
    if chat == VERA and what == "card":
        built.store.users.put(User(VERA, "@vera", (Grant(Role.VIEWER, namespace="mail"),)))
    invitations(built)
    built.write(text, user=user, chat=chat)
    entry = one(built)
    assert (entry.subject.id, entry.chat_id) == (str(user), chat)
    assert entry.message_id
    assert entry.detail == {"what": what, "why": why}


def invitations(built: House) -> None:
    soon, over = built.clock() + timedelta(hours=1), built.clock() - timedelta(seconds=1)
    for name, by, until in (("good", ANNA, soon), ("old", ANNA, over), ("olegs", OLEG, soon), ("used", ANNA, soon)):
        invite = Invite(Grant(Role.VIEWER), by, "@somebody", until)
        entry = Entry(EntryType.INVITED, Subject.person(by, "@somebody"), over - timedelta(hours=1))
        built.store.invites.add(f"inv_{name}", invite, entry)
    assert built.store.invites.redeem("inv_used", User(1999, "@new"), now=built.clock())


def test_a4_a_wrong_admin_code_is_written_down(shop):
    built, _ = shop
    built.store.users.put(User(ANNA, "@anna", everywhere(Role.OPERATOR)))
    built.store.settings.set("admin_code", "x" * 64)
    built.write("/start guessed", user=STRANGER, chat=STRANGER)
    assert one(built).detail == {"what": "admin_code", "why": "wrong_code"}


# Replies


def test_a4_an_answer_to_a_question_from_who_may_not_is_written_down_and_no_note(shop):
    built, _ = shop
    built.store.users.put(User(OLEG, "@oleg", (Grant(Role.OPERATOR, namespace="mail"),)))
    built.store.positions.put(Position(OLEG, 55, Verb.SEARCH, None, {"container": "app"}, POD))
    built.write("timeout", user=OLEG, chat=OLEG, reply_to=55)
    entry = one(built)
    assert (entry.subject.id, entry.object) == (str(OLEG), POD)
    assert entry.detail == {"what": "search", "why": "out_of_scope"}
    built.post.wait_text("lies outside")


# Presses that come to nothing


def offered(built: House, card: int, button: Button, chat: int = ANNA) -> str:
    (token,) = built.store.buttons.offer(chat, card, [button], built.clock())
    return token


OVER = [
    (Verb.TAKE, "already_resolved_by"),
    (Verb.RELEASE, "already_resolved_by"),
    (Verb.RESOLVE, "already_resolved_by"),
    (Verb.REJECT, "already_resolved_by"),
    (Verb.DO_SILENCE, "already_resolved"),
    (Verb.ESCALATE, "already_resolved"),
    (Verb.UNSILENCE, "not_silenced"),
    (Verb.STOP, "nothing_to_stop"),
]


def test_a4_a_press_on_what_is_over_is_written_down(shop):
    """R22: refused with how it is now."""
    built, _ = shop
    card = card_in(built, ANNA)
    built.press_token(card, offered(built, card, Button("", Verb.RESOLVE, incident_id=1)))
    for verb, _ in OVER:
        built.press_token(card, offered(built, card, Button("", verb, incident_id=1)), user=OLEG)
    assert [(each.detail["what"], each.detail["why"]) for each in denied(built)] == OVER
    assert {(e.subject.id, e.incident_id, e.chat_id, e.message_id) for e in denied(built)} == {
        (str(OLEG), 1, ANNA, card)
    }
    # Nobody was denied anything: the timeline is about the incident.
    built.press_token(card, offered(built, card, Button("", Verb.TIMELINE, incident_id=1)))
    built.post.wait_text("resolved it")
    assert "tried" not in built.post.messages[card].html


def test_a4_a_double_tap_is_written_down_with_its_run(shop):
    built, work = shop
    card = card_in(built, ANNA)
    args = {"action": "rollout_undo", "version": "77", "run": "run-1"}
    confirm = Button("", Verb.CONFIRM, args, CHECKOUT, 1, for_user=ANNA, once=True, lifetime=timedelta(seconds=60))
    token = offered(built, card, confirm)
    assert "That was quick" in built.press_token(card, token)
    built.clock.move(seconds=2)
    built.press_token(card, token)
    built.until(lambda: work.performed)
    built.press_token(card, token)
    told = [(e.detail["why"], e.detail["run"], e.detail["before_version"], e.object) for e in denied(built)]
    assert told == [("double_tap", "run-1", "77", CHECKOUT), ("used", "run-1", "77", CHECKOUT)]


REFUSED: list[tuple[Any, str]] = [
    (Preview(Plan("rollout_undo", CHECKOUT, "77"), refusal=Caution(cautions.DENIED, "quota")), cautions.DENIED),
    (WorkFailed(None, "forbidden", "no right", False), "forbidden"),
    (WorkFailed(None, "unreachable", "", True), "unreachable"),
]


@pytest.mark.parametrize(("answer", "why"), REFUSED)
def test_a4_what_the_cluster_refuses_at_the_choice_is_written_down(shop, answer, why):
    built, work = shop
    card = card_in(built, ANNA)
    built.cluster.answer = lambda asked: answer if isinstance(asked, MakePreview) else work(asked)
    choose_button = Button("", Verb.CHOOSE, {"action": "rollout_undo"}, CHECKOUT, 1)
    built.press_token(card, offered(built, card, choose_button))
    entry = one(built)
    chosen = next(e.entry for e in built.store.audit.page(limit=99) if e.entry.detail.get("what") == "preview")
    assert (chosen.type, chosen.object, chosen.detail["action"]) == (EntryType.LOOKED, CHECKOUT, "rollout_undo")
    assert (entry.object, entry.incident_id, entry.chat_id, entry.message_id) == (CHECKOUT, 1, ANNA, card)
    assert (entry.detail["what"], entry.detail["why"]) == ("rollout_undo", why)
    assert entry.detail["run"] == chosen.detail["run"]
    assert entry.detail.get("before_version", "") == ("77" if why == cautions.DENIED else "")


@pytest.mark.parametrize("ends", ["stopped", "lost"])
def test_a4_each_line_of_a_run_has_both_versions(shop, ends):
    built, work = shop
    card = card_in(built, ANNA)
    built.cluster.answer = lambda asked: lost(asked, work) if ends == "lost" else work(asked)
    action = "drain" if ends == "stopped" else "rollout_restart"
    args = {"action": action, "version": "77", "run": "run-1"}
    confirm = offered(built, card, Button("", Verb.CONFIRM, args, CHECKOUT, 1))
    built.clock.move(seconds=2)
    built.press_token(card, confirm)
    if ends == "stopped":
        built.until(lambda: built.store.incidents.get(1).run.undo)
        stop = offered(built, card, Button("", Verb.STOP, incident_id=1))
        built.press_token(card, stop, user=OLEG)
    built.until(lambda: not built.store.incidents.get(1).run.state.running)
    if ends == "lost":
        built.until(lambda: built.store.incidents.get(1).run.detail)
    run = [e.entry for e in built.store.audit.page(limit=99) if e.entry.detail.get("run") == "run-1"]
    assert {each.detail["before_version"] for each in run} == {"77"}
    assert {(each.incident_id, each.object, each.chat_id, each.message_id) for each in run} == {
        (1, CHECKOUT, ANNA, card)
    }
    last = EntryType.ACTION_STOPPED if ends == "stopped" else EntryType.ACTION_LOOKED_UP
    assert run[-1].type is last
    if ends == "stopped":
        assert (run[-1].subject.id, run[-1].detail["after_version"]) == (str(OLEG), "78")


def lost(asked: Any, work: Work) -> Any:
    """The answer to the change is lost."""
    return WorkFailed(None, "unknown_outcome", "", False) if isinstance(asked, PerformPlan) else work(asked)
