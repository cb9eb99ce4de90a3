"""The tables as pony sees them. The schema itself is in `migrations/`; here it is only mapped.

Columns that point at another table are plain numbers: no object graph is ever needed, and rows are written in
the order they are made. Times are naive UTC datetimes, JSON is text (see columns.py). `alerts` is mapped so
that its columns are checked at start, but read and written in bulk by episodes.py: one incident may have
thousands.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pony.orm import Database as PonyDatabase
from pony.orm import Optional, Required

from chatops.db.connection import Connection
from chatops.db.querying import PrimaryKey


def _text() -> Any:
    """Text of any length, kept to the letter. Pony would strip it, and would refuse the empty string if required."""
    return Optional(str, autostrip=False)


def _number() -> Any:
    return Required(int, size=64)


def _number_or_null() -> Any:
    return Optional(int, size=64)


class Tables:
    """The entity classes of one pony database, and the connection of the thread that asks."""

    def __init__(self, pony: PonyDatabase, session: Callable[[], Connection], *, on_postgres: bool) -> None:
        """`session` is the connection of the calling thread's session."""
        self.on_postgres = on_postgres
        """For the few statements that are not the same on both databases."""
        self._pony = pony
        self._session = session
        entity: Any = pony.Entity

        # Each class statement below subclasses an attribute of one Database, which no static type can express.

        class User(entity):  # type: ignore[misc]  # see above
            _table_ = "users"
            id = PrimaryKey(int, size=64)
            name = _text()
            language = _text()
            disabled = Required(bool)

        class Grant(entity):  # type: ignore[misc]  # see above
            _table_ = "grants"
            user_id = _number()
            role = Required(str, autostrip=False)
            cluster = Required(str, autostrip=False)
            namespace = Required(str, autostrip=False)
            PrimaryKey(user_id, role, cluster, namespace)

        class Invite(entity):  # type: ignore[misc]  # see above
            _table_ = "invites"
            token_hash = PrimaryKey(str, autostrip=False)
            role = _text()
            cluster = _text()
            namespace = _text()
            by_id = _number()
            by_name = _text()
            expires_at = Required(datetime)
            used_at = Optional(datetime)

        class Chat(entity):  # type: ignore[misc]  # see above
            _table_ = "chats"
            id = PrimaryKey(int, size=64)
            kind = _text()
            title = _text()
            language = _text()
            subscribed = Required(bool)
            unreachable = _text()

        class Inbox(entity):  # type: ignore[misc]  # see above
            _table_ = "inbox"
            id = PrimaryKey(int, size=64, auto=True)
            received_at = Required(datetime)
            source = _text()
            body = Required(bytes)
            state = _text()
            problem = _text()
            attempts = _number()

        class Mail(entity):  # type: ignore[misc]  # see above
            _table_ = "mail"
            inbox_id = _number()
            incident_id = _number()
            home = Required(bool)
            done_at = Optional(datetime)
            PrimaryKey(inbox_id, incident_id)

        class Incident(entity):  # type: ignore[misc]  # see above
            _table_ = "incidents"
            id = PrimaryKey(int, size=64, auto=True)
            source = _text()
            receiver = _text()
            status = _text()
            revision = _number()
            severity = _text()
            list_rank = _number()
            title = _text()
            cluster = _text()
            namespace = _text()
            group_labels = _text()
            truncated = _number()
            skipped = _number()
            opened_at = Required(datetime)
            closed_at = Optional(datetime)
            closed_by_id = _number_or_null()
            closed_by_name = _text()
            taken_by_id = _number_or_null()
            taken_by_name = _text()
            taken_at = Optional(datetime)
            acknowledged_at = Optional(datetime)
            handed_at = Optional(datetime)
            handed_by = _text()
            reason = _text()
            reopened = _number()
            survey = _text()
            run_id = _text()
            escalated_at = Optional(datetime)
            standing = _text()
            verdicts = _text()
            said_real = _number()
            said_noise = _number()
            escalation = _text()
            waits_since = Optional(datetime)
            flapping = _text()
            maintenance = _text()
            merged_into = _number_or_null()

        class Alert(entity):  # type: ignore[misc]  # see above
            _table_ = "alerts"
            id = PrimaryKey(int, size=64, auto=True)
            incident_id = _number()
            source = _text()
            fingerprint = _text()
            starts_at = Required(datetime)
            ends_at = Optional(datetime)
            late_at = Optional(datetime)
            listed_at = Optional(datetime)
            told_firing = Required(bool)
            told_starts_at = Required(datetime)
            told_ends_at = Optional(datetime)
            labels = _text()
            annotations = _text()
            generator_url = _text()

        class Action(entity):  # type: ignore[misc]  # see above
            _table_ = "actions"
            id = PrimaryKey(str, autostrip=False)
            incident_id = _number()
            action = _text()
            state = _text()
            by_id = _number()
            by_name = _text()
            chat_id = _number()
            message_id = _number()
            requested_at = Required(datetime)
            finished_at = Optional(datetime)
            problem = _text()
            detail = _text()
            plan = _text()
            undo = _text()
            progress = _text()
            after_version = _text()

        class Silence(entity):  # type: ignore[misc]  # see above
            _table_ = "silences"
            key = PrimaryKey(str, autostrip=False)
            incident_id = _number()
            silence_id = _text()
            instance = _number()
            matchers = _text()
            by_id = _number()
            by_name = _text()
            created_at = Required(datetime)
            ends_at = Required(datetime)
            until_resolved = Required(bool)
            lifting = Required(bool)
            lifted_by_id = _number_or_null()
            lifted_by_name = _text()
            ended_at = Optional(datetime)
            problem = _text()
            detail = _text()
            warned = Required(bool)
            extending_to = Optional(datetime)
            extended_by_id = _number_or_null()
            extended_by_name = _text()

        class Audit(entity):  # type: ignore[misc]  # see above
            _table_ = "audit"
            id = PrimaryKey(int, size=64)
            at = Required(datetime)
            type = _text()
            subject_kind = _text()
            subject_id = _text()
            subject_name = _text()
            incident_id = _number_or_null()
            object_kind = Optional(str, autostrip=False, nullable=True)
            object_name = Optional(str, autostrip=False, nullable=True)
            object_namespace = Optional(str, autostrip=False, nullable=True)
            object_uid = Optional(str, autostrip=False, nullable=True)
            object_cluster = Optional(str, autostrip=False, nullable=True)
            chat_id = _number_or_null()
            message_id = _number_or_null()
            detail = _text()
            previous_hash = _text()
            hash = _text()

        class Card(entity):  # type: ignore[misc]  # see above
            _table_ = "cards"
            chat_id = _number()
            incident_id = _number()
            message_id = _number()
            revision = _number()
            wanted = _number()
            thread_id = Required(int, size=64, default=0)
            pinned = Required(int, size=64, default=0)
            PrimaryKey(chat_id, incident_id)

        class Position(entity):  # type: ignore[misc]  # see above
            _table_ = "positions"
            chat_id = _number()
            message_id = _number()
            screen = _text()
            incident_id = _number_or_null()
            args = _text()
            ref = _text()
            touched_at = Optional(datetime)
            PrimaryKey(chat_id, message_id)

        class Button(entity):  # type: ignore[misc]  # see above
            _table_ = "buttons"
            token = PrimaryKey(str, autostrip=False)
            chat_id = _number()
            message_id = _number_or_null()
            shape = _text()
            verb = _text()
            args = _text()
            ref = _text()
            incident_id = _number_or_null()
            for_user = _number_or_null()
            once = Required(bool)
            offered_at = Required(datetime)
            expires_at = Optional(datetime)
            used_at = Optional(datetime)
            used_by = _text()

        class Update(entity):  # type: ignore[misc]  # see above
            _table_ = "updates"
            id = PrimaryKey(int, size=64)
            chat_id = _number()
            body = Required(bytes)
            received_at = Required(datetime)
            done_at = Optional(datetime)
            attempts = _number()
            problem = _text()

        class Trial(entity):  # type: ignore[misc]  # see above
            _table_ = "trials"
            run_id = PrimaryKey(str, autostrip=False)
            alert = _text()
            action = _text()
            at = Required(datetime)
            helped = Required(bool)

        class Setting(entity):  # type: ignore[misc]  # see above
            _table_ = "settings"
            key = PrimaryKey(str, autostrip=False)
            value = _text()

        # Any: pony gives attributes and queries no static types, and core values leave every function that uses them.
        self.User: Any = User
        self.Grant: Any = Grant
        self.Invite: Any = Invite
        self.Chat: Any = Chat
        self.Inbox: Any = Inbox
        self.Mail: Any = Mail
        self.Incident: Any = Incident
        self.Alert: Any = Alert
        self.Action: Any = Action
        self.Silence: Any = Silence
        self.Audit: Any = Audit
        self.Card: Any = Card
        self.Position: Any = Position
        self.Button: Any = Button
        self.Update: Any = Update
        self.Setting: Any = Setting
        self.Trial: Any = Trial

    @property
    def connection(self) -> Connection:
        """This session's own connection, with everything entities have changed already written to it.

        For bulk statements on tables that no entity of the same session reads or writes.
        """
        self._pony.flush()
        return self._session()
