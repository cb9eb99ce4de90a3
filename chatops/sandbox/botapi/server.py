"""Server: the whole stand-in, put together. What tests and demonstrations start, talk to and break.

The bot meets it over HTTP only (`api_url`, `file_url`); people are `Person` objects or visitors of the chat
page at `url`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from .clock import Clock
from .conversation import Conversation
from .door import Door, Environ, StartResponse
from .faults import Fault, FaultKind, Faults
from .limits import Limits, Pacer
from .links import check_app
from .listener import Listener
from .newer import Knows
from .page import Page
from .people import GENERAL_TOPIC, RIGHTS, Chat, ChatKind, MemberStatus, User
from .person import Person, bot_moved
from .requestlog import Request, RequestLog
from .waiting import wait_for
from .webhook import Webhook
from .world import World

DEMO_TOKEN = "4200000001:sandbox-token-that-opens-nothing-real"
_T = TypeVar("_T")


class BotApiServer:
    """A Bot API server for one bot, on loopback.

    `clock` gives Unix seconds to expiry and pacing; `limits` is the pacing (`Limits.off()` for none). A
    context manager.
    """

    def __init__(
        self,
        *,
        token: str = DEMO_TOKEN,
        port: int = 0,
        host: str = "127.0.0.1",
        clock: Clock = time.time,
        limits: Limits | None = None,
        bot_name: str = "ChatOps",
        bot_username: str = "chatops_bot",
    ) -> None:
        self.token = token
        bot = User(id=int(token.partition(":")[0]), first_name=bot_name, username=bot_username, is_bot=True)
        self.world = World(bot, clock, token=token)
        self.faults = Faults()
        self.log = RequestLog()
        self._pacer = Pacer(limits or Limits())
        self._webhook = Webhook(self.world)
        self._door = Door(
            token=token,
            world=self.world,
            pacer=self._pacer,
            webhook=self._webhook,
            faults=self.faults,
            log=self.log,
        )
        self._page = Page(self.world, host=host)
        self._listener = Listener(self._application, host=host, port=port)
        self._host = f"[{host}]" if ":" in host else host

    def start(self) -> BotApiServer:
        """Accept connections. Returns itself."""
        self._page.open()
        self._listener.start()
        return self

    def stop(self) -> None:
        """Cut every connection and give the port back. Idempotent."""
        self.faults.clear()
        self._hang_up()
        with self.world.condition:
            self._webhook.point_to("", "")
        self._listener.stop()

    def go_away(self) -> None:
        """As if the network were gone: open connections are cut, new ones refused. What people do is kept."""
        self._hang_up()
        self._listener.stop(for_good=False)

    def come_back(self) -> None:
        """Undo `go_away`, on the same port."""
        self._page.open()
        self._listener.start()

    def __enter__(self) -> BotApiServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port, also when 0 was asked for."""
        return self._listener.port

    @property
    def url(self) -> str:
        """Base address: the value of TELEGRAM_API_URL, and the chat page in a browser."""
        return f"http://{self._host}:{self.port}"

    @property
    def api_url(self) -> str:
        """For `telebot.apihelper.API_URL`."""
        return self.url + "/bot{0}/{1}"

    @property
    def file_url(self) -> str:
        """For `telebot.apihelper.FILE_URL`."""
        return self.url + "/file/bot{0}/{1}"

    def person(self, id: int, name: str, *, username: str = "", language_code: str = "en") -> Person:
        """A human. Their private chat opens when they write, or with `chat_with_bot`."""
        user = User(id=id, first_name=name, username=username, language_code=language_code)
        with self.world.condition:
            self.world.add_user(user)
        return Person(self.world, user)

    def group(
        self,
        id: int,
        title: str,
        members: Iterable[Person] = (),
        *,
        admins: Iterable[Person] = (),
        topics: Mapping[int, str] | None = None,
        bot_status: MemberStatus = "member",
        bot_rights: Iterable[str] = RIGHTS,
        kind: ChatKind = "supergroup",
    ) -> Conversation:
        """A group with the bot in it, with these rights where it is an administrator.

        `topics` (thread id to name) makes it a forum. No update is sent: see `add_bot`.
        """
        if id >= 0:
            raise ValueError("group ids are negative")
        people: dict[int, MemberStatus] = {person.id: "member" for person in members}
        people |= {person.id: "administrator" for person in admins}
        forum = None if topics is None else {GENERAL_TOPIC: "General", **topics}
        chat = Chat(
            id=id,
            kind=kind,
            title=title,
            members=people,
            bot_status=bot_status,
            bot_rights=frozenset(bot_rights),
            topics=forum,
        )
        chat.last_id = max(forum or {0: ""})
        with self.world.condition:
            return Conversation(self.world, self.world.add_chat(chat))

    def conversation(self, chat_id: int) -> Conversation:
        """A chat by id. Raises `KeyError` when it does not exist."""
        with self.world.condition:
            return Conversation(self.world, self.world.chats[chat_id])

    def add_bot(
        self,
        chat: Conversation,
        by: Person,
        *,
        status: MemberStatus = "member",
        rights: Iterable[str] = RIGHTS,
    ) -> None:
        """Somebody adds the bot to a group (or makes it an administrator with these rights): my_chat_member."""
        with self.world.condition:
            group = self.world.chats[chat.id]
            group.bot_rights = frozenset(rights)
            bot_moved(self.world, group, by.user, group.bot_status, status)

    def kick_bot(self, chat: Conversation, by: Person) -> None:
        """Somebody throws the bot out of a group: my_chat_member, then 403 for every request there."""
        with self.world.condition:
            group = self.world.chats[chat.id]
            bot_moved(self.world, group, by.user, group.bot_status, "kicked")

    def mini_app(self, url: str, short_name: str = "") -> None:
        """Tell @BotFather of a Mini App: with /newapp under a short name, or as the bot's main one. No `url` ends it.

        Raises `BadLink`.
        """
        address = check_app(url) if url else ""
        with self.world.condition:
            self.world.apps[short_name] = address
            self.world.changed()

    def be_older(self, *, ephemeral: Knows = Knows.YES, rich: Knows = Knows.YES) -> None:
        """From now on as a server that does not know these, or refuses them."""
        with self.world.condition:
            self.world.newer.ephemeral, self.world.newer.rich = ephemeral, rich

    def migrate(self, chat: Conversation, new_id: int) -> Conversation:
        """A group becomes a supergroup: requests to the old id get 400 with `migrate_to_chat_id`."""
        with self.world.condition:
            old = self.world.chats[chat.id]
            new = Chat(
                id=new_id,
                kind="supergroup",
                title=old.title,
                members=dict(old.members),
                bot_status=old.bot_status,
            )
            self.world.add_chat(new)
            owner = next((self.world.users[member] for member in old.members), self.world.bot)
            for place, service in (
                (old, {"migrate_to_chat_id": new_id}),
                (new, {"migrate_from_chat_id": old.id}),
            ):
                message = self.world.post(place, owner, service=dict(service))
                self.world.updates.put("message", self.world.message_json(message))
            old.migrated_to = new_id
            return Conversation(self.world, new)

    def close_topic(self, chat: Conversation, thread_id: int) -> None:
        """An admin closes a topic: a bot that may not manage topics gets TOPIC_CLOSED there."""
        with self.world.condition:
            self.world.chats[chat.id].closed_topics.add(thread_id)
            self.world.changed()

    def delete_topic(self, chat: Conversation, thread_id: int) -> None:
        """An admin deletes a topic with all in it: sending there gives "message thread not found"."""
        with self.world.condition:
            self.world.delete_topic(self.world.chats[chat.id], thread_id)

    def fail(
        self,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        status: int = 500,
        retry_after: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """Answer the next requests with a status: 429 opens a flood wait of `retry_after` seconds, 502-504 are HTML."""
        fault = Fault(
            kind="status", method=method, chat_id=chat_id, status=status, retry_after=retry_after, times=times
        )
        return self.faults.add(fault)

    def drop(
        self,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        processed: bool = False,
        times: int | None = 1,
    ) -> Fault:
        """Hang up without an answer, before the request is processed or after."""
        kind: FaultKind = "drop_reply" if processed else "drop_request"
        return self.faults.add(Fault(kind=kind, method=method, chat_id=chat_id, times=times))

    def delay(
        self, method: str | None = None, *, seconds: float, chat_id: int | None = None, times: int | None = 1
    ) -> Fault:
        """Process the next requests `seconds` late."""
        return self.faults.add(Fault(kind="delay", method=method, chat_id=chat_id, seconds=seconds, times=times))

    def hold(self, method: str | None = None, *, chat_id: int | None = None, times: int | None = 1) -> Fault:
        """Keep the next requests waiting: `arrived` is set when one came, `release()` lets them be processed."""
        return self.faults.add(Fault(kind="hold", method=method, chat_id=chat_id, times=times))

    def requests(
        self, method: str | None = None, *, chat_id: int | None = None, status: int | None = None
    ) -> list[Request]:
        """What the bot asked so far."""
        return self.log.find(method, chat_id=chat_id, status=status)

    def wait_for(self, look: Callable[[], _T | None], *, timeout: float = 10.0) -> _T:
        """What `look` returns once it is true, looked at after every change and request. Raises `TimeoutError`."""
        found = wait_for(self.world, look, timeout=timeout)
        if not found:
            raise TimeoutError(f"not within {timeout} s")
        return found

    def pace(self, limits: Limits) -> None:
        """Change the pacing."""
        with self.world.condition:
            self._pacer.limits = limits

    def _hang_up(self) -> None:
        with self.world.condition:
            self.world.updates.interrupt()
            self._page.close()

    def _application(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(("/bot", "/file/")):
            return self._door(environ, start_response)
        return self._page(environ, start_response)
