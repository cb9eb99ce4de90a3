"""Confirming what cannot be undone, and stopping what takes many steps, by messages."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.addresses import chat_address, incident_address
from chatops.actors.chat_messages import IncidentChanged
from chatops.actors.work import MakePreview, PerformPlan, ProceedPlan, WorkFailed
from chatops.core.actions import ActionState, Performed, Plan, Preview, Progress
from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.outgoing import Ephemeral
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.policy import Policy
from chatops.core.resources import ObjectRef
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body

OLEG = 1002
GROUP = -100_500
JOB = ObjectRef("Job", "nightly-report-29384760", "shop", "uid-9")
NODE = ObjectRef("Node", "worker-3", "", "uid-8")


class Work(Scene):
    """A scene that also drains: `steps` are the answers to the passes, in order."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.steps: list[Any] = []
        self.passes = 0

    def __call__(self, work: Any) -> Any:
        match work:
            case MakePreview(action, ref, params):
                return Preview(Plan(action, ref, "77", dict(params)))
            case PerformPlan(Plan(action="drain") as plan):
                self.performed.append(plan)
                return Performed(Plan("uncordon", plan.ref), "78")
            case ProceedPlan():
                self.passes += 1
                return self.steps.pop(0) if self.steps else None
            case _:
                return super().__call__(work)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Work]]:
    built = House(tmp_path)
    built.policy = Policy(protected=("shop",))
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    work = Work(built.clock)
    built.cluster.answer = work
    try:
        yield built, work
    finally:
        built.close()


def open_card(house: House, *, protected: bool = False) -> int:
    house.policy = Policy(protected=("shop",) if protected else ())
    house.start()
    house.post_webhook(body("firing_group_of_3"))
    return house.post.wait_text("keeps crashing")


def choose(house: House, card: int, action: str, ref: ObjectRef, *, chat: int = ANNA) -> None:
    """Press the button that chooses it, wherever a screen has it."""
    button = Button(action, Verb.CHOOSE, {"action": action}, ref, 1)
    (token,) = house.store.buttons.offer(chat, card, [button], house.clock())
    house.press_token(card, token, chat=chat)


def types(house: House) -> list[EntryType]:
    return [stored.entry.type for stored in house.store.audit.page(limit=1_000)]


def run_of(house: House) -> Any:
    return house.store.incidents.get(1).run


# A typed word


def test_what_cannot_be_undone_is_typed(shop):
    house, work = shop
    card = open_card(house)
    choose(house, card, "job_delete", JOB)
    house.post.wait_text("cannot be undone")
    labels = [key.label for row in house.post.messages[card].keyboard for key in row]
    assert not any("Delete" in label for label in labels)
    house.write("yes")
    house.write("29384760")
    house.until(lambda: work.performed)
    assert [plan.action for plan in work.performed] == ["job_delete"]
    house.until(lambda: run_of(house).state is ActionState.SUCCEEDED)


@pytest.mark.parametrize("who", ["somebody else", "a stranger", "too late", "twice"])
def test_a_word_counts_once_from_who_chose_it_in_time(shop, who):
    house, work = shop
    card = open_card(house)
    choose(house, card, "job_delete", JOB)
    house.post.wait_text("cannot be undone")
    match who:
        case "somebody else":
            house.write("29384760", user=OLEG)
        case "a stranger":
            house.write("29384760", user=666)
        case "too late":
            house.clock.move(seconds=121)
            house.write("29384760")
        case "twice":
            house.write("29384760")
            house.until(lambda: work.performed)
            house.write("29384760")
    if who != "twice":
        # Done, the card shows the incident again.
        house.press(card, "Cancel")
    house.until(lambda: not house.store.updates.pending())
    assert len(work.performed) == (1 if who == "twice" else 0)


# A second person


def in_a_group(house: House) -> int:
    house.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    card = open_card(house, protected=True)
    return int(house.post.wait(lambda post: next((n for n, m in post.messages.items() if m.chat_id == GROUP), card)))


def test_in_a_protected_namespace_somebody_else_approves(shop):
    house, work = shop
    card = in_a_group(house)
    choose(house, card, "job_delete", JOB, chat=GROUP)
    question = house.post.wait_text("somebody else who may act")
    house.clock.move(seconds=2)
    assert "somebody else" in house.press(question, "Approve", user=ANNA, chat=GROUP)
    assert not work.performed
    assert "Started" in house.press(question, "Approve", user=OLEG, chat=GROUP)
    house.until(lambda: run_of(house).state is ActionState.SUCCEEDED)
    assert len(work.performed) == 1
    assert run_of(house).by_id == ANNA
    requested = next(e.entry for e in house.store.audit.page(limit=99) if e.entry.type is EntryType.ACTION_REQUESTED)
    assert requested.subject.id == str(OLEG)
    assert requested.detail["asked_by"] == f"@u{ANNA} ({ANNA})"


def test_from_a_private_chat_the_question_goes_where_others_see_it(shop):
    house, work = shop
    house.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    card = open_card(house, protected=True)
    house.until(lambda: GROUP in house.store.cards.audience(1))
    choose(house, card, "job_delete", JOB)
    question = int(
        house.post.wait(
            lambda post: next((n for n, m in post.messages.items() if m.chat_id == GROUP and "may act" in m.html), None)
        )
    )
    house.until(lambda: house.store.positions.get(GROUP, question))
    house.clock.move(seconds=2)
    house.press(question, "Approve", user=OLEG, chat=GROUP)
    house.until(lambda: work.performed)
    house.post.wait(lambda post: "Deleted job" in post.messages[card].html)


# Many steps


def drain(house: House) -> int:
    card = open_card(house)
    choose(house, card, "drain", NODE)
    house.post.wait_text("Drain node")
    house.clock.move(seconds=2)
    house.press(card, "🚚 Drain")
    return card


def test_a_drain_goes_on_step_by_step_to_its_end(shop):
    house, work = shop
    work.steps = [Progress(1, 3, "2 leaving"), Progress(2, 3, "1 leaving"), Progress(3, 3, finished=True)]
    drain(house)
    house.post.wait_text("Drained node")
    assert (len(work.performed), work.passes) == (1, 3)
    assert run_of(house).undo.action == "uncordon"


def test_a_drain_is_stopped_between_two_steps(shop):
    house, work = shop
    work.steps = [Progress(1, 3, "blocked by PDB shop/orders-db")]
    card = drain(house)
    house.post.wait_text("blocked by PDB")
    assert "Stopped" in house.press(card, "⏹ Stop")
    house.post.wait_text("Stopped by hand")
    text = house.post.messages[card].html
    assert "1 of 3 pods gone" in text
    assert "stays cordoned" in text
    assert house.post.button(card, "Go on")
    assert house.post.button(card, "Undo")
    assert types(house)[-1] is EntryType.ACTION_STOPPED
    assert "Nothing is running" in house.press_token(card, _stop_token(house, card))


def _stop_token(house: House, card: int) -> str:
    (token,) = house.store.buttons.offer(ANNA, card, [Button("", Verb.STOP, incident_id=1)], house.clock())
    return token


def test_an_executor_lost_on_a_step_ends_the_drain_and_says_how_far_it_came(shop):
    house, work = shop
    work.steps = [Progress(2, 3, "1 leaving"), WorkFailed(None, "unknown_outcome", "", False)]
    card = drain(house)
    house.post.wait_text("Interrupted between two steps")
    assert "2 of 3 pods gone" in house.post.messages[card].html
    assert run_of(house).state is ActionState.INTERRUPTED


def test_a_cluster_that_is_away_for_a_step_is_asked_again(shop):
    house, work = shop
    work.steps = [WorkFailed(None, "unreachable", "", True), Progress(3, 3, finished=True)]
    drain(house)
    house.post.wait_text("Drained node")


def test_a_drain_does_not_go_on_by_itself_after_a_restart(shop):
    house, work = shop
    work.steps = [Progress(1, 3, "2 leaving")]
    drain(house)
    house.post.wait_text("2 leaving")
    house.stop()
    before = work.passes
    house.start()
    house.directory.tell(incident_address(1), IncidentChanged(1, 0))
    house.directory.tell(chat_address(ANNA), IncidentChanged(1, 0))
    house.post.wait_text("Interrupted between two steps")
    assert work.passes == before


def test_a_word_that_was_written_before_the_question_is_no_answer_to_it(shop):
    """It may have been meant for an earlier question about the same object, and come late."""
    house, work = shop
    open_card(house)
    args = {"action": "job_delete", "version": "77", "run": "r1", "typed": "1"}
    button = Button("x", Verb.CONFIRM, args, JOB, 1, for_user=ANNA, lifetime=timedelta(seconds=60), once=True)
    house.store.buttons.offer(ANNA, None, [button], house.clock() + timedelta(seconds=1))
    house.write("29384760")
    house.until(lambda: not house.store.updates.pending())
    assert house.store.incidents.get(1).run is None
    house.clock.move(seconds=2)
    house.write("29384760")
    house.until(lambda: work.performed)


# Where the server shows messages to one person


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_in_a_group_what_takes_a_word_or_a_second_person_is_asked_of_all(shop, protected, beside):
    """From the card, and from a message that Anna alone sees, which stays as it was."""
    house, work = shop
    house.post.shows_alone = True
    house.store.chats.put(Chat(ANNA, ChatKind.PRIVATE))
    house.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    card = open_card(house, protected=protected)
    house.until(lambda: house.store.cards.by_message(GROUP, card))
    button = Button("job_delete", Verb.CHOOSE, {"action": "job_delete"}, JOB, 1)
    at = -9_001 if beside else card
    number = house.store.shown_alone.sent(GROUP, Ephemeral(ANNA, 9_001), house.clock()) if beside else card
    (token,) = house.store.buttons.offer(GROUP, number, [button], house.clock())
    house.press_token(at, token, chat=GROUP)
    question = house.post.wait_text("somebody else who may act" if protected else "cannot be undone")
    assert question > card
    assert house.post.messages[question].only is None
    assert -9_001 not in house.post.messages
    house.until(lambda: house.store.positions.get(GROUP, question))
    house.clock.move(seconds=2)
    if protected:
        assert "Started" in house.press(question, "Approve", user=OLEG, chat=GROUP)
    else:
        house.write("29384760", chat=GROUP)
    house.until(lambda: work.performed)
