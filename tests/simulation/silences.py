"""The silences of a simulated Alertmanager, behind the upstream pool's door: made, lost on the way, ended by others.

What it lists is the truth at the moment it is asked. It knows nothing of incidents.
"""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.silences import Choice, Counted, Matched, Matcher, SilenceDraft, SilencePlace, SilenceWatch
from tests.simulation.alertmanagers import Alerts
from tests.simulation.virtual_time import VirtualTime


@dataclass(slots=True)
class Standing:
    """One silence that was made."""

    id: str
    draft: SilenceDraft
    asked: bool
    """Whether the log had its request by then."""
    ended: datetime | None = None
    extends: str = ""
    """The id of the one whose place it took."""


class SimulatedSilences:
    """`calm` ends all trouble. `audited(key)` says whether the audit log has the request of a silence."""

    def __init__(
        self,
        alerts: Alerts,
        time: VirtualTime,
        chance: random.Random,
        audited: Callable[[str], bool],
        trace: Callable[[str], None],
    ) -> None:
        self.calm = False
        self.made: list[Standing] = []
        self.by_others: list[tuple[str, tuple[Matcher, ...], datetime]] = []
        """Silences that somebody set in Alertmanager itself: id, what they match, and their ends."""
        self._alerts = alerts
        self._time = time
        self._chance = chance
        self._audited = audited
        self._trace = trace
        alerts.silencing = self.hiding

    def __call__(self, _stop: Any) -> "SimulatedSilences":
        """Opens the door."""
        return self

    def close(self) -> None:
        pass

    def hiding(self, labels: dict[str, str]) -> frozenset[str]:
        """The keys of those that hide an alert of these labels; of others' silences the ids."""
        now = self._time.now()
        ours = ((each.draft.key, each.draft.matchers) for each in self.standing())
        others = ((id, matchers) for id, matchers, ends_at in self.by_others if now < ends_at)
        return frozenset(name for name, matchers in (*ours, *others) if all(m.takes(labels) for m in matchers))

    def standing(self) -> list[Standing]:
        now = self._time.now()
        return [each for each in self.made if each.ended is None and now < each.draft.ends_at]

    def end(self, silence: Standing) -> None:
        """Somebody ends it in Alertmanager itself."""
        silence.ended = self._time.now()
        self._trace(f"silence {silence.id} is ended by others")

    # The door

    def counted(self, choices: tuple[Choice, ...], ours: frozenset[str]) -> Counted:
        self._trouble(looks=True)
        return Counted(tuple(Matched(each.matchers, len(ours), 0, scope=each.scope) for each in choices))

    def extend_silence(self, place: SilencePlace, ends_at: datetime, _note: str, _now: datetime) -> SilencePlace:
        """As Alertmanager does it: the one ends, and another takes its place in the same moment."""
        self._trouble()
        lost = not self.calm and self._chance.random() < 0.25
        if lost and self._chance.random() < 0.4:
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, and it never arrived")
        known = next((each for each in self.standing() if each.id == place.id), None)
        if known is None:
            raise Permanent(Reason.NOT_FOUND, "it has ended already")
        known.ended = self._time.now()
        made = Standing(f"s{len(self.made) + 1}", replace(known.draft, ends_at=ends_at), known.asked, extends=known.id)
        self.made.append(made)
        self._trace(f"silence {made.id} is {known.id} until {ends_at:%H:%M}")
        if lost:
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, but the answer was lost")
        return SilencePlace(made.id, 0, ends_at)

    def make_silence(self, draft: SilenceDraft, _now: datetime) -> SilencePlace:
        self._trouble()
        lost = not self.calm and self._chance.random() < 0.25
        if lost and self._chance.random() < 0.4:
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, and it never arrived")
        made = Standing(f"s{len(self.made) + 1}", draft, self._audited(draft.key))
        self.made.append(made)
        self._trace(f"silence {made.id} is made for {draft.key}")
        if lost:
            raise Permanent(Reason.UNKNOWN_OUTCOME, "sent, but the answer was lost")
        return SilencePlace(made.id, 0)

    def find_silence(self, key: str, _matchers: tuple[Matcher, ...]) -> SilencePlace:
        self._trouble(looks=True)
        return next(
            (SilencePlace(each.id, 0, each.draft.ends_at) for each in self.standing() if key in each.draft.comment),
            SilencePlace(),
        )

    def expire_silence(self, place: SilencePlace) -> bool:
        self._trouble()
        for each in self.made:
            if each.id == place.id:
                each.ended = each.ended or self._time.now()
                return True
        raise Permanent(Reason.NOT_FOUND, "no such silence")

    def watch_silence(self, place: SilencePlace, matchers: tuple[Matcher, ...], _now: datetime) -> SilenceWatch:
        self._trouble(looks=True)
        active = place.id in {each.id for each in self.standing()}
        firing = {each for each in self._alerts.known if self._alerts.fires(each)}
        taken = {each for each in firing if all(m.takes(self._alerts.labels(each)) for m in matchers)}
        return SilenceWatch(active, frozenset(taken))

    def report(self, action: str, *_: Any) -> Any:
        raise Permanent(Reason.NOT_SERVED, action)

    def acting_for(self, _person: int) -> AbstractContextManager[None]:
        return nullcontext()

    def _trouble(self, *, looks: bool = False) -> None:
        """What only looks is never refused for good: who may write there may read."""
        if not self.calm and self._chance.random() < 0.1:
            if looks or self._chance.random() < 0.5:
                raise Temporary(Reason.UNREACHABLE, "connection refused")
            raise Permanent(Reason.FORBIDDEN, "is forbidden")
