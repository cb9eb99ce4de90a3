"""Storms: when new incidents of a chat join one digest instead of a card each, and what they may have in common.

It knows no chat, no message and no store: what began when, and how bad it is, comes in as values.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from chatops.core.alerts import Severity
from chatops.core.victims import suspect_of

WITHIN = timedelta(seconds=60)
"""More beginnings than the threshold in this time are a storm."""

CAUSE_WITHIN = timedelta(minutes=10)
"""So are more than the threshold that share a cause, in this time."""

OVER_AFTER = timedelta(minutes=10)
"""A storm that nothing joined for this long takes in no more."""

CLOSE_BEHIND = timedelta(seconds=5)
"""What begins so soon after another waits a moment, to see whether more come."""

GATHER_SECONDS = 0.5
"""That moment. A critical incident does not wait for it, as long as few did not."""

MOST_PAGES = 2
"""Critical incidents in WITHIN that get a card at once, whatever else comes; beyond them the digest names them first.

So 1,000 incidents at once are one card, two criticals, the digest and the list of them all.
"""

ROOT_SHARE = 0.5
"""A cause is suspected when at least this part of what the digest holds has it."""

NODE_LABELS = ("node", "nodename", "kubernetes_node")
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"})


@dataclass(frozen=True, slots=True)
class Cause:
    """What several incidents may share. `kind` is node, workload or namespace; `name` its own, `namespace/` before it
    for a workload. `own`: the incident is about this very object, and not about what only lies there.
    """

    kind: str
    name: str
    own: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An incident that a chat does not show yet. `waited`: it was held back once already."""

    id: int
    severity: Severity
    causes: tuple[Cause, ...] = ()
    waited: bool = False

    @property
    def critical(self) -> bool:
        return self.severity is Severity.CRITICAL


@dataclass(frozen=True, slots=True)
class Beginning:
    """A card that was begun in the chat."""

    at: datetime
    critical: bool = False
    causes: tuple[Cause, ...] = ()


class Member(msgspec.Struct, frozen=True):
    """An incident in a digest, as it is now. A struct, since thousands are made whenever a digest is drawn."""

    id: int
    severity: Severity
    title: str
    cluster: str
    namespace: str
    open: bool
    causes: tuple[Cause, ...] = ()
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Storm:
    """One digest of a chat. `shown` is the count of changes that its message was seen to show, of `wanted` in all.

    `message_id` is 0 until it was sent; `filed` is how many members the newest list of all has.
    """

    id: int
    chat_id: int
    message_id: int
    began_at: datetime
    last_at: datetime
    ended_at: datetime | None
    wanted: int
    shown: int
    filed: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """What becomes of newcomers: a card each, a place in the digest, or a moment's wait."""

    cards: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()
    waits: tuple[int, ...] = ()


def causes_of(labels: Mapping[str, str], namespace: str = "") -> tuple[Cause, ...]:
    """What an alert with these labels may share with others: its node, its workload, its namespace."""
    found = []
    node = next((labels[name] for name in NODE_LABELS if labels.get(name)), "")
    suspect = suspect_of(labels)
    if suspect and suspect.kind == "Node":
        node = suspect.name
    if node:
        found.append(Cause("node", node, own=suspect is not None and suspect.kind == "Node"))
    if suspect and suspect.kind in _WORKLOADS:
        found.append(Cause("workload", f"{suspect.namespace}/{suspect.name}", own=True))
    if namespace:
        found.append(Cause("namespace", namespace))
    return tuple(found)


def share(
    newcomers: Sequence[Newcomer],
    recent: Sequence[Beginning],
    *,
    standing: bool,
    suspected: Cause | None = None,
    now: datetime,
    threshold: int,
) -> Sharing:
    """Where each of the newcomers goes.

    `recent` are the cards begun in the chat in the last CAUSE_WITHIN; `standing`: a storm is there that takes them in,
    and `suspected` is its cause, as far as it is known.
    """
    # By their distance: a clock that was set back must not make all of them new.
    lately = [each for each in recent if abs(now - each.at) <= WITHIN]
    pages = max(0, MOST_PAGES - sum(each.critical for each in lately))
    if not standing and not _is_storm(newcomers, lately, recent, threshold):
        return _calm(newcomers, lately, pages, now)
    suspected = suspected or suspected_cause([each.causes for each in newcomers])
    cards: list[int] = []
    joins: list[int] = []
    for each in newcomers:
        outside = each.critical and (suspected is None or suspected not in each.causes)
        (cards if outside and len(cards) < pages else joins).append(each.id)
    return Sharing(tuple(cards), tuple(joins))


def _is_storm(
    newcomers: Sequence[Newcomer], lately: Sequence[Beginning], recent: Sequence[Beginning], threshold: int
) -> bool:
    if len(lately) + len(newcomers) > threshold:
        return True
    of_each = [*(each.causes for each in recent), *(each.causes for each in newcomers)]
    shared = Counter(cause for causes in of_each for cause in set(causes) if cause.kind != "namespace")
    return any(count > threshold for count in shared.values())


def _calm(newcomers: Sequence[Newcomer], lately: Sequence[Beginning], pages: int, now: datetime) -> Sharing:
    """The first goes at once, and criticals while they are few; the others wait, once, for what comes with them."""
    alone = len(newcomers) == 1 and not any(abs(now - each.at) <= CLOSE_BEHIND for each in lately)
    cards: list[int] = []
    waits: list[int] = []
    for each in newcomers:
        at_once = each.critical and pages > 0
        pages -= at_once
        (cards if alone or each.waited or at_once else waits).append(each.id)
    return Sharing(tuple(cards), (), tuple(waits))


def suspected_cause(causes: Iterable[Collection[Cause]]) -> Cause | None:
    """What at least half of these have in common: a node before a workload, that before a namespace. None for fewer
    than three that share it.
    """
    of_each = list(causes)
    # Thousands of members have the same few between them: what is one object is taken apart once.
    times = Counter(map(id, of_each))
    counts: Counter[Cause] = Counter()
    for each in {id(each): each for each in of_each}.values():
        counts.update(dict.fromkeys(each, times[id(each)]))
    for kind in ("node", "workload", "namespace"):
        ranked = sorted(
            ((count, cause) for cause, count in counts.items() if cause.kind == kind),
            key=lambda found: (-found[0], found[1].name),
        )
        if ranked and ranked[0][0] >= max(3, ROOT_SHARE * len(of_each)):
            return ranked[0][1]
    return None


def root_of(members: Iterable[Member], cause: Cause | None) -> Member | None:
    """The member that is about the cause itself, the worst and oldest of those; None if none is."""
    members = list(members)
    told = {id(each.causes): each.causes for each in members}
    about = {key for key, causes in told.items() if any(known == cause and known.own for known in causes)}
    own = [each for each in members if id(each.causes) in about]
    return min(own, key=lambda each: (not each.open, each.severity.rank, each.id), default=None)


def is_over(storm: Storm, members_open: int, now: datetime) -> bool:
    """Whether it takes in no more: nothing joined for OVER_AFTER, or all that did has ended."""
    return abs(now - storm.last_at) >= OVER_AFTER or (members_open == 0 and storm.shown > 0)


def files_again(storm: Storm, members: int, *, fits: int, settled: bool) -> bool:
    """Whether the list of all is sent as a document now: once the storm settles, or when it grew tenfold since.

    `fits`: how many the digest and its pages show without one.
    """
    if members <= max(fits, storm.filed):
        return False
    return settled or (storm.filed > 0 and members >= 10 * storm.filed)
