"""A3: what cannot be written to the audit log does not happen: no change, no incident closed, no command run."""

import pytest

from chatops.actors import base, unwritten
from chatops.actors.work import PerformPlan, ReadReport
from chatops.core.actions import ActionState
from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.failures import Reason, Temporary
from chatops.core.incidents import Status
from chatops.core.people import Role, User, everywhere
from tests.actors.house import ANNA, House
from tests.actors.scene import POD, Scene, body
from tests.outside import refuse, unwatch

EVE = 1003
NOT_DONE = "⚠️ Not done: it could not be written down. Nothing was changed, try again"


@pytest.fixture
def shop(tmp_path):
    built = House(tmp_path)
    scene = Scene(built.clock)
    built.cluster.answer = scene
    built.start()
    built.post_webhook(body("firing_group_of_3"))
    try:
        yield built, scene, built.post.wait_text("keeps crashing")
    finally:
        built.close()


class Broken:
    """The audit log takes no line of these types any more; `mended` ends that."""

    def __init__(self, house, *types):
        self._house = house
        listed = ", ".join(f"'{each}'" for each in types)
        refuse(house.url, "INSERT", "audit", "no line can be written", when=f"NEW.type IN ({listed})")

    def mended(self):
        unwatch(self._house.url, "refused_audit", "audit")


def asked(house, kind):
    return [work for work in list(house.cluster.work.queue) if isinstance(work, kind)]


def entries(house):
    return [stored.entry for stored in house.store.audit.page(limit=1_000)]


def confirming(house, card):
    """The token of a confirm that waits to be pressed."""
    house.press(card, "Roll back to 42")
    house.post.wait_text("to revision 42?")
    house.clock.move(seconds=2)
    return house.post.button(card, "↩️ Roll back")


def test_a3_a_change_that_cannot_be_written_down_does_not_run(shop):
    house, scene, card = shop
    token = confirming(house, card)
    before = entries(house)
    broken = Broken(house, EntryType.ACTION_REQUESTED)
    assert house.press_token(card, token) == NOT_DONE
    assert scene.performed == []
    assert asked(house, PerformPlan) == []
    incident = house.store.incidents.get(1)
    assert (incident.run, incident.taken_by) == (None, None)
    assert entries(house) == before
    assert house.store.buttons.find(token).used_at is None
    # They were told to try again: the same press must not count after a start.
    house.until(lambda: not house.store.updates.pending())
    broken.mended()
    house.press_token(card, token)
    house.until(lambda: house.store.incidents.get(1).run.state is ActionState.SUCCEEDED)
    assert len(scene.performed) == 1


@pytest.mark.parametrize(("label", "type"), [("Take", EntryType.ACKNOWLEDGED), ("Resolve", EntryType.RESOLVED)])
def test_a3_an_incident_is_not_changed_unwritten(shop, label, type):
    house, _, card = shop
    verb = Verb.TAKE if label == "Take" else Verb.RESOLVE
    (token,) = house.store.buttons.offer(ANNA, card, [Button(label, verb, incident_id=1)], house.clock())
    before, lines = house.store.incidents.get(1), entries(house)
    broken = Broken(house, type)
    assert house.press_token(card, token) == NOT_DONE
    after = house.store.incidents.get(1)
    assert (after.status, after.taken_by, after.closed_by) == (Status.ACTIVE, None, None)
    assert after.revision == before.revision
    assert entries(house) == lines
    broken.mended()
    house.press_token(card, token)
    house.until(lambda: type in [each.type for each in entries(house)])


def test_a3_a_diagnostic_that_cannot_be_written_down_does_not_run(shop):
    house, _, card = shop
    house.store.positions.put(Position(ANNA, card, Verb.CARD, 1))
    args = {"report": "exec_diag", "container": "app", "command": "disk"}
    (token,) = house.store.buttons.offer(ANNA, card, [Button("x", Verb.REPORT, args, POD, 1)], house.clock())
    broken = Broken(house, EntryType.LOOKED)
    assert house.press_token(card, token) == NOT_DONE
    assert asked(house, ReadReport) == []
    broken.mended()
    house.press_token(card, token)
    house.until(lambda: asked(house, ReadReport))


def test_a4_a_denied_confirm_says_at_what_it_was_aimed(shop):
    house, scene, card = shop
    token = confirming(house, card)
    house.store.users.put(User(EVE, "@eve", everywhere(Role.OPERATOR)))
    house.press_token(card, token, user=EVE)
    house.press_token(card, token)
    house.until(lambda: any(each.type is EntryType.ACTION_FINISHED for each in entries(house)))
    told = entries(house)
    (denied,) = [each for each in told if each.type is EntryType.DENIED]
    assert (denied.subject.id, denied.incident_id, denied.object) == (str(EVE), 1, scene.performed[0].ref)
    assert (denied.chat_id, denied.message_id) == (ANNA, card)
    assert (denied.detail["why"], denied.detail["what"]) == ("not_theirs", scene.performed[0].action)
    chosen, *acting = [each for each in told if each.detail.get("run")]
    assert (chosen.type, chosen.detail["what"]) == (EntryType.LOOKED, "preview")
    assert chosen.detail["run"] == acting[0].detail["run"]
    assert [each.type for each in acting] == [
        EntryType.DENIED,
        EntryType.ACTION_REQUESTED,
        EntryType.ACTION_PERFORMED,
        EntryType.ACTION_FINISHED,
    ]
    assert len({each.detail["run"] for each in acting}) == 1
    assert {each.detail["before_version"] for each in acting} == {"77"}
    assert [each.detail.get("after_version") for each in acting[2:]] == ["78", "78"]
    assert acting[-1].detail["outcome"] == "succeeded"


def test_a3_a_refusal_that_cannot_be_written_down_is_told_too(shop):
    house, _, card = shop
    house.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    broken = Broken(house, EntryType.DENIED)
    assert house.press(card, "Take", user=EVE, chat=ANNA) == NOT_DONE
    broken.mended()
    assert "you may look" in house.press(card, "Take", user=EVE, chat=ANNA)


def test_a3_nobody_is_let_in_shut_out_or_subscribed_unwritten(shop):
    house, _, card = shop
    house.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    disable = Button("x", Verb.DECIDE, {"user": str(EVE), "act": "disable"})
    give = Button("y", Verb.GIVE, {"role": "admin"})
    tokens = house.store.buttons.offer(ANNA, card, [disable, give], house.clock())
    house.clock.move(seconds=2)
    broken = Broken(house, EntryType.DISABLED, EntryType.INVITED, EntryType.CHAT_REMOVED)
    for token in tokens:
        assert house.press_token(card, token) == NOT_DONE
    house.write("/unsubscribe")
    reply = house.post.wait_text("could not be written down")
    assert house.post.messages[reply].reply_to is not None
    assert not house.store.users.get(EVE).disabled
    assert house.store.chats.get(ANNA).subscribed
    house.until(lambda: not house.store.updates.pending())
    broken.mended()
    assert house.press_token(card, tokens[0]) == "🚫 Disabled"


def test_a3_a_note_that_cannot_be_written_down_is_said_to_be_none(shop):
    house, _, card = shop
    Broken(house, EntryType.NOTED)
    house.write("it was the disk", reply_to=card)
    house.post.wait_text("could not be written down")
    assert EntryType.NOTED not in [each.type for each in entries(house)]


def test_a3_a_press_told_to_be_tried_again_is_put_aside_when_the_disk_is_back(shop, monkeypatch):
    """It must not count at the next start: they may have pressed again meanwhile, or thought better of it."""
    house, _, card = shop
    Broken(house, EntryType.ACKNOWLEDGED)
    away, done = [Temporary(Reason.SERVER_ERROR, "disk full")] * 2, house.store.updates.done

    def fails_twice(update_id, now=None):
        if away:
            raise away.pop()
        done(update_id, now)

    monkeypatch.setattr(house.store.updates, "done", fails_twice)
    monkeypatch.setattr(unwritten, "AGAIN_SECONDS", 0.01)
    assert house.press(card, "Take") == NOT_DONE
    house.until(lambda: not house.store.updates.pending())
    assert house.store.incidents.get(1).taken_by is None


@pytest.fixture(autouse=True)
def nobody_dies(monkeypatch):
    """An actor that ended for it would take others' mail with it, and its restarts are counted."""
    told = []

    class Log:
        def error(self, event, **words):
            told.append((event, words))

        def warning(self, *_, **__):
            pass

    monkeypatch.setattr(base, "log", Log())
    yield
    assert told == []
