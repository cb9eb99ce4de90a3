"""Whether what was accepted reached people: the books compared with what is shown. It knows no store and no chat.

What is on its way is no breach. Each thing has its time to arrive, and a thing is only missed when it is missed twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

SHOWN_WITHIN = timedelta(seconds=60)
"""From an incident's opening to its card in every chat that should have one."""

SEEN_TWICE = timedelta(seconds=15)
"""Between two looks at the same gap: a chat that just subscribed, or a card just deleted, has one for a moment."""

DELIVERED_WITHIN = timedelta(minutes=5)
"""From a change being missed on a card to its being there. Telegram takes 20 edits a minute in a group."""

READ_WITHIN = timedelta(seconds=60)
"""From a body being accepted to every incident having worked through it."""


class Breach(StrEnum):
    """not_shown: no card where one should be; late: a card that stays behind; backlog: bodies that stay unread;
    unrouted: what no chat's routes take, so that nobody is shown it. That is as the admins said, and no fault of ours.
    """

    NOT_SHOWN = "not_shown"
    LATE = "late"
    BACKLOG = "backlog"
    UNROUTED = "unrouted"

    @property
    def ours(self) -> bool:
        return self is not Breach.UNROUTED


@dataclass(frozen=True, slots=True)
class Gap:
    """What a chat does not show: of an incident opened `at` the card, or what came after revision `shown` of it."""

    chat_id: int
    incident_id: int
    opened_at: datetime
    shown: int = 0
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """The state of things at one moment.

    `missing` and `behind` leave out what has its reason: a chat that cannot be reached or wants nothing, and a card
    somebody is reading on. `unseen` counts open incidents that no chat shows, whatever the reason.
    """

    missing: tuple[Gap, ...] = ()
    behind: tuple[Gap, ...] = ()
    waiting: int = 0
    waiting_since: datetime | None = None
    unseen: int = 0
    unrouted: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of breach: how many things, and the oldest of them. `each`: the incidents, where they are named.

    It is told when it begins; that nobody is shown an incident is told anew of each critical one (`pressing`).
    """

    breach: Breach
    count: int
    since: datetime
    incident_id: int | None = None
    each: frozenset[int] = frozenset()
    pressing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Round:
    """What one look came to. `first_missed` is to be given to the next one; `soon`: something may be a breach."""

    findings: tuple[Finding, ...] = ()
    first_missed: Mapping[Gap, datetime] = field(default_factory=lambda: MappingProxyType({}))
    soon: bool = False
    oldest: datetime | None = None
    """Since when the oldest change is missed that is not on its card."""


def compare(books: Books, first_missed: Mapping[Gap, datetime], now: datetime) -> Round:
    """Look at the books; `first_missed` is the last round's."""
    missed = {gap: min(first_missed.get(gap, now), now) for gap in (*books.missing, *books.behind, *books.unrouted)}
    # By their distance: what was opened before the clock was set back is no younger for it.
    old = [gap for gap in books.missing if abs(now - gap.opened_at) >= SHOWN_WITHIN]
    not_shown = [(gap.opened_at, gap.incident_id) for gap in old if now - missed[gap] >= SEEN_TWICE]
    late = [(missed[gap], gap.incident_id) for gap in books.behind if now - missed[gap] >= DELIVERED_WITHIN]
    findings = [
        Finding(breach, len(gaps), *min(gaps))
        for breach, gaps in ((Breach.NOT_SHOWN, not_shown), (Breach.LATE, late))
        if gaps
    ]
    if books.waiting_since is not None and abs(now - books.waiting_since) >= READ_WITHIN:
        findings.append(Finding(Breach.BACKLOG, books.waiting, books.waiting_since))
    # Its labels or the routes may be about to change: the same time as for a card.
    alone = [gap for gap in books.unrouted if abs(now - gap.opened_at) >= SHOWN_WITHIN]
    nobodys = [(gap.opened_at, gap.incident_id) for gap in alone if now - missed[gap] >= SEEN_TWICE]
    if nobodys:
        each = frozenset(incident_id for _, incident_id in nobodys)
        pressing = frozenset(gap.incident_id for gap in alone if gap.critical) & each
        findings.append(Finding(Breach.UNROUTED, len(nobodys), *min(nobodys), each, pressing))
    since = [*(gap.opened_at for gap in books.missing), *(missed[gap] for gap in books.behind)]
    return Round(
        tuple(findings), missed, len(old) + len(alone) > len(not_shown) + len(nobodys), min(since, default=None)
    )
