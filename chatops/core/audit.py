"""The audit log's values: who did what to which object, when and where, each entry chained to the one before."""

import hashlib
import re
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
    HANDED_OVER = "handed_over"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    JUDGED = "judged"
    MERGED = "merged"
    MERGED_IN = "merged_in"
    SEVERITY_CHANGED = "severity_changed"
    ACTION_REQUESTED = "action_requested"
    ACTION_PERFORMED = "action_performed"
    ACTION_FINISHED = "action_finished"
    ACTION_STOPPED = "action_stopped"
    ACTION_LOOKED_UP = "action_looked_up"
    SILENCE_REQUESTED = "silence_requested"
    SILENCED = "silenced"
    SILENCE_FAILED = "silence_failed"
    SILENCE_EXTEND_REQUESTED = "silence_extend_requested"
    SILENCE_EXTENDED = "silence_extended"
    UNSILENCE_REQUESTED = "unsilence_requested"
    UNSILENCED = "unsilenced"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    CALLED = "called"
    ON_CALL_CHANGED = "on_call_changed"
    MAINTENANCE_SET = "maintenance_set"
    MAINTENANCE_ENDED = "maintenance_ended"
    ROUTES_CHANGED = "routes_changed"
    NOTED = "noted"
    STANDING = "standing"
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
    CHAT_CHANGED = "chat_changed"
    LOGIN_LINK = "login_link"
    SIGNED_IN = "signed_in"
    TOKEN_MADE = "token_made"
    TOKEN_REVOKED = "token_revoked"
    QUARANTINED = "quarantined"
    ACTOR_FAILED = "actor_failed"
    BREACH_FOUND = "breach_found"
    BREACH_OVER = "breach_over"


PERSON = "person"

VIA = "via"
"""The detail that says how something was asked for, where it was not in a chat."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who acted: a person, Alertmanager, or the bot itself."""

    kind: str
    id: str = ""
    name: str = ""

    @classmethod
    def person(cls, user_id: int, name: str) -> "Subject":
        return cls(PERSON, str(user_id), name)


SYSTEM = Subject("system")
ALERTMANAGER = Subject("alertmanager")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log before it is stored. `detail` holds short strings: never a secret, never log text.

    Lines of one run, silence or diagnostic share `detail["run"]`: from the press, also a denied one, to the outcome.
    """

    type: EntryType
    subject: Subject
    at: datetime
    incident_id: int | None = None
    object: ObjectRef | None = None
    chat_id: int | None = None
    message_id: int | None = None
    detail: dict[str, str] = field(default_factory=dict)

    @property
    def decision(self) -> str:
        """`allowed` or `denied` of what a person attempted; empty where nobody asked for anything."""
        if self.type is EntryType.DENIED:
            return "denied"
        return "allowed" if self.subject.kind == PERSON else ""


class Fault(StrEnum):
    """What is wrong with the log where it is not as it was written.

    gap: the line's number is not the next one, so a line is missing, moved or put in; type: a value of another kind
    than was ever written; form: the same values written otherwise; link: it does not carry the hash of the line
    before; hash: its content is not what its hash was made of; anew: in itself all is well, but the line is not the one
    of the checkpoint; cut: the log ends before the checkpoint.
    """

    GAP = "gap"
    TYPE = "type"
    FORM = "form"
    LINK = "link"
    HASH = "hash"
    ANEW = "anew"
    CUT = "cut"


FLAWS = {
    Fault.GAP: "another line stands in its place: it was removed or moved, or one was put in",
    Fault.TYPE: "it holds a value that was never written like that",
    Fault.FORM: "its values are written otherwise than they were",
    Fault.LINK: "it does not follow from the line before: one of the two was changed, moved, removed or put in",
    Fault.HASH: "its content is not what its hash was made of: it was changed",
    Fault.ANEW: "it is not the line of the checkpoint: the log was written anew",
    Fault.CUT: "it is missing, and the checkpoint knows of it or a later one: the end was cut off",
}
"""For the operator, in the words of the commands."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first line that is not as it was written, by the number it should have."""

    number: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Number and hash of a line, kept where the database cannot reach: what proves that the tail was not cut."""

    number: int
    hash: str

    @classmethod
    def of(cls, text: str) -> "Checkpoint":
        """What `str` gives, read again. Raises ValueError."""
        number, separator, digest = text.strip().partition(":")
        if not (separator and re.fullmatch(r"\d{1,18}", number, re.ASCII) and re.fullmatch(r"[0-9a-f]{64}", digest)):
            raise ValueError("a checkpoint is NUMBER:HASH, the hash of 64 digits 0-9 and a-f")
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


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
