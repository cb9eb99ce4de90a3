"""Whether a press or a typed word counts: the button, the message, the person and the moment must all be right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatops.core.access import ADMINS_ONLY, OUT_OF_SCOPE, Right, known, may_all, needs, right_for
from chatops.core.buttons import Offered, Verb
from chatops.core.incidents.values import Incident
from chatops.core.outgoing import ForPresser
from chatops.core.people import ChatKind, User
from chatops.core.safeguards import typed_right
from chatops.core.updates import Tap, TextMessage

DOUBLE_TAP = timedelta(seconds=0.7)
"""A confirm pressed sooner than this after it was offered is the second half of a double tap (UX section 0, 6)."""

ANSWERED_ALONE = timedelta(seconds=15)
"""For so long after a press Telegram shows the answer to the presser alone (the Bot API on ephemeral messages)."""

CONFIRMS = frozenset(
    {
        Verb.CONFIRM,
        Verb.APPROVE,
        Verb.DECIDE,
        Verb.REOPEN,
        Verb.MERGE,
        Verb.CHANGE_SILENCE,
        Verb.DO_COVER,
        Verb.SET_MAINTENANCE,
        Verb.SET_ROUTES,
        Verb.SET_CHAT,
    }
)
"""The second of two taps."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a press does not count. `toast`: a code of screens.toasts; `denied`: the reason as the log has it; `stale`:
    the message is redrawn.
    """

    toast: str
    denied: str
    stale: bool = False


def judge(
    tap: Tap,
    offered: Offered | None,
    user: User | None,
    *,
    now: datetime,
    incident: Incident | None = None,
    other: Incident | None = None,
    asker: User | None = None,
    late: bool = False,
) -> Refusal | None:
    """None when it counts. A stranger learns nothing of the button; a foreign token nothing of its message.

    `incident` is the button's, `other` the one its arguments name, `asker` who chose what a second person approves: all
    as they are stored now.
    `late`: it came after an absence of the bot (core.absence).
    """
    somebody = known(user)
    if not somebody.allowed:
        return Refusal("stranger", denied=somebody.reason)
    if offered is None:
        return Refusal("unknown", denied="unknown_button", stale=True)
    if offered.chat_id != tap.chat_id or offered.message_id not in (None, tap.message_id):
        return Refusal("elsewhere", denied="foreign_button")
    wanted = needs(
        offered.verb, offered.args, ref=offered.ref, incident_id=offered.incident_id, incident=incident, other=other
    )
    verdict = may_all(user, wanted)
    if not verdict.allowed:
        return Refusal(refused_as(offered.verb, offered.args, verdict.reason), denied=verdict.reason)
    if offered.for_user is not None and offered.for_user != tap.sender.id:
        return Refusal("not_yours", denied="not_theirs")
    if offered.args.get("by") == str(tap.sender.id):
        return Refusal("second_person", denied="second_person")
    if offered.verb is Verb.APPROVE and "by" in offered.args and not may_all(asker, wanted).allowed:
        return Refusal("asker_lost_right", denied="asker_lost_right")
    if late:
        return Refusal("too_late", denied="too_late", stale=True)
    if offered.used_at is not None:
        return Refusal("used", denied="used")
    if offered.expires_at is not None and now >= offered.expires_at:
        return Refusal("expired", denied="expired", stale=True)
    if offered.verb in CONFIRMS and now - offered.offered_at < DOUBLE_TAP:
        return Refusal("double_tap", denied="double_tap")
    return None


def for_presser(tap: Tap, heard_at: datetime, now: datetime) -> ForPresser | None:
    """Whom what the press asks for can still be shown to alone: the presser, in a group, for a while.

    Telegram tells no date of a press, so `heard_at` may be later than it was; then the server says that it is too late.
    """
    alone = tap.chat_kind is ChatKind.GROUP and timedelta() <= now - heard_at < ANSWERED_ALONE
    return ForPresser(tap.sender.id, tap.callback_id) if alone else None


LATE = timedelta(minutes=15)
"""For so long after its end a confirm that waited for a word still has it told that it came too late."""


def word_for(text: TextMessage, waiting: Iterable[Offered]) -> Offered | None:
    """The confirm that this is the word for. What was written before it was asked for answers no question: it may come
    late, from a chat that nobody listened to. Telegram tells whole seconds.
    """
    for offered in waiting:
        asked_at = offered.offered_at.replace(microsecond=0)
        if offered.ref is not None and typed_right(text.text, offered.ref) and text.sent_at >= asked_at:
            return offered
    return None


@dataclass(frozen=True, slots=True)
class Missed:
    """A word that did not count, and the confirm it was for. `aside`: it may have been meant for somebody else."""

    offered: Offered
    refusal: Refusal
    aside: bool


def missed(text: TextMessage, asked: Iterable[Offered], question: int | None, *, now: datetime) -> Missed | None:
    """Whether this is a word that came too late, from another person, or that is not the one asked for.

    `asked` are the chat's confirms that wait or waited for one, the newest first; `question` is the message that what
    is written without a reply answers, in a private chat. None for all other talk.
    """
    at = text.reply_to if text.reply_to is not None else question
    for offered in asked:
        if offered.ref is None or text.sender is None:
            continue
        theirs, addressed = offered.for_user == text.sender.id, at is not None and at == offered.message_id
        over = offered.used_at is not None or (offered.expires_at is not None and now >= offered.expires_at)
        right = typed_right(text.text, offered.ref)
        if not (right and (theirs or addressed)) and not (addressed and not over):
            continue
        if not theirs:
            return Missed(offered, Refusal("not_yours", denied="not_theirs"), aside=False)
        if offered.used_at is not None:
            return Missed(offered, Refusal("already_confirmed", denied="used"), aside=not addressed)
        code = "expired" if over else "too_early" if right else "wrong_word"
        return Missed(offered, Refusal(code, denied=code), aside=not addressed)
    return None


def refused_as(verb: Verb, args: Mapping[str, str], reason: str) -> str:
    """The toast for somebody known who lacks the right to what the button, or the screen, is for."""
    if right_for(verb, args) is Right.DECIDE:
        return ADMINS_ONLY
    return OUT_OF_SCOPE if reason == OUT_OF_SCOPE else "no_right"
