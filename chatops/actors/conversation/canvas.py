"""Draws a position in its message, new or old, in the right language. It decides nothing of where a person goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chatops.actors.conversation import chat_setup, duty, maintenance, people, reviews, routes, stored_screens
from chatops.actors.conversation.documents import document
from chatops.actors.conversation.reader import readable_by
from chatops.actors.conversation.shelf import Shelf
from chatops.core.access import DECIDING, may_see
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.incidents import Incident
from chatops.core.outgoing import ForPresser, Lane
from chatops.core.people import Chat, ChatKind, User
from chatops.core.policy import Policy
from chatops.core.routes import Directions, directions, traits_of
from chatops.core.screens import mini_app
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue, tongue
from chatops.db.places import Readable
from chatops.db.store import Store


class Canvas:
    """The chat as something to draw on. `bot_name` tells `@name` of the bot, or nothing while nobody knows it.

    `main_app`: whether the Mini App is known to Telegram as the bot's main one.
    """

    def __init__(
        self,
        chat_id: int,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        policy: Policy,
        bot_name: Callable[[], str] = str,
        main_app: Callable[[], bool] = bool,
    ) -> None:
        self.chat_id = chat_id
        self.policy = policy
        self._bot_name = bot_name
        self._main_app = main_app
        self._known_bot = ""
        self._store = store
        self._shelf = shelf
        self._clock = clock

    @property
    def chat(self) -> Chat:
        kind = ChatKind.PRIVATE if self.chat_id > 0 else ChatKind.GROUP
        return self._store.chats.get(self.chat_id) or Chat(self.chat_id, kind)

    @property
    def name(self) -> str:
        """For the admins."""
        chat = self.chat
        return f"{chat.title} ({chat.id})" if chat.title else str(chat.id)

    @property
    def tongue(self) -> Tongue:
        return tongue(self.chat.language or self.policy.language)

    def may_show(self, incident: Incident) -> bool:
        """Whether whoever sees this chat may read the incident.

        A group is an admin's decision, and so is a private chat of somebody who is no user: the settings name it. A
        user's own chat shows what they may read as they are stored now.
        """
        owner = self._store.users.get(self.chat_id) if self.chat_id > 0 else None
        return owner is None or may_see(owner, incident)

    def shown(self, incident_id: int) -> Incident | None:
        """The incident, where the chat can be told of it: it is there, and so is the chat, and it may be shown."""
        incident = self._store.incidents.get(incident_id)
        if incident is None or self.chat.unreachable or not self.may_show(incident):
            return None
        return incident

    def readable(self) -> Readable:
        """The same by place, for many at once: the owner is looked up once."""
        owner = self._store.users.get(self.chat_id) if self.chat_id > 0 else None
        return readable_by(owner) if owner else lambda cluster, namespace: True

    def directions(self, incident: Incident) -> Directions:
        """What the chat's rules say of it at this moment."""
        rules = self._store.routes.of(self.chat_id)
        return directions(rules, traits_of(incident), self._clock(), self.policy.zone)

    def screen(
        self, position: Position, incident: Incident | None, speaks: Tongue, user: User | None = None
    ) -> Screen | None:
        """What the database alone can draw; lists for `user`."""
        if position.screen is Verb.MAINTENANCE:
            return maintenance.drawn(position, self._store, speaks, now=self._clock(), reader=user)
        if position.screen is Verb.ROUTES:
            return routes.drawn(position, self.chat, self._store, speaks, policy=self.policy, reader=user)
        if position.screen is Verb.CHAT:
            language = self.tongue.language
            return chat_setup.drawn(position, self.chat, self._store, speaks, user, language=language)
        if position.screen in DECIDING:
            return people.drawn(position, self._store, speaks, user)
        if position.screen in duty.SCREENS:
            now, roster = self._clock(), self.policy.roster
            return duty.drawn(position, self._store, roster, speaks, now=now, reader=user)
        return stored_screens.drawn(
            position,
            incident,
            self._store,
            speaks,
            now=self._clock(),
            policy=self.policy,
            user=user,
            bot=self._bot,
            door=self._door(incident, speaks),
        )

    def _door(self, incident: Incident | None, speaks: Tongue) -> Button | None:
        """The way into the Mini App from the incident's card."""
        if incident is None:
            return None
        private = self.chat_id > 0
        return mini_app.door(
            self.policy.app, incident.id, speaks, private=private, bot=self._bot, is_main=self._main_app()
        )

    @property
    def _bot(self) -> str:
        """In a group an incident's number leads to the reader's own chat with the bot."""
        if self.chat_id > 0:
            return ""
        # Once known it is kept: while Telegram is out of reach nobody tells it.
        self._known_bot = self._bot_name().removeprefix("@") or self._known_bot
        return self._known_bot

    def document(self, position: Position, speaks: Tongue, user: User | None) -> tuple[str, bytes] | None:
        """A file that the database alone can make, for `user`."""
        incident = self._store.incidents.get(position.incident_id) if position.incident_id else None
        return document(position, incident, self._store, speaks, now=self._clock(), policy=self.policy, user=user)

    def weekly(self, position: Position) -> Screen:
        """The review that comes by itself, of what whoever sees this chat is shown (see `may_show`): of routes the
        places count, since what a severity or label was at the time is not known any more.
        """
        rules, may_read = self._store.routes.of(self.chat_id), self.readable()
        narrow = bool(rules.routes) or self.chat_id > 0

        def readable(cluster: str, namespace: str) -> bool:
            return rules.takes_place(cluster, namespace) and may_read(cluster, namespace)

        position = replace(position, args={**position.args, reviews.WEEKLY: "1"})
        only = readable if narrow else None
        return reviews.drawn(position, self._store, self.tongue, now=self._clock(), policy=self.policy, readable=only)

    def draw(
        self,
        position: Position,
        speaks: Tongue,
        lane: Lane,
        *,
        thread_id: int | None = None,
        user: User | None = None,
        only: ForPresser | None = None,
    ) -> None:
        def looked() -> tuple[Screen | None, int]:
            incident = self._store.incidents.get(position.incident_id) if position.incident_id else None
            return self.screen(position, incident, speaks, user), incident.revision if incident else 0

        drawn, revision = self._store.at_once(looked)
        if drawn:
            self.show(drawn, position, lane, revision=revision, thread_id=thread_id, only=only)

    def show(
        self,
        screen: Screen,
        position: Position,
        lane: Lane,
        *,
        revision: int = 0,
        thread_id: int | None = None,
        only: ForPresser | None = None,
    ) -> None:
        """In the position's message; in one of its own, below the card it came from, where there is none yet.

        One of its own is `only` for one person, where the server takes it so.
        """
        if not position.message_id:
            below = int(position.args["card"]) if "card" in position.args else None
            # Who asked for it looks there already.
            screen = screen if below is None else replace(screen, silent=True)
            self._shelf.send(screen, lane, position=position, reply_to=below, thread_id=thread_id, only=only)
            return
        self._shelf.edit(screen, lane, position=position, revision=revision, card=self._is_card(position))

    def _is_card(self, position: Position) -> bool:
        """The incident's one message here, or the first that shows it where there is none yet.

        Where somebody came to it from the card of another incident, the message goes on being that one's. What one
        person sees is nobody's card.
        """
        if position.screen is not Verb.CARD or position.incident_id is None or position.message_id < 0:
            return False
        card = self._store.cards.get(self.chat_id, position.incident_id)
        if card is not None:
            return card.message_id == position.message_id
        if self._store.asides.get(self.chat_id, position.message_id) is not None:
            # It is taken away once it is left alone.
            return False
        return self._store.cards.by_message(self.chat_id, position.message_id) is None
