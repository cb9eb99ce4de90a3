"""Whether a press counts: the button, the message, the person and the moment must all be right."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatops.core.access import may, right_for
from chatops.core.buttons import Offered, Verb
from chatops.core.people import User
from chatops.core.updates import Tap

DOUBLE_TAP = timedelta(seconds=0.7)
"""A confirm pressed sooner than this after it was offered is the second half of a double tap (UX section 0, 6)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a press does not count: a code of screens.toasts. `denied`: audited; `stale`: the message is redrawn."""

    toast: str
    denied: str = ""
    stale: bool = False


def judge(tap: Tap, offered: Offered | None, user: User | None, *, now: datetime) -> Refusal | None:
    """None when it counts. A stranger learns nothing of the button; a foreign token nothing of its message."""
    known = may(user, right_for(Verb.CARD))
    if not known.allowed:
        return Refusal("stranger", denied=known.reason)
    if offered is None:
        return Refusal("unknown", stale=True)
    if offered.chat_id != tap.chat_id or offered.message_id not in (None, tap.message_id):
        return Refusal("elsewhere", denied="foreign_button")
    verdict = may(user, right_for(offered.verb, offered.args))
    if not verdict.allowed:
        return Refusal("no_right", denied=verdict.reason)
    if offered.for_user is not None and offered.for_user != tap.sender.id:
        return Refusal("not_yours", denied="not_theirs")
    if offered.args.get("by") == str(tap.sender.id):
        return Refusal("second_person", denied="second_person")
    if offered.used_at is not None:
        return Refusal("used")
    if offered.expires_at is not None and now >= offered.expires_at:
        return Refusal("expired", stale=True)
    if offered.verb in (Verb.CONFIRM, Verb.APPROVE) and now - offered.offered_at < DOUBLE_TAP:
        return Refusal("double_tap")
    return None
