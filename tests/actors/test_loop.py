"""The loop by its messages: webhook in, card out, tap in, change made once, audit written."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address, incident_address
from chatops.actors.chat_messages import IncidentChanged
from chatops.actors.messages import Happened
from chatops.actors.telegram_messages import NotDelivered
from chatops.actors.work import WorkFailed
from chatops.core.actions import ActionState, Progress
from chatops.core.audit import EntryType
from chatops.core.incidents import Person, Press, Status
from chatops.core.incidents.events import RunAction
from chatops.core.outgoing import EditMessage, SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body, resolved
from tests.actors.sender import Sender

OLEG, EVE = 1002, 1003
GROUP = -100_500


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Scene]]:
    with house(tmp_path) as built:
        scene = Scene(built.clock)
        built.cluster.answer = scene
        yield built, scene


def open_card(shop: House, name: str = "firing_group_of_3") -> int:
    shop.post_webhook(body(name))
    return shop.post.wait_text("keeps crashing")


def confirmed(shop: House, card: int) -> str:
    """Choose the roll back, read the confirm, press it; the toast."""
    shop.press(card, "Roll back to 42")
    shop.post.wait_text("to revision 42?")
    shop.clock.move(seconds=2)
    return shop.press(card, "↩️ Roll back")


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def test_one_group_is_one_message_for_its_whole_life(shop):
    built, _ = shop
    card = open_card(built)
    built.post_webhook(body("firing_group_of_3"))
    built.post_webhook(body("firing_group_grown_to_4"))
    built.post.wait_text("4 alerts")
    built.post_webhook(body("group_partly_resolved"))
    built.post.wait_text("3 alerts")
    built.post_webhook(body("group_all_resolved"))
    assert built.post.wait_text("🟢") == card
    assert built.post.sent == 1
    assert built.store.incidents.get(1).status is Status.RESOLVED


def test_two_taps_change_the_cluster_once_and_are_audited(shop):
    built, scene = shop
    card = open_card(built)
    assert "Started" in confirmed(built, card)
    built.post.wait_text("Rolled back")
    assert [plan.params["revision"] for plan in scene.performed] == ["42"]
    assert types(built)[-3:] == [
        EntryType.ACTION_REQUESTED,
        EntryType.ACTION_PERFORMED,
        EntryType.ACTION_FINISHED,
    ]
    assert built.store.audit.verify() is None


def test_a_confirm_pressed_at_once_is_a_double_tap(shop):
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    assert "quick" in built.press(card, "↩️ Roll back")
    assert not scene.performed


def test_r22_a_confirm_works_once(shop):
    """R22: the second tap is told so."""
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    token = built.post.button(card, "↩️ Roll back")
    built.clock.move(seconds=2)
    built.press_token(card, token)
    built.post.wait_text("Rolled back")
    assert "pressed already" in built.press_token(card, token)
    assert len(scene.performed) == 1


def test_a_confirm_that_came_second_is_done_with(shop):
    """Two presses that were both judged before either counted: neither is left for the next start."""
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    token = built.post.button(card, "↩️ Roll back")
    built.clock.move(seconds=2)
    built.press_token(card, token)
    built.post.wait_text("Rolled back")
    run = built.store.incidents.get(1).run
    second = RunAction(Press(Person(ANNA, "@u1001"), ANNA, card, "q"), run.id, run.plan)
    built.store.updates.store([(9_999, ANNA, b"{}")], built.clock())
    built.directory.tell(incident_address(1), Happened(second, 9_999, token))
    built.until(lambda: not built.store.updates.pending())
    assert len(scene.performed) == 1


def test_k8_a_confirm_that_waited_too_long_is_not_acted_on(shop):
    """K8: pressed in time and heard of later, because nobody listened: it has expired, and the person is told."""
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    anna = Sender(built)
    built.stop()
    number = anna.press(card, "↩️ Roll back")
    built.clock.move(minutes=5)
    built.start()
    anna.resume()
    toast = built.post.wait(lambda post: next((t for t in post.toasts if t.callback_id == f"q{number}"), None))
    assert "expired" in toast.text
    assert not scene.performed
    built.until(lambda: built.store.updates.pending() == ())


def test_k8_what_was_confirmed_runs_without_telegram_and_is_told_later(shop):
    """K8: the run waits for nobody to see it; the card has its result once there is a way to it."""
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    built.clock.move(seconds=2)
    token = built.post.button(card, "↩️ Roll back")
    with built.post.away():
        built.tap(card, token)
        built.until(lambda: (run := built.store.incidents.get(1).run) and run.state is ActionState.SUCCEEDED)
        assert "to revision 42?" in built.post.messages[card].html
    assert built.post.wait_text("Rolled back") == card
    assert (built.post.sent, len(scene.performed)) == (1, 1)


def test_k8_a_confirm_expires_and_the_card_comes_back(shop):
    built, scene = shop
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    built.clock.move(seconds=61)
    assert "expired" in built.press(card, "↩️ Roll back")
    built.post.wait_text("keeps crashing")
    assert not scene.performed


def test_only_who_chose_can_confirm(shop):
    built, scene = shop
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    card = open_card(built)
    built.press(card, "Roll back to 42")
    built.post.wait_text("to revision 42?")
    built.clock.move(seconds=2)
    assert "only they can confirm" in built.press(card, "↩️ Roll back", user=OLEG)
    assert not scene.performed
    assert types(built)[-1] is EntryType.DENIED


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_not_act_is_told_and_audited(shop, role):
    built, scene = shop
    if role:
        built.store.users.put(User(EVE, "@eve", everywhere(role)))
    card = open_card(built)
    assert "⛔" in built.press(card, "Roll back to 42", user=EVE)
    assert types(built)[-1] is EntryType.DENIED
    assert not scene.performed


def test_an_unknown_button_says_so_and_redraws(shop):
    built, _ = shop
    card = open_card(built)
    built.press(card, "Resources")
    built.post.wait_text("› Resources")
    assert "not known" in built.press_token(card, "A" * 20)
    built.post.wait_text("keeps crashing")


def test_the_way_down_and_back(shop):
    built, _ = shop
    card = open_card(built)
    for label, seen in (
        ("Resources", "› Resources"),
        ("deploy checkout", "› Pods"),
        ("x2k4q", "QoS"),
        ("Logs", "line &lt;b&gt;1&lt;/b&gt;"),
        ("200 lines", "tail 200"),
        ("« Pod", "QoS"),
        ("Describe", "status: bad"),
        ("« Pod", "QoS"),
        ("« Pods", "› Pods"),
        ("Events", "back-off restarting"),
        ("« Pods", "› Pods"),
        ("« Resources", "› Resources"),
        ("« Incident", "keeps crashing"),
        ("Timeline", "alerts firing"),
    ):
        built.press(card, label)
        assert built.post.wait_text(seen) == card
    assert built.post.sent == 1


def test_logs_as_a_file_come_below(shop):
    built, _ = shop
    card = open_card(built)
    built.press(card, "Crash logs")
    built.post.wait_text("newest at the bottom")
    built.press(card, "As file")
    document = built.post.wait(lambda post: next(iter(post.others), None))
    assert document.reply_to == card
    assert b"line <b>1</b>" in document.content


def test_taking_resolving_and_rejecting(shop):
    built, _ = shop
    card = open_card(built)
    assert "You took #1" in built.press(card, "Take")
    built.post.wait_text("@u1001 has it")
    built.press(card, "Reject")
    built.post.wait_text("Why is it not an incident?")
    assert "rejected" in built.press(card, "Planned work")
    built.post.wait_text("Planned work")
    incident = built.store.incidents.get(1)
    assert (incident.status, incident.reason) == (Status.REJECTED, "Planned work")


def test_a_cluster_that_does_not_answer_is_said_on_the_card_and_asked_again(shop):
    built, scene = shop
    built.cluster.answer = lambda work: WorkFailed(None, "unreachable", "connection refused", True)
    built.post_webhook(body("firing_group_of_3"))
    card = built.post.wait_text("cannot be reached")
    labels = [key.label for row in built.post.messages[card].keyboard for key in row]
    assert any("Take" in label for label in labels)
    assert not any("Roll back" in label for label in labels)
    built.cluster.answer = scene
    built.press(card, "🔄")
    built.post.wait_text("keeps crashing")


def test_a_failed_action_says_why_and_can_be_chosen_again(shop):
    built, scene = shop
    card = open_card(built)

    def refuse(work):
        if type(work).__name__ == "PerformPlan":
            return WorkFailed(None, "forbidden", "deployments.apps is forbidden", False)
        return scene(work)

    built.cluster.answer = refuse
    confirmed(built, card)
    built.post.wait_text("Could not roll back")
    assert "RBAC" in built.post.messages[card].html
    assert built.post.button(card, "Try again")


def test_a_change_that_may_not_be_looked_after_is_not_told_as_failed(shop):
    built, scene = shop
    card = open_card(built)

    def refuse(work):
        if type(work).__name__ == "FollowPlan":
            return WorkFailed(None, "forbidden", "deployments.apps is forbidden", False)
        return scene(work)

    built.cluster.answer = refuse
    confirmed(built, card)
    built.post.wait_text("the change is in the cluster")
    assert len(scene.performed) == 1


def test_a_restart_in_the_middle_of_an_action_never_sends_it_again(shop):
    built, scene = shop
    card = open_card(built)
    built.cluster.answer = lambda work: None if type(work).__name__ == "PerformPlan" else scene(work)
    confirmed(built, card)
    built.post.wait_text("Rolling back")
    built.stop()
    scene.happened = True
    built.cluster.answer = scene
    built.start()
    built.directory.tell(("incident", 1), IncidentChanged(1, 0))
    built.post.wait_text("the change is in the cluster")
    assert not scene.performed
    assert EntryType.ACTION_LOOKED_UP in types(built)


def test_a_performed_action_is_followed_on_after_a_restart(shop):
    built, scene = shop
    scene.progress = Progress(3, 5)
    card = open_card(built)
    confirmed(built, card)
    built.post.wait_text("asking the cluster")
    built.stop()
    scene.progress = Progress(5, 5, finished=True)
    built.start()
    built.directory.tell(("incident", 1), IncidentChanged(1, 0))
    built.post.wait_text("Rolled back")
    assert len(scene.performed) == 1


def test_every_button_works_after_a_restart(shop):
    built, _ = shop
    card = open_card(built)
    built.press(card, "Resources")
    built.post.wait_text("› Resources")
    built.stop()
    built.start()
    built.press(card, "deploy checkout")
    built.post.wait_text("› Pods")


def test_r9_bodies_that_cannot_be_read_are_kept_and_told_of_once_in_a_while(shop):
    """R9: a receiver with a payload of its own sends many; a word for each would hold up the incidents."""
    built, _ = shop
    for number in range(20):
        built.post_webhook(b"nonsense %d" % number)
    # Behind all of them.
    open_card(built)
    assert len(built.store.inbox.quarantined()) == 20
    built.clock.move(minutes=6)
    built.post_webhook(b"nonsense again")
    built.post.wait_text("since the last word of them: 20")
    assert built.post.sent == 3


def test_r9_a_body_that_cannot_be_read_is_kept_and_told_to_the_admins(shop):
    """R9: with what is wrong with it, and a line of the audit log."""
    built, _ = shop
    built.post_webhook(b'{"text": "not a webhook"}')
    built.post.wait_text("could not be understood")
    assert len(built.store.inbox.quarantined()) == 1
    assert types(built)[-1] is EntryType.QUARANTINED


def test_r18_a_deleted_card_is_posted_again_once(shop):
    """R18: its incident is open, and somebody deleted its message."""
    built, _ = shop
    card = open_card(built)
    gone = {card}

    def refuse(deliver):
        edit = deliver.outgoing
        if isinstance(edit, EditMessage) and edit.message_id in gone:
            return NotDelivered(deliver.tag, "message_gone", "message to edit not found")
        return None

    built.post.refuse = refuse
    built.post_webhook(body("firing_group_grown_to_4"))
    built.post.wait(lambda post: post.sent == 2)
    built.until(lambda: (now := built.store.cards.get(ANNA, 1)) and now.message_id != card)


def test_a_chat_that_blocked_the_bot_catches_up_when_it_returns(shop):
    built, _ = shop
    built.post.refuse = lambda deliver: (
        NotDelivered(deliver.tag, "blocked", "bot was blocked by the user")
        if isinstance(deliver.outgoing, SendMessage)
        else None
    )
    built.post_webhook(body("firing_group_of_3"))
    built.until(lambda: built.store.chats.get(ANNA).unreachable)
    built.post.refuse = lambda deliver: None
    built.write("/incidents")
    built.post.wait_text("keeps crashing")


def test_r16_a_group_becoming_a_supergroup_keeps_its_card(shop):
    """R16: all that is known of the old chat is the new one's."""
    built, _ = shop
    card = open_card(built)
    built.post.refuse = lambda deliver: (
        NotDelivered(deliver.tag, "migrated", "", -1005) if deliver.outgoing.chat_id == ANNA else None
    )
    built.post_webhook(body("firing_group_grown_to_4"))
    built.until(lambda: built.store.cards.get(-1005, 1))
    assert built.store.cards.get(-1005, 1).message_id == card


def test_two_bodies_of_an_ha_pair_are_one_incident_and_one_message(shop):
    built, _ = shop
    for name in ("ha_duplicate_a", "ha_duplicate_b"):
        built.post_webhook(body(name))
    built.post.wait(lambda post: post.sent)
    built.post_webhook(resolved("ha_duplicate_a"))
    built.post.wait_text("🟢")
    assert built.store.incidents.get(2) is None
    assert built.post.sent == 1


def test_a_stranger_learns_only_their_own_id(shop):
    built, _ = shop
    open_card(built)
    built.write("/incidents", user=EVE, chat=EVE)
    stranger = built.post.wait_text(f"<code>{EVE}</code>")
    assert "checkout" not in built.post.messages[stranger].html
    built.directory.tell(chat_address(EVE), IncidentChanged(1, 1))
    built.write("/history", user=EVE, chat=EVE)
    assert all("checkout" not in m.html for m in built.post.messages.values() if m.chat_id == EVE)


@pytest.mark.parametrize(("before", "after"), [(b"", b""), (b"\xef\xbb\xbf", b""), (b"", b"\xfc\xff")])
def test_bytes_that_are_no_text_hide_no_alert(shop, before, after):
    built, _ = shop
    built.post_webhook(before + body("firing_group_of_3").replace(b"cart-0", b"cart-0" + after))
    built.post.wait_text("3 alerts")
    pods = sorted(episode.alert.labels["pod"] for episode in built.store.incidents.get(1).episodes)
    assert pods == ["cart-0" + "\N{REPLACEMENT CHARACTER}" * len(after), "cart-1", "cart-2"]


def test_who_writes_does_not_wait_for_all_the_cards(shop):
    built, _ = shop
    anna = Chat(ANNA, ChatKind.PRIVATE)
    built.store.chats.put(anna)
    for name in ("firing_group_of_3", "firing_single", "inhibiting_critical"):
        built.post_webhook(body(name))
    built.until(lambda: built.store.pages.open(0, 10)[0] == 3)
    built.store.chats.put(replace(anna, subscribed=True))
    built.write("/help")
    built.post.wait(lambda post: post.sent == 4)
    # One card may be under way already, for what a survey tells; the answer waits for no further one.
    assert any("/history" in built.post.messages[number].html for number in (1, 2))
    built.until(lambda: len(built.store.cards.for_chat(ANNA)) == 3)


def test_a_crash_after_the_card_arrived_sends_no_second(shop, monkeypatch):
    built, _ = shop
    together, crashes = built.store.together, []

    def crash_once(change):
        together(change)
        if not crashes and built.store.cards.for_chat(ANNA):
            crashes.append(built.store.cards.for_chat(ANNA)[0].message_id)
            raise RuntimeError("killed")

    monkeypatch.setattr(built.store, "together", crash_once)
    card = open_card(built)
    built.until(lambda: crashes)
    assert "took" in built.press(card, "Take")
    built.post.wait_text("@u1001 has it")
    assert (crashes, built.post.sent) == ([card], 1)


@pytest.fixture
def team(shop):
    """A subscribed group beside Anna's own chat; Oleg may act, Eve is nobody."""
    built, scene = shop
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    return built, scene


def card_in(shop: House, chat: int) -> int:
    return shop.post.wait(
        lambda post: next(
            (n for n, m in post.messages.items() if m.chat_id == chat and "keeps crashing" in m.html), None
        )
    )


def test_every_subscribed_chat_has_one_card_and_sees_who_took_it(team):
    built, _ = team
    built.post_webhook(body("firing_group_of_3"))
    mine, ours = card_in(built, ANNA), card_in(built, GROUP)
    built.press(ours, "Take", user=OLEG, chat=GROUP)
    for card in (mine, ours):
        built.post.wait(lambda post, card=card: "has it since" in post.messages[card].html)
    assert built.post.sent == 2


def test_in_a_group_the_way_down_is_a_message_of_its_own(team):
    built, scene = team
    built.post_webhook(body("firing_group_of_3"))
    ours = card_in(built, GROUP)
    built.press(ours, "Resources", user=OLEG, chat=GROUP)
    beside = built.post.wait_text("› Resources")
    assert beside != ours
    assert built.post.messages[beside].reply_to == ours
    built.press(beside, "deploy checkout", user=OLEG, chat=GROUP)
    assert built.post.wait_text("› Pods") == beside
    built.press(beside, "Roll back", user=OLEG, chat=GROUP)
    assert built.post.wait_text("to revision 42?") == beside
    built.clock.move(seconds=2)
    built.press(beside, "↩️", user=OLEG, chat=GROUP)
    for message in (ours, beside):
        built.post.wait(lambda post, message=message: "Rolled back" in post.messages[message].html)
    assert len(scene.performed) == 1


def test_two_people_confirm_and_one_action_runs(team):
    built, scene = team
    built.post_webhook(body("firing_group_of_3"))
    mine, ours = card_in(built, ANNA), card_in(built, GROUP)
    built.press(mine, "Roll back to 42")
    built.post.wait(lambda post: "to revision 42?" in post.messages[mine].html)
    built.press(ours, "Roll back to 42", user=OLEG, chat=GROUP)
    theirs = built.post.wait(
        lambda post: next((n for n, m in post.messages.items() if n != mine and "to revision 42?" in m.html), None)
    )
    built.clock.move(seconds=2)
    built.cluster.answer = lambda work: None if type(work).__name__ == "PerformPlan" else scene(work)
    assert "Started" in built.press(mine, "↩️")
    assert "already runs an action" in built.press(theirs, "↩️", user=OLEG, chat=GROUP)


def test_lists_page_and_open_what_is_pressed(shop):
    built, _ = shop
    told = json.loads(body("firing_single"))
    for number in range(10):
        told["groupKey"] = f"{{}}:{{n={number}}}"
        told["alerts"][0]["fingerprint"] = f"{number:016x}"
        built.post_webhook(json.dumps(told).encode())
    built.post.wait(lambda post: post.sent == 10)
    built.write("/incidents")
    listed = built.post.wait_text("10 open")
    built.press(listed, "›")
    built.post.wait(lambda post: "#1</code>" in post.messages[listed].html)
    built.press(listed, "#1")
    built.post.wait(lambda post: "nobody yet" in post.messages[listed].html)
    built.write("/history")
    built.post.wait_text("No incident has ended yet")


def test_a_message_that_shows_another_incident_now_is_not_drawn_over(shop):
    """Two of a list are opened in the same message before it was drawn: the last of them stands, whatever changes."""
    built, _ = shop
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.post_webhook(body("firing_single"))
    built.post_webhook(body("firing_group_of_3"))
    built.post.wait(lambda post: post.sent == 2)
    built.write("/incidents", user=OLEG, chat=OLEG)
    listed = built.post.wait_text("2 open")
    first, second = (built.post.button(listed, label) for label in ("#1", "#2"))
    built.press_token(listed, first, user=OLEG, chat=OLEG)
    built.until(lambda: built.store.cards.get(OLEG, 1))
    built.press_token(listed, second, user=OLEG, chat=OLEG)
    built.post.wait(lambda post: "#2<" in post.messages[listed].html)
    built.post_webhook(body("firing_group_grown_to_4"))
    built.post.wait(lambda post: "4 alerts" in post.messages[listed].html)
    built.until(lambda: built.store.cards.get(ANNA, 1))
    built.press(built.store.cards.get(ANNA, 1).message_id, "Take")
    built.until(lambda: built.store.incidents.get(1).taken_by)
    built.write("/help", user=OLEG, chat=OLEG)
    built.post.wait(lambda post: any("/history" in m.html for m in post.messages.values() if m.chat_id == OLEG))
    assert "#2<" in built.post.messages[listed].html
    assert built.store.cards.get(OLEG, 2) is None


def test_a_group_that_a_stranger_added_the_bot_to_is_left(shop):
    built, _ = shop
    built.join(GROUP, by=EVE)
    left = built.post.wait(lambda post: next(iter(post.others), None))
    assert (type(left).__name__, left.chat_id) == ("LeaveChat", GROUP)
