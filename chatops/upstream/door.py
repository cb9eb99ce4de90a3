"""All that is asked of the configured Alertmanagers and the Prometheus, by what it is for.

Several Alertmanagers are peers of one cluster, or strangers to each other: what one does not answer the next is asked,
and a silence goes to one that lists the alerts it is meant for.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.graphs import GraphAsk
from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from chatops.core.roll_call import Roll, Rolls, settled
from chatops.core.silences import (
    Choice,
    Counted,
    Matched,
    Matcher,
    SilenceDraft,
    SilencePlace,
    SilenceWatch,
    StandingSilence,
    StandingSilences,
)
from chatops.upstream.alertmanager import Alertmanager, ListedAlert
from chatops.upstream.endpoint import Endpoint
from chatops.upstream.graphs import metric_graph
from chatops.upstream.prometheus import Prometheus
from chatops.upstream.roll import roll_of
from chatops.upstream.silences import standing_silence
from chatops.upstream.standing import alertmanager_status
from chatops.upstream.targets import target_health

T = TypeVar("T")

MOST_NAMES = 5
MOST_SILENCES = 500
MOST_OTHERS = 500
"""Alerts of which it is looked up whose they are; of more than that nobody reads the numbers."""


class UpstreamDoor:
    """Methods raise Temporary and Permanent only. Not for sharing between threads."""

    def __init__(self, alertmanagers: Sequence[str], prometheus: str = "") -> None:
        """Addresses, which may hold credentials. Raises ValueError for one that is none."""
        self._alertmanagers = tuple(Alertmanager(Endpoint(url)) for url in alertmanagers)
        self._prometheus = Prometheus(Endpoint(prometheus)) if prometheus else None

    def counted(self, choices: Sequence[Choice], ours: frozenset[str]) -> Counted:
        """What each choice takes now; `ours` are the fingerprints of the incident that asks.

        Of one answer for all of them, where they share a matcher to ask by.
        """
        first, *others = (choice.matchers for choice in choices)
        shared = [matcher for matcher in first if all(matcher in other for other in others)]
        found = self._listing(shared, ours) if shared else []
        return Counted(
            tuple(
                _matched(choice, found if shared else self._listing(choice.matchers, ours), ours) for choice in choices
            )
        )

    def make_silence(self, draft: SilenceDraft, now: datetime) -> SilencePlace:
        """Make it at one Alertmanager. A lost answer is Permanent(UNKNOWN_OUTCOME), to be looked up by its key."""
        failure: Failure | None = None
        for instance in self._nearest(draft.matchers, draft.ours):
            try:
                return SilencePlace(self._alertmanagers[instance].make(draft, now), instance)
            except Temporary as refused:
                failure = refused
        raise failure or _none_configured()

    def find_silence(self, key: str, matchers: Sequence[Matcher]) -> SilencePlace:
        """Where the silence is whose comment holds the key, the one that ends last; an empty place when every
        Alertmanager knows none.
        """
        failure: Failure | None = None
        found: list[SilencePlace] = []
        for instance, one in enumerate(self._alertmanagers):
            try:
                for silence in one.silences(matchers):
                    if key in silence.comment and silence.status.state != "expired":
                        found.append(SilencePlace(silence.id, instance, silence.ends_at))
            except Failure as refused:
                failure = refused
        if found:
            return max(found, key=lambda place: (place.ends_at.timestamp() if place.ends_at else 0, -place.instance))
        if failure is not None:
            raise failure
        return SilencePlace()

    def extend_silence(self, place: SilencePlace, ends_at: datetime, note: str, now: datetime) -> SilencePlace:
        """Have it end then, at the one that has it; where it is from now on. A lost answer is UNKNOWN_OUTCOME.

        `note` is added to its comment: a silence of others is found by the key in it.

        Raises Permanent(NOT_FOUND) when no Alertmanager knows it, or when it has ended: what is over is not begun
        anew.
        """
        failure: Failure | None = None
        for instance, one in self._from(place.instance):
            try:
                known = one.silence(place.id)
                if known.status.state == "expired":
                    raise Permanent(Reason.NOT_FOUND, "it has ended already")
                return SilencePlace(one.prolong(known, ends_at, known.comment + note, now), instance, ends_at)
            except Failure as refused:
                if refused.reason is Reason.UNKNOWN_OUTCOME:
                    raise
                failure = refused if failure is None or isinstance(refused, Temporary) else failure
        raise failure or _none_configured()

    def silences(self) -> StandingSilences:
        """All that stand now or will. Raises where no Alertmanager says."""
        failure: Failure | None = None
        silent: list[str] = []
        found: dict[str, StandingSilence] = {}
        for instance, one in enumerate(self._alertmanagers):
            try:
                for listed in one.silences():
                    standing = standing_silence(listed, instance)
                    if standing is not None:
                        found.setdefault(standing.id, standing)
            except Failure as refused:
                failure = failure or refused
                silent.append(one.name)
        if len(silent) == len(self._alertmanagers):
            raise failure or _none_configured()
        nearest = sorted(found.values(), key=lambda each: (each.ends_at, each.id))
        return StandingSilences(tuple(nearest[:MOST_SILENCES]), tuple(silent), max(0, len(nearest) - MOST_SILENCES))

    def expire_silence(self, place: SilencePlace) -> bool:
        """True once it has ended. Raises Permanent(NOT_FOUND) when no Alertmanager knows it."""
        failure: Failure | None = None
        for _, one in self._from(place.instance):
            try:
                one.expire(place.id)
            except Failure as refused:
                failure = refused if failure is None or isinstance(refused, Temporary) else failure
            else:
                return True
        raise failure or _none_configured()

    def watch_silence(self, place: SilencePlace, matchers: Sequence[Matcher], now: datetime) -> SilenceWatch:
        """Whether it still stands, and what of its alerts still fires, also once it has ended."""
        failure: Failure | None = None
        for _, one in self._from(place.instance):
            try:
                active = one.silence(place.id).status.state != "expired"
                if not settled(one.status().started_at, now):
                    return SilenceWatch(active)
                return SilenceWatch(active, frozenset(alert.fingerprint for alert in one.alerts(matchers)))
            except Failure as refused:
                failure = refused if failure is None or isinstance(refused, Temporary) else failure
        if failure is not None and failure.reason is Reason.NOT_FOUND:
            return SilenceWatch(active=False)
        raise failure or _none_configured()

    def rolls(self, now: datetime) -> Rolls:
        """What each Alertmanager lists. Raises where none of them says."""
        failure: Failure | None = None
        rolls: list[Roll | None] = []
        for one in self._alertmanagers:
            try:
                rolls.append(roll_of(one, now))
            except Failure as refused:
                failure = failure or refused
                rolls.append(None)
        if not any(rolls):
            raise failure or _none_configured()
        return Rolls(tuple(rolls))

    def graph(self, ref: ObjectRef, generator_url: str, ask: GraphAsk, now: datetime) -> Report:
        """The alert's own expression with a picture, as `report` tells it without one."""
        if self._prometheus is None:
            raise _none_configured()
        return metric_graph(self._prometheus, ref, generator_url, now, ask)

    def report(self, action: str, ref: ObjectRef, generator_url: str, now: datetime) -> Report:
        """`generator_url` is the alert's: only its expression is read; nothing is ever fetched from it."""
        match action:
            case "alertmanager_status" if self._alertmanagers:
                return alertmanager_status(self._alertmanagers, ref, now)
            case "metric_graph" if self._prometheus:
                return metric_graph(self._prometheus, ref, generator_url, now)
            case "target_health" if self._prometheus:
                return target_health(self._prometheus, ref)
            case _:
                raise _none_configured()

    def close(self) -> None:
        for one in self._alertmanagers:
            one.close()
        if self._prometheus:
            self._prometheus.close()

    def _first(self, ask: Callable[[Alertmanager], T], *, until: Callable[[T], bool]) -> T:
        """The first answer that passes `until`, else the first there is; what one fails at the next is asked."""
        answers: list[T] = []
        failure: Failure | None = None
        for one in self._alertmanagers:
            try:
                answers.append(ask(one))
            except Failure as refused:
                failure = failure or refused
            else:
                if until(answers[-1]):
                    return answers[-1]
        if answers:
            return answers[0]
        raise failure or _none_configured()

    def _listing(self, matchers: Sequence[Matcher], ours: frozenset[str]) -> list[ListedAlert]:
        """What is listed of these where the silence would be made: by one that lists our alerts, else any of them."""
        found = self._first(
            lambda one: one.alerts(matchers), until=lambda alerts: any(alert.fingerprint in ours for alert in alerts)
        )
        return found or self._first(lambda one: one.alerts(matchers), until=bool)

    def _nearest(self, matchers: Sequence[Matcher], ours: frozenset[str]) -> list[int]:
        """The Alertmanagers to make it at, those first that list our alerts, then those that list any it would hide.

        Of strangers only one knows our alerts, and a silence elsewhere hides what is not meant: where that one may be
        the one that does not answer, no other will do. Raises what kept it from answering.
        """
        if len(self._alertmanagers) < 2:
            return list(range(len(self._alertmanagers)))
        ranks: dict[int, int] = {}
        failure: Failure | None = None
        for instance, one in enumerate(self._alertmanagers):
            try:
                listed = {alert.fingerprint for alert in one.alerts(matchers)}
            except Failure as refused:
                failure, ranks[instance] = refused, 3
            else:
                ranks[instance] = 0 if listed & ours else 1 if listed else 2
        best = min(ranks.values())
        if ours and failure is not None and best > 0:
            raise failure
        nearest = [instance for instance in ranks if not ours or best > 0 or ranks[instance] == 0]
        return sorted(nearest, key=lambda instance: (ranks[instance], instance))

    def _from(self, instance: int) -> Iterator[tuple[int, Alertmanager]]:
        """Every Alertmanager, that one first: the settings may name others since."""
        if 0 <= instance < len(self._alertmanagers):
            yield instance, self._alertmanagers[instance]
        yield from ((number, one) for number, one in enumerate(self._alertmanagers) if number != instance)


def _matched(choice: Choice, listed: Sequence[ListedAlert], ours: frozenset[str]) -> Matched:
    found = [alert for alert in listed if all(each.takes(alert.labels) for each in choice.matchers)]
    others = [alert for alert in found if alert.fingerprint not in ours]
    names = dict.fromkeys(alert.labels.get("alertname", "?") for alert in others)
    return Matched(
        choice.matchers,
        len(found) - len(others),
        len(others),
        tuple(names)[:MOST_NAMES],
        sum(alert.status.state == "suppressed" for alert in found),
        choice.scope,
        tuple(alert.fingerprint for alert in others[:MOST_OTHERS]),
    )


def _none_configured() -> Failure:
    return Permanent(Reason.NOT_CONFIGURED, "no address is configured for it")
