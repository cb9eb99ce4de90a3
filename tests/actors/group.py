"""A group beside Anna's own chat, and critical incidents to show there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from chatops.actors.telegram_messages import Deliver, NotDelivered
from chatops.core.failures import Reason
from chatops.core.outgoing import EditMessage, SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.sandbox.alarm import webhook_body
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene

GROUP = -100_500
OLEG = 1002


@contextmanager
def grouped(folder: Path) -> Iterator[House]:
    """Not started yet; what is left of a former life can be put into its store."""
    built = House(folder)
    built.cluster.answer = Scene(built.clock)
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "Ops", subscribed=True))
    try:
        yield built
    finally:
        built.close()


def fires(shop: House, *, severity: str = "critical", ended: bool = False, deployment: str = "checkout") -> None:
    """A webhook about a deployment of shop."""
    labels = {"alertname": "KubePodCrashLooping", "severity": severity, "namespace": "shop", "deployment": deployment}
    began = shop.clock() - timedelta(minutes=1)
    body = webhook_body(labels, {}, starts_at=began, ends_at=shop.clock() if ended else None)
    shop.post_webhook(body, source=deployment)


def shown(shop: House, incident_id: int = 1) -> int:
    """The id of the group's card of the incident, once it is on record."""
    shop.until(lambda: shop.store.cards.get(GROUP, incident_id))
    card = shop.store.cards.get(GROUP, incident_id)
    assert card
    return card.message_id


def in_group(shop: House, text: str) -> SendMessage | EditMessage:
    """The newest content of the group's message that says `text`."""
    found: SendMessage | EditMessage = shop.post.wait(
        lambda post: next((m for m in post.messages.values() if m.chat_id == GROUP and text in m.html), None)
    )
    return found


def told(shop: House, text: str) -> list[str]:
    """What Anna was told of in private."""
    return [m.html for m in shop.post.messages.values() if m.chat_id == ANNA and text in m.html]


def refuses(
    shop: House, *kinds: type, reason: str = Reason.FORBIDDEN, words: str = "not enough rights"
) -> list[object]:
    """Telegram refuses these kinds of requests from now on; what it was asked."""
    asked: list[object] = []

    def refuse(deliver: Deliver) -> NotDelivered | None:
        if not isinstance(deliver.outgoing, kinds):
            return None
        asked.append(deliver.outgoing)
        return NotDelivered(deliver.tag, reason, f"Bad Request: {words}")

    shop.post.refuse = refuse
    return asked


def asked_of(shop: House, kind: type) -> list[object]:
    """What Telegram was asked and did, of one kind."""
    return [each for each in shop.post.others if isinstance(each, kind)]


def quiet(shop: House) -> None:
    """All that was under way has come to its end: what is asked for last is there."""
    before = set(shop.post.messages)
    for chat in (GROUP, ANNA):
        shop.write("/help", chat=chat)

    def helped() -> set[int]:
        return {m.chat_id for n, m in shop.post.messages.items() if n not in before and "/subscribe —" in m.html}

    shop.post.wait(lambda _post: helped() == {GROUP, ANNA})
    shop.until(lambda: not shop.store.updates.pending())
