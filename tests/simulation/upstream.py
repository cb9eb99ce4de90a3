"""The door of the upstream pool: the silences of a pair of Alertmanagers, and what each of them lists.

What it lists is the truth at the moment it is asked, as far as that Alertmanager can know it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.roll_call import Mute, Roll, Rolls, settled
from chatops.core.silences import Matcher, SilencePlace, SilenceWatch
from tests.simulation.alertmanagers import Peer
from tests.simulation.silences import SimulatedSilences

NO_ANSWER = 0.06
"""How often an Alertmanager that lives does not answer."""


class SimulatedUpstream(SimulatedSilences):
    """`peers` are all that are asked."""

    peers: tuple[Peer, ...] = ()
    listed = 0
    """How many alerts were listed in all."""

    def others_silence(self, fingerprint: str, length: timedelta) -> None:
        """Somebody silences an alert in Alertmanager itself."""
        labels = self._alerts.labels(fingerprint)
        matchers = (Matcher("shard", labels["shard"]), Matcher("team", labels["team"]))
        self.by_others.append((f"o{len(self.by_others) + 1}", matchers, self._time.now() + length))
        self._trace(f"alert {fingerprint} is silenced by others")

    def watch_silence(self, place: SilencePlace, matchers: tuple[Matcher, ...], now: datetime) -> SilenceWatch:
        watch = super().watch_silence(place, matchers, now)
        sure = all(settled(peer.started_at, now) for peer in self.peers)
        return watch if sure else replace(watch, firing=None)

    def rolls(self, _now: datetime) -> Rolls:
        self._trouble(looks=True)
        return Rolls(tuple(self._roll(peer) for peer in self.peers))

    def _roll(self, peer: Peer) -> Roll | None:
        if peer.dead or (not self.calm and self._chance.random() < NO_ANSWER):
            return None
        ours = {each.id: Mute("chatops", each.draft.ends_at) for each in self.standing()}
        others = {id: Mute("somebody", ends_at) for id, _, ends_at in self.by_others if ends_at > self._time.now()}
        roll = peer.roll({**ours, **others}, self._ids)
        self.listed += sum(len(group.alerts) for group in roll.groups)
        return roll

    def _ids(self, fingerprint: str) -> tuple[str, ...]:
        keys = self._alerts.hidden(fingerprint)
        return tuple(sorted({each.id for each in self.standing() if each.draft.key in keys} | (keys & self._others)))

    @property
    def _others(self) -> set[str]:
        return {id for id, _, _ in self.by_others}
