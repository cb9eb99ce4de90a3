"""A house with two groups whose chats have routes, and what the tests of them ask it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chatops.actors.escalation import ESCALATION, EscalationActor
from chatops.actors.specs import ChildSpec, starter
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.oncall import Member, Roster, Step
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.routes import ChatRules, Route
from tests.actors.house import ANNA, House, Post

OLEG, EVE = 1002, 1003
GROUP, OTHER = -100_500, -100_600
ROSTER = Roster(
    (Member(OLEG, "oleg"), Member(EVE, "eve")),
    chain=(Step(member=Member(OLEG, "oleg")),),
    chains={"night": (Step(member=Member(EVE, "eve")),)},
)


class Routed(House):
    """A house with two groups, and somebody who looks after what nobody takes; `sent` are messages as they came."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.policy = replace(self.policy, roster=ROSTER)
        for number, name in ((OLEG, "@oleg"), (EVE, "@eve")):
            self.store.users.put(User(number, name, everywhere(Role.OPERATOR)))
        for chat in (GROUP, OTHER):
            self.store.chats.put(Chat(chat, ChatKind.GROUP, "on-call", subscribed=True))
        self.sent: list[SendMessage] = []
        take = self.post.take

        def taken(deliver):
            if isinstance(deliver.outgoing, SendMessage):
                self.sent.append(deliver.outgoing)
            return take(deliver)

        self.post.take = taken

    def specs(self):
        watch = starter(
            EscalationActor,
            self.directory,
            store=self.store,
            clock=self.clock,
            after=timedelta(minutes=5),
            roster=self.policy.roster,
        )
        return [*super().specs(), ChildSpec(ESCALATION, watch)]

    def say(self, chat: int, *routes: Route, **others) -> None:
        """What an admin confirmed before."""
        rules = ChatRules(routes, **others)
        entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, self.clock(), chat_id=chat)
        made = self.store.buttons.offer(chat, 1, [_YES], self.clock())
        assert self.store.routes.change(chat, lambda _: rules, entry, token=made[0], by="1", now=self.clock())

    def ask(self, text: str, user: int = ANNA, chat: int = GROUP) -> int:
        before = set(self.post.messages)
        self.write(text, user=user, chat=chat)

        def answer(post: Post) -> int | None:
            new = ((n, m) for n, m in post.messages.items() if n not in before and m.chat_id == chat)
            return next((n for n, m in new if "nobody yet" not in m.html), None)

        return int(self.post.wait(answer))

    def follow(self, message: int, *labels: str, says: str = "") -> None:
        """Press one after the other, each once its screen is there."""
        for label in labels:
            self.post.wait(lambda post, label=label: label in str(post.messages[message].keyboard))
            self.press(message, label, chat=GROUP)
        self.post.wait(lambda post: says in post.messages[message].html)

    def confirm(self, message: int) -> str:
        self.clock.move(seconds=2)
        return self.press(message, "Yes", chat=GROUP)

    def card(self, number: int, chat: int) -> SendMessage:
        """The first card of the incident in the chat, as it came."""
        self.until(lambda: self.cards(number, chat))
        return self.cards(number, chat)[0]

    def cards(self, number: int, chat: int) -> list[SendMessage]:
        wanted = f"<code>#{number}</code>"
        return [m for m in list(self.sent) if m.chat_id == chat and wanted in m.html and "nobody yet" in m.html]

    def settled(self, *chats: int) -> None:
        """Each of the chats has done what it was told so far."""
        for chat in chats:
            self.ask("/help", chat=chat)


_YES = Button("Yes", Verb.SET_ROUTES, once=True)


@contextmanager
def routed(folder: Path) -> Iterator[Routed]:
    """Started, and closed in the end."""
    built = Routed(folder)
    built.start()
    try:
        yield built
    finally:
        built.close()


def alert(number: int = 1, **labels: str) -> bytes:
    told = {"alertname": "KubePodNotReady", "severity": "warning", "namespace": "shop", "pod": f"pod-{number}"}
    fires = {
        "status": "firing",
        "fingerprint": f"f{number}-{sorted(labels.items())}",
        "labels": {**told, **labels},
        "startsAt": "2026-11-23T08:59:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
    }
    group = {"version": "4", "groupKey": f"g{number}", "receiver": "chatops", "truncatedAlerts": 0}
    return json.dumps({**group, "alerts": [fires]}).encode()


def entries(shop: House, type: EntryType) -> list[Entry]:
    return [stored.entry for stored in shop.store.audit.page(limit=1_000) if stored.entry.type is type]
