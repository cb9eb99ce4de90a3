"""In a group, what a press asks for is shown to who pressed, in a message that is bound to them and to nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.telegram_messages import NotDelivered
from chatops.core.buttons import Button, Verb
from chatops.core.outgoing import EditMessage, Ephemeral, ForPresser, SendDocument
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from tests.actors.house import ANNA, House, house
from tests.actors.scene import body
from tests.actors.test_reading_logs import LogScene

OLEG = 1002
GROUP = -100_500


@pytest.fixture
def team(tmp_path: Path) -> Iterator[House]:
    """A group whose server shows messages to one person; Anna and Oleg may act."""
    with house(tmp_path) as built:
        built.cluster.answer = LogScene(built.clock)
        built.post.shows_alone = True
        built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
        built.store.chats.put(Chat(ANNA, ChatKind.PRIVATE))
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
        built.post_webhook(body("firing_group_of_3"))
        yield built


def card_of(team: House) -> int:
    card = team.post.wait_text("keeps crashing")
    team.until(lambda: team.store.cards.by_message(GROUP, card))
    return card


def opened(team: House, user: int = OLEG) -> int:
    """The resources, asked for from the card."""
    before = set(team.post.messages)
    team.press(card_of(team), "Resources", user=user, chat=GROUP)
    found = team.post.wait(
        lambda post: next((n for n, m in post.messages.items() if n not in before and "› Resources" in m.html), None)
    )
    team.until(lambda: any(each.message_id < 0 for each in team.store.positions.showing(GROUP, 1)))
    return int(found)


def seen_by_all(team: House) -> list[str]:
    return [m.html for n, m in team.post.messages.items() if n > 0 and m.chat_id == GROUP]


def test_the_way_down_is_seen_by_who_pressed_alone(team):
    beside = opened(team)
    assert beside < 0
    assert team.post.messages[beside].only.user_id == OLEG
    team.press(beside, "deploy checkout", user=OLEG, chat=GROUP)
    assert team.post.wait_text("› Pods") == beside
    edit = team.post.messages[beside]
    assert isinstance(edit, EditMessage)
    assert edit.shown_to == Ephemeral(OLEG, -beside)
    team.press(beside, "Roll back", user=OLEG, chat=GROUP)
    assert team.post.wait_text("to revision 42?") == beside
    team.clock.move(seconds=2)
    team.press(beside, "↩️", user=OLEG, chat=GROUP)
    for message in (card_of(team), beside):
        team.post.wait(lambda post, message=message: "Rolled back" in post.messages[message].html)
    assert len(seen_by_all(team)) == 1


def test_a_table_has_the_tokens_of_the_keyboard_and_the_rest_of_it_stays_below(team):
    beside = opened(team)
    shown = team.post.messages[beside]
    token = team.post.button(beside, "deploy checkout")
    assert f'data="{token}">🔴 Deployment shop/checkout</tg-button>' in shown.rich.html
    below = [key for row in shown.rich.keyboard for key in row]
    assert token not in [key.data for key in below]
    inside = shown.rich.html.count("<tg-button ")
    assert inside + len(below) == sum(map(len, shown.keyboard))
    assert team.post.messages[card_of(team)].rich is None


def test_the_card_stays_the_one_everybody_sees(team):
    beside = opened(team)
    team.press(beside, "« Incident", user=OLEG, chat=GROUP)
    team.post.wait(lambda post: "keeps crashing" in post.messages[beside].html)
    assert team.store.cards.get(GROUP, 1).message_id == card_of(team) > 0


def test_an_incident_that_one_person_sees_is_no_card_of_the_group(team):
    card_of(team)
    other = GROUP - 100
    team.store.chats.put(Chat(other, ChatKind.GROUP, "elsewhere"))
    (token,) = team.store.buttons.offer(other, None, [Button("#1", Verb.CARD, incident_id=1)], team.clock())
    team.press_token(-9_001, token, user=OLEG, chat=other)
    team.post.wait(lambda post: -9_001 in post.messages and "keeps crashing" in post.messages[-9_001].html)
    team.until(lambda: not team.store.updates.pending())
    team.press(-9_001, "Resources", user=OLEG, chat=other)
    team.post.wait(lambda post: "› Resources" in post.messages[-9_001].html)
    assert team.store.cards.get(other, 1) is None


def test_two_people_have_each_their_own(team):
    theirs, mine = opened(team, OLEG), opened(team, ANNA)
    assert theirs != mine
    assert [team.post.messages[each].only.user_id for each in (theirs, mine)] == [OLEG, ANNA]
    # Oleg's buttons are nothing in another message, whoever presses.
    token = team.post.button(theirs, "deploy checkout")
    assert "belongs to another message" in team.press_token(mine, token, user=ANNA, chat=GROUP)
    assert "belongs to another message" in team.press_token(mine, token, user=OLEG, chat=GROUP)
    assert "belongs to another message" in team.press_token(card_of(team), token, user=OLEG, chat=GROUP)


def test_an_id_that_telegram_gives_again_is_another_message(team):
    """A button of the one that is gone does nothing in the new one."""
    old = opened(team)
    token = team.post.button(old, "deploy checkout")
    team.post.ephemeral_ids = iter([-old])
    team.press(card_of(team), "Resources", user=OLEG, chat=GROUP)
    team.until(lambda: len([p for p in team.store.positions.showing(GROUP, 1) if p.message_id < 0]) == 2)
    assert team.post.button(old, "deploy checkout") != token
    assert "belongs to another message" in team.press_token(old, token, user=OLEG, chat=GROUP)
    team.press(old, "deploy checkout", user=OLEG, chat=GROUP)
    team.post.wait(lambda post: "› Pods" in post.messages[old].html)


def test_a_press_may_come_before_it_is_written_down_that_it_was_sent(team):
    """As after a crash: the press tells which message it is, and it is the presser's."""
    card_of(team)
    button = Button("Pods", Verb.RESOURCES, incident_id=1)
    (token,) = team.store.buttons.offer(GROUP, None, [button], team.clock())
    team.press_token(-9_001, token, user=OLEG, chat=GROUP)
    team.post.wait(lambda post: -9_001 in post.messages and "› Resources" in post.messages[-9_001].html)
    assert team.post.messages[-9_001].shown_to == Ephemeral(OLEG, 9_001)
    number = team.store.buttons.find(token).message_id
    assert number < 0
    # That it was sent, told at last, makes it no other one.
    assert team.store.shown_alone.sent(GROUP, Ephemeral(OLEG, 9_001), team.clock()) == number
    assert "belongs to another message" in team.press_token(-9_001, token, user=ANNA, chat=GROUP)


def test_logs_and_their_file_are_for_who_reads_them(team):
    team.press(card_of(team), "Crash logs", user=OLEG, chat=GROUP)
    logs = team.post.wait_text("newest at the bottom")
    team.until(lambda: team.store.positions.get(GROUP, -1))
    assert logs < 0
    assert "sent below" in team.press(logs, "As file", user=OLEG, chat=GROUP).lower()
    file = team.post.wait(lambda post: next((o for o in post.others if isinstance(o, SendDocument)), None))
    assert (file.only.user_id, file.reply_to) == (OLEG, None)
    assert len(seen_by_all(team)) == 1


def test_what_is_answered_in_writing_is_asked_where_everybody_sees_it(team):
    """Whether a reply to what one person sees reaches the bot is not known."""
    team.press(card_of(team), "Crash logs", user=OLEG, chat=GROUP)
    logs = team.post.wait_text("newest at the bottom")
    team.until(lambda: team.store.positions.get(GROUP, -1))
    team.press(logs, "Search", user=OLEG, chat=GROUP)
    question = team.post.wait_text("Reply to this message")
    assert question > 0
    assert (team.post.messages[question].only, team.post.messages[question].reply_to) == (None, None)
    team.until(lambda: team.store.positions.get(GROUP, question))
    team.write("cache", user=OLEG, chat=GROUP, reply_to=question)
    team.post.wait(lambda post: "3 lines with «cache»" in post.messages[question].html)
    assert "newest at the bottom" in team.post.messages[logs].html


def test_a_cluster_that_takes_its_time_is_answered_to_everybody(team):
    """15 seconds after the press Telegram would not show it to one person any more."""
    card, scene = card_of(team), team.cluster.answer

    def slow(work):
        team.clock.move(seconds=20)
        return scene(work)

    team.cluster.answer = slow
    team.press(card, "Crash logs", user=OLEG, chat=GROUP)
    logs = team.post.wait_text("newest at the bottom")
    assert logs > 0
    assert (team.post.messages[logs].only, team.post.messages[logs].reply_to) == (None, card)


def test_where_the_server_shows_it_to_everybody_it_is_as_any_message(team):
    team.post.shows_alone = False
    team.press(card_of(team), "Resources", user=OLEG, chat=GROUP)
    beside = team.post.wait_text("› Resources")
    assert team.post.messages[beside].only == ForPresser(OLEG, "q1")
    team.until(lambda: team.store.positions.get(GROUP, beside))
    team.press(beside, "deploy checkout", user=OLEG, chat=GROUP)
    assert team.post.wait_text("› Pods") == beside
    assert team.post.messages[beside].shown_to is None


def test_one_that_is_gone_is_not_drawn_any_more_and_alarms_nobody(team):
    beside = opened(team)
    number = min(each.message_id for each in team.store.positions.showing(GROUP, 1))
    team.post.refuse = lambda deliver: (
        NotDelivered(deliver.tag, "message_gone", "") if getattr(deliver.outgoing, "shown_to", None) else None
    )
    team.press(card_of(team), "Take", user=ANNA, chat=GROUP)
    team.until(lambda: team.store.positions.get(GROUP, number) is None)
    assert "has it since" not in team.post.messages[beside].html
    assert not any("refused" in m.html for m in team.post.messages.values())


def test_one_that_is_forgotten_is_passed_over(team):
    beside = opened(team)
    team.clock.move(days=8)
    team.store.shown_alone.prune(team.clock())
    team.press(card_of(team), "Take", user=ANNA, chat=GROUP)
    team.post.wait(lambda post: "has it since" in post.messages[card_of(team)].html)
    assert "has it since" not in team.post.messages[beside].html
    token = team.post.button(beside, "deploy checkout")
    assert "belongs to another message" in team.press_token(beside, token, user=OLEG, chat=GROUP)


def test_rights_are_asked_as_anywhere(team):
    beside = opened(team)
    team.press(beside, "deploy checkout", user=OLEG, chat=GROUP)
    team.post.wait(lambda post: "› Pods" in post.messages[beside].html)
    team.store.users.put(User(OLEG, "@oleg", everywhere(Role.VIEWER)))
    assert "viewer" in team.press(beside, "Roll back", user=OLEG, chat=GROUP)
