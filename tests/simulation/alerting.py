"""What happens with alerts, and with the Alertmanagers that tell them, by the seed."""

from collections.abc import Callable
from datetime import timedelta

from tests.simulation.places import BURST, GROUPS
from tests.simulation.plots import Plot
from tests.simulation.simulation import Simulation

Again = Callable[[float, tuple[float, float], Callable[[], object]], None]
"""Has a call made after so many seconds, and again and again with such pauses between, until the trouble is over."""


class Alerting:
    """`begin` puts it on the world's agenda."""

    def __init__(self, simulation: Simulation, again: Again) -> None:
        self._sim = simulation
        self._chance = simulation.chance
        self._again = again

    def begin(self) -> None:
        sim, chance = self._sim, self._chance
        for _ in range(chance.randint(2, 8)):
            self._some_time(0, 0.9, lambda: sim.alerts.turn(chance.choice(self._usual)))
        sim.world.later(chance.choice([0.5, 0.5, 9.0]), lambda: sim.alerts.turn(GROUPS[sim.usual[0]][0]))
        for peer in sim.peers:
            for group in sim.usual:
                self._again(chance.uniform(1, 5), (8, 30), lambda p=peer, g=group: p.tell(g))  # type: ignore[misc]
        self._again(10, (10, 60), self._end_silence)
        storm = sim.plot is Plot.STORM
        if chance.random() < 0.3 and not storm:
            self._some_time(0.1, 1, self._regroup)
        if chance.random() < 0.2 and not storm:
            sim.alerts.inhibiting = GROUPS[sim.usual[0]][0]
        if chance.random() < 0.3:
            self._some_time(0.1, 0.9, self._silence)
        for peer in sim.peers:
            if chance.random() < 0.2:
                self._some_time(0, 1, peer.restart)
            if chance.random() < 0.2:
                seconds = chance.choice([20.0, 100.0]) * sim.plot.pace
                self._some_time(0, 1, lambda p=peer, s=seconds: p.die(s))  # type: ignore[misc]
        if chance.random() < (0.5 if sim.plot is Plot.LONG else 0.1):
            self._some_time(0.1, 0.5, self._flap)
        if storm:
            self._some_time(0.1, 0.3, self._burst)

    @property
    def _usual(self) -> list[str]:
        return [each for group in self._sim.usual for each in GROUPS[group]]

    def _some_time(self, after: float, before: float, call: Callable[[], object]) -> None:
        """Within these parts of the trouble."""
        sim = self._sim
        sim.world.later(self._chance.uniform(after, before) * sim.trouble_ends, lambda: None if sim.calm else call())

    def _end_silence(self) -> None:
        standing = self._sim.silences.standing()
        if standing and self._chance.random() < 0.5:
            self._sim.silences.end(self._chance.choice(standing))

    def _silence(self) -> None:
        length = timedelta(seconds=self._chance.choice([30, 60, 300]) * self._sim.plot.pace)
        self._sim.silences.others_silence(self._chance.choice(self._usual), length)

    def _regroup(self) -> None:
        self._sim.alerts.regroup(self._chance.choice(["keyed", "keyed", "merged"]))

    def _flap(self) -> None:
        """One alert comes and goes, each time for long enough to be told."""
        sim, fingerprint = self._sim, self._chance.choice(self._usual)
        group = next(name for name in sim.usual if fingerprint in GROUPS[name])

        def turn() -> None:
            if sim.calm:
                return
            sim.alerts.turn(fingerprint)
            for peer in sim.peers[: self._chance.choice([1, 2])]:
                peer.tell(group)
            sim.world.later(self._chance.uniform(3, 8) * sim.plot.pace, turn)

        turn()

    def _burst(self) -> None:
        """All of them fire within seconds, told by one Alertmanager and in part by the other; some end again."""
        sim, chance = self._sim, self._chance
        slowly = chance.choice([0.5, 3.0, 12.0])
        for group, (fingerprint,) in BURST.items():
            begins = chance.uniform(0, slowly)
            sim.world.later(begins, lambda f=fingerprint: sim.alerts.turn(f))  # type: ignore[misc]
            for number, peer in enumerate(sim.peers):
                if number == 0 or chance.random() < 0.2:
                    told = begins + chance.uniform(0.1, 1.0)
                    sim.world.later(told, lambda p=peer, g=group: p.tell(g))  # type: ignore[misc]
            if chance.random() < 0.3:
                ends = begins + chance.uniform(2, 30)
                sim.world.later(ends, lambda f=fingerprint, g=group: self._end(f, g))  # type: ignore[misc]

    def _end(self, fingerprint: str, group: str) -> None:
        sim = self._sim
        if not sim.calm and sim.alerts.fires(fingerprint):
            sim.alerts.turn(fingerprint)
            for peer in sim.peers:
                peer.tell(group)
