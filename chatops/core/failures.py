"""How anything outside can fail. The door it enters by decides which; further in, only these classes are known."""

from enum import StrEnum


class Reason(StrEnum):
    """Why an outside system did not do what was asked, in the words every door shares."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    CONFLICT = "conflict"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    REPLACED = "replaced"
    """The object of that name exists, but it is another one than the person saw (its uid differs)."""
    REFUSED = "refused"
    """The other side understood and said no; its own words are in the detail."""
    BUDGET = "budget"
    """A PodDisruptionBudget does not allow the eviction now, or several claim the pod. Never tried at once again."""
    UNKNOWN_OUTCOME = "unknown_outcome"
    """A change was sent and the answer was lost: it may have happened. Looked up, never repeated."""
    NOT_CONFIGURED = "not_configured"
    TOO_SOON = "too_soon"
    """The very same change was made a moment ago."""
    UNKNOWN_CLUSTER = "unknown_cluster"
    """Several clusters are in use and this is none of them."""
    NOT_SERVED = "not_served"
    """The cluster has no such API: what would serve it is not installed, or is in another version."""

    BLOCKED = "blocked"
    """The person blocked the bot, or the group removed it."""
    CHAT_GONE = "chat_gone"
    MIGRATED = "migrated"
    MESSAGE_GONE = "message_gone"
    BAD_MARKUP = "bad_markup"
    TOO_LONG = "too_long"
    QUERY_EXPIRED = "query_expired"
    SUPERSEDED = "superseded"
    """Another message was sent in its place before it could be."""


class Failure(Exception):
    """An outside system failed. `detail` is its own words, safe to show: no secret, one line."""

    def __init__(self, reason: Reason, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        """Seconds the other side asked us to wait, if it said."""


class Temporary(Failure):
    """Worth trying again later, unchanged."""


class Permanent(Failure):
    """Trying the same again cannot help."""


class ChatMigrated(Permanent):
    """A group became a supergroup: the same chat lives on under `new_chat_id`."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(Reason.MIGRATED, f"the group is now {new_chat_id}")
        self.new_chat_id = new_chat_id


def cause_of(error: BaseException) -> str:
    """The operating system's words ("Connection refused") where there are any; libraries wrap them in their own."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        seen = seen.__cause__ or seen.__context__
    return str(error)


_DISTRUST = ("CERTIFICATE", "certificate", "WRONG_VERSION_NUMBER", "hostname")


def distrusts(words: str) -> bool:
    """Whether a TLS error says that the other side's certificate does not do, which asking again does not mend."""
    return any(sign in words for sign in _DISTRUST)
