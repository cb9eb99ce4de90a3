"""The audit log's values: who did what to which object, when and where, each entry chained to the one before."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec

from chatops.core.resources import ObjectRef


class EntryType(StrEnum):
    """The closed set of things that are written down. Values are stored; never rename one."""

    OPENED = "opened"
    ALERTS_CHANGED = "alerts_changed"
    ALERTS_RESOLVED = "alerts_resolved"
    REOPENED = "reopened"
    LATE_DUPLICATE = "late_duplicate"
    ACKNOWLEDGED = "acknowledged"
    RELEASED = "released"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    SEVERITY_CHANGED = "severity_changed"
    ACTION_REQUESTED = "action_requested"
    ACTION_PERFORMED = "action_performed"
    ACTION_FINISHED = "action_finished"
    ACTION_STOPPED = "action_stopped"
    ACTION_LOOKED_UP = "action_looked_up"
    SILENCE_REQUESTED = "silence_requested"
    SILENCED = "silenced"
    SILENCE_FAILED = "silence_failed"
    UNSILENCED = "unsilenced"
    ESCALATED = "escalated"
    NOTED = "noted"
    LOOKED = "looked"
    DENIED = "denied"
    USER_ADDED = "user_added"
    GRANTED = "granted"
    REVOKED = "revoked"
    INVITED = "invited"
    DISABLED = "disabled"
    ENABLED = "enabled"
    CHAT_ADDED = "chat_added"
    CHAT_REMOVED = "chat_removed"
    QUARANTINED = "quarantined"
    ACTOR_FAILED = "actor_failed"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who acted: a person, Alertmanager, or the bot itself."""

    kind: str
    id: str = ""
    name: str = ""

    @classmethod
    def person(cls, user_id: int, name: str) -> "Subject":
        return cls("person", str(user_id), name)


SYSTEM = Subject("system")
ALERTMANAGER = Subject("alertmanager")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log before it is stored. `detail` holds short strings: never a secret, never log text."""

    type: EntryType
    subject: Subject
    at: datetime
    incident_id: int | None = None
    object: ObjectRef | None = None
    chat_id: int | None = None
    message_id: int | None = None
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A line as it stands in the log: numbered from 1 without gaps, with the hash of the line before it."""

    id: int
    entry: Entry
    previous_hash: str
    hash: str


GENESIS = "0" * 64
"""The previous hash of the first line."""


def chain_hash(previous_hash: str, number: int, entry: Entry) -> str:
    """SHA-256 over the previous hash, the line's number and its canonical JSON (sorted keys)."""
    canonical = msgspec.json.encode(entry, order="deterministic")
    return hashlib.sha256(f"{previous_hash}\n{number}\n".encode() + canonical).hexdigest()
