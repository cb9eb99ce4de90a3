"""Person: the human side of the stand-in, for tests and demonstrations.

People write, press buttons, join and block; what they see is given as frozen snapshots. Refuses to know HTTP:
the bot's side stays the real wire.
"""

from __future__ import annotations

from collections.abc import Callable

from . import launch
from .content import found_in
from .conversation import Conversation
from .methods.chats import member_json
from .people import Chat, MemberStatus, Message, User
from .seen import Seen, seen
from .waiting import WAIT_SECONDS, wait_for
from .world import Answer, Query, World


class Press:
    """A pressed button."""

    def __init__(self, world: World, query: Query) -> None:
        self._world = world
        self._query = query
        self.query_id = query.id

    def answer(self, *, timeout: float = WAIT_SECONDS) -> Answer:
        """The toast, waiting for it. Raises `TimeoutError`."""
        answer = wait_for(self._world, lambda: self._query.answer, timeout=timeout)
        if answer is None:
            raise TimeoutError(f"the bot did not answer the pressed button within {timeout} s")
        return answer

    @property
    def answered(self) -> bool:
        """Whether the spinner on the button has stopped."""
        with self._world.condition:
            return self._query.answer is not None


class Person:
    """A human with an account.

    `chat` arguments take an id or a `Conversation`; without one it is the chat with the bot.
    """

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user
        self.id = user.id

    def chat_with_bot(self) -> Conversation:
        """The private chat, opened if it was not."""
        with self._world.condition:
            return Conversation(self._world, self._world.private_chat(self.user))

    def send(
        self,
        text: str,
        *,
        chat: int | Conversation | None = None,
        reply_to: int | Seen | None = None,
        thread_id: int | None = None,
    ) -> Seen:
        """Write a message. Plain text: nothing in it is markup."""
        with self._world.condition:
            where = self._chat(chat)
            replied = where.existing(reply_to.id if isinstance(reply_to, Seen) else reply_to or 0)
            if thread_id is None and replied is not None:
                thread_id = replied.thread_id
            message = self._world.post(
                where,
                self.user,
                text=text,
                entities=found_in(text),
                reply_to=replied.id if replied else None,
                thread_id=thread_id,
            )
            if where.is_private and not where.reachable:
                self._unblock(where)
            if self._bot_reads(where, message):
                self._world.updates.put("message", self._world.message_json(message))
            return seen(message)

    def reply(self, message: Seen, text: str) -> Seen:
        """Write an answer to a message, in its chat."""
        return self.send(text, chat=message.chat_id, reply_to=message)

    def edit(self, message: Seen, text: str) -> Seen:
        """Change an own message."""
        with self._world.condition:
            mine = self._world.chats[message.chat_id].messages[message.id]
            if mine.sender.id != self.id:
                raise PermissionError("people edit their own messages only")
            mine.text, mine.entities = text, found_in(text)
            self._world.edited(mine)
            if self._bot_reads(mine.chat, mine):
                self._world.updates.put("edited_message", self._world.message_json(mine))
            return seen(mine)

    def press(self, message: Seen, button: str | int, *, timeout: float = WAIT_SECONDS) -> Answer:
        """Press a callback button and wait for the bot's answer."""
        return self.tap(message, button).answer(timeout=timeout)

    def tap(self, message: Seen, button: str | int) -> Press:
        """Press a callback button of a snapshot, without waiting.

        An old snapshot gives a stale press, as a slow phone does.
        """
        chosen = message.button(button)
        if "callback_data" not in chosen:
            raise LookupError(f"button {chosen['text']!r} is not a callback button")
        return self.tap_data(message, str(chosen["callback_data"]))

    def tap_data(self, message: Seen, data: str) -> Press:
        """Send callback data of one's own making, as a modified client can."""
        with self._world.condition:
            where = self._world.chats[message.chat_id]
            pressed = where.ephemeral[message.ephemeral_id] if message.ephemeral_id else where.messages[message.id]
            return Press(self._world, self._world.ask(self.user, pressed, data))

    def open_web_app(
        self,
        what: Seen | str | None = None,
        button: str | int | None = None,
        *,
        chat: int | Conversation | None = None,
        dark: bool = False,
    ) -> str:
        """Open a Mini App: by a button of a message (the first that opens one, unless named), by a `t.me` link, or by
        the menu button of the chat with the bot where nothing is said.

        `chat` is where a link was followed. Returns the address that a client loads. Raises `NotOpened`.
        """
        with self._world.condition:
            if isinstance(what, str):
                where = None if chat is None else self._chat(chat)
                return launch.by_link(self._world, self.user, what, where, dark=dark)
            if what is None:
                return launch.by_menu(self._world, self.user, self._chat(None), dark=dark)
            keys = [key for row in what.keyboard for key in row if "web_app" in key]
            chosen = what.button(button) if button is not None else keys[0] if keys else {}
            app = chosen.get("web_app")
            if not isinstance(app, dict):
                raise launch.NotOpened(f"no button that opens a Mini App among {what.buttons}")
            message = self._chat(what.chat_id).messages[what.id]
            return launch.by_button(self._world, self.user, message, str(app["url"]), dark=dark)

    def messages(self, chat: int | Conversation | None = None) -> list[Seen]:
        """History of a chat this person is in."""
        with self._world.condition:
            return Conversation(self._world, self._chat(chat)).messages()

    def shown_alone(self, chat: int | Conversation) -> list[Seen]:
        """What the bot shows to nobody but this person in a group, oldest first."""
        with self._world.condition:
            return [seen(message) for message in self._chat(chat).ephemeral.values() if self._sees(message)]

    def wait_for_alone(
        self, chat: int | Conversation, test: str | Callable[[Seen], object], *, timeout: float = WAIT_SECONDS
    ) -> Seen:
        """The newest of those that passes `test` (a part of its text, or a function). Raises `TimeoutError`."""
        passes = (lambda m: test in m.text) if isinstance(test, str) else test

        def found() -> Seen | None:
            return next((m for m in reversed(self.shown_alone(chat)) if passes(m)), None)

        message = wait_for(self._world, found, timeout=timeout)
        if message is None:
            raise TimeoutError(f"nothing such within {timeout} s; there is {[m.text for m in self.shown_alone(chat)]}")
        return message

    def restart_app(self) -> None:
        """Whatever was shown to this person alone is gone, as the documentation says may happen."""
        with self._world.condition:
            for chat in self._world.chats.values():
                for message in filter(self._sees, chat.ephemeral.values()):
                    self._world.deleted(message)

    def _sees(self, message: Message) -> bool:
        return message.receiver is not None and message.receiver.id == self.id and not message.deleted

    def block_bot(self) -> None:
        """Stop the bot: it gets my_chat_member and then 403."""
        with self._world.condition:
            chat = self._world.private_chat(self.user)
            chat.reachable = False
            bot_moved(self._world, chat, self.user, "member", "kicked")

    def unblock_bot(self) -> None:
        """Let the bot write again."""
        with self._world.condition:
            chat = self._world.private_chat(self.user)
            if not chat.reachable:
                self._unblock(chat)

    def _unblock(self, chat: Chat) -> None:
        chat.reachable = True
        bot_moved(self._world, chat, self.user, "kicked", "member")

    def _chat(self, chat: int | Conversation | None) -> Chat:
        if chat is None:
            return self._world.private_chat(self.user)
        found = self._world.chats[chat.id if isinstance(chat, Conversation) else chat]
        if not found.has(self.id):
            raise PermissionError(f"person {self.id} is not in chat {found.id}")
        return found

    def _bot_reads(self, chat: Chat, message: Message) -> bool:
        """Privacy mode: in a group a bot that is no administrator gets commands, and replies to itself."""
        if chat.bot_status in ("left", "kicked"):
            return False
        if chat.is_private or chat.bot_status == "administrator" or not self._world.privacy:
            return True
        replied = chat.existing(message.reply_to or 0)
        if replied is not None and replied.sender.id == self._world.bot.id:
            return True
        command = message.text.split(maxsplit=1)[0] if message.text.startswith("/") else ""
        _, at, name = command.partition("@")
        return bool(command) and (not at or name.lower() == self._world.bot.username.lower())


def bot_moved(world: World, chat: Chat, by: User, before: MemberStatus, after: MemberStatus) -> None:
    """Tell the bot that its own standing in a chat changed. Call holding the world's condition."""
    chat.bot_status = after if not chat.is_private else chat.bot_status
    world.changed()
    world.updates.put(
        "my_chat_member",
        {
            "chat": chat.as_json(),
            "from": by.as_json(),
            "date": world.now(),
            "old_chat_member": member_json(world.bot, before),
            "new_chat_member": member_json(world.bot, after, chat.bot_rights),
        },
    )
