"""/maintenance: who sets a window, what begins inside it, and how it ends."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatops.actors.escalation import ESCALATION, EscalationActor, LookRound
from chatops.actors.specs import ChildSpec, starter
from chatops.core.audit import EntryType
from chatops.core.outgoing import SendMessage
from chatops.core.people import Role, User, everywhere
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body

OLEG = 1002


class Maintained(House):
    """A house with somebody who sees when a window is over."""

    def specs(self):
        watch = starter(
            EscalationActor,
            self.directory,
            store=self.store,
            clock=self.clock,
            after=timedelta(0),
            roster=self.policy.roster,
        )
        return [*super().specs(), ChildSpec(ESCALATION, watch)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Maintained]:
    built = Maintained(tmp_path)
    built.cluster.answer = Scene(built.clock)
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.start()
    try:
        yield built
    finally:
        built.close()


def ask(shop: House, text: str, user: int = ANNA) -> int:
    before = set(shop.post.messages)
    shop.write(text, user=user, chat=user)
    return int(shop.post.wait(lambda post: next((n for n in post.messages if n not in before), None)))


def set_window(shop: House, text: str = "/maintenance */shop 2h new disks") -> int:
    message = ask(shop, text)
    assert "Set it?" in shop.post.messages[message].html
    shop.clock.move(seconds=2)
    assert shop.press(message, "Yes") == "🛠 Done"
    return message


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def test_what_begins_inside_comes_without_a_sound(shop):
    message = set_window(shop)
    shop.post.wait(lambda post: "End #1" in str(post.messages[message].keyboard))
    assert types(shop)[-1] is EntryType.MAINTENANCE_SET
    shop.post_webhook(body("firing_group_of_3"))
    first = shop.post.wait(lambda post: next((m for m in post.messages.values() if "<code>#1</code>" in m.html), None))
    assert isinstance(first, SendMessage)
    assert first.silent
    assert "🛠 maintenance until" in first.html


def test_ended_by_button_the_card_says_nothing_of_it_any_more(shop):
    message = set_window(shop)
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("🛠 maintenance until")
    shop.press(message, "End #1")
    shop.post.wait(lambda post: "End it now?" in post.messages[message].html)
    shop.clock.move(seconds=2)
    assert shop.press(message, "Yes") == "🛠 Done"
    assert EntryType.MAINTENANCE_ENDED in types(shop)
    shop.directory.tell(ESCALATION, LookRound())
    shop.post.wait(lambda post: "🛠" not in post.messages[card].html)


def test_its_time_is_over_by_itself(shop):
    set_window(shop)
    shop.post_webhook(body("firing_group_of_3"))
    card = shop.post.wait_text("🛠 maintenance until")
    shop.clock.move(hours=3)
    shop.directory.tell(ESCALATION, LookRound())
    shop.post.wait(lambda post: "🛠" not in post.messages[card].html)
    assert shop.store.unfinished.maintained() == ()


def test_only_admins_set_it(shop):
    message = ask(shop, "/maintenance */shop 2h mine", OLEG)
    assert "Only an admin" in shop.post.messages[message].html
    assert types(shop)[-1] is EntryType.DENIED
    assert shop.store.maintenance.standing(shop.clock()) == ()


def test_what_cannot_be_read_is_explained(shop):
    assert "That is no window" in shop.post.messages[ask(shop, "/maintenance shop soon")].html
    assert "No window is set" in shop.post.messages[ask(shop, "/maintenance")].html


def test_one_confirm_is_one_window(shop):
    message = ask(shop, "/maintenance shop 2h new <b>disks</b>")
    assert "new &lt;b&gt;disks" in shop.post.messages[message].html
    token = shop.post.button(message, "Yes")
    shop.clock.move(seconds=2)
    shop.press_token(message, token)
    assert "already" in shop.press_token(message, token)
    assert len(shop.store.maintenance.standing(shop.clock())) == 1
