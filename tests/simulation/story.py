"""How a seed goes: trouble, then calm in which the truth is told again, then rest."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import tests.simulation.always
import tests.simulation.call_rules
import tests.simulation.change_rules
import tests.simulation.quiet_rules
import tests.simulation.resting
import tests.simulation.silence_rules
import tests.simulation.storm_rules  # noqa: F401  # importing a rule registers it
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.episodes import REPEATED_AFTER
from chatops.core.roll_call import ROUND, SETTLED, STALE_AFTER
from tests.simulation.database import SameThreadDatabase
from tests.simulation.determined import determined
from tests.simulation.happenings import Happenings
from tests.simulation.news import News
from tests.simulation.rules import ALWAYS, AT_REST, ask
from tests.simulation.simulation import Broken, Simulation

STRAGGLING = 60.0
"""Seconds after which no old webhook is on its way any more."""
SETTLING = 15.0
"""Seconds in which what was begun comes to its end."""
MOMENTS = 20
"""How often a moment of rest is looked for."""


@cache
def database() -> SameThreadDatabase:
    """One for all seeds of this run, in memory where there is a file system in memory."""
    memory = Path("/dev/shm")
    folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    made = SameThreadDatabase(Path(folder.name))
    made.folder = folder  # type: ignore[attr-defined]  # lives as long as the database
    return made


def run(seed: int, *, loud: bool = False) -> Simulation:
    with determined(seed):
        simulation = Simulation(seed, database(), loud=loud)
        try:
            play(simulation)
        except BaseException as error:
            error.add_note("\n".join([*simulation.story, f"replay: make simulate SEED={seed}"]))
            raise
    return simulation


def play(sim: Simulation) -> None:
    news = News(sim)

    def check() -> None:
        if news.look():
            ask(ALWAYS, news)

    sim.start()
    Happenings(sim).begin()
    sim.run_until(sim.trouble_ends, check)
    calm_down(sim)
    for peer in sim.peers:
        for group in sim.groups:
            peer.flush(group)
    sim.run_until(sim.time.seconds + SETTLING, check)
    sleep(sim, STRAGGLING)
    sim.run_until(sim.time.seconds + SETTLING, check)
    closed = sim.rows("SELECT 1 FROM incidents WHERE closed_by_id IS NOT NULL")
    if closed:
        sleep(sim, HAND_CLOSED_GRACE.total_seconds())
    if closed or sim.chance.random() < 0.5:
        repeat(sim, check)
    # Else Alertmanager has told all that it will tell, and what is missing only the roll call finds.
    # By the first of these every Alertmanager has run for long enough, and every screen was left alone.
    for seconds in (SETTLED, ROUND, STALE_AFTER):
        sleep(sim, seconds.total_seconds())
        sim.run_until(sim.time.seconds + SETTLING, check)
    for _ in range(MOMENTS):
        try:
            ask(AT_REST, sim)
        except Broken:
            # A group's budget may be used up, a look at the cluster may be on its way to a card.
            sim.run_until(sim.time.seconds + 7.0, check)
        else:
            return
    ask(AT_REST, sim)


def repeat(sim: Simulation, check: Callable[[], None]) -> None:
    """What fires is told again, by both and once more by one of them."""
    for peers in (sim.peers, sim.peers[:1]):
        for peer in peers:
            for group in sim.groups:
                peer.tell(group)
        sim.run_until(sim.time.seconds + REPEATED_AFTER.total_seconds() + 1.0, check)


def sleep(sim: Simulation, seconds: float) -> None:
    """The whole machine sleeps: every timer comes late, as it may."""
    sim.note(f"{seconds:g} s pass in one")
    sim.time.seconds += seconds


def calm_down(sim: Simulation) -> None:
    """No more trouble from anywhere; after deaths, and else half of the time, the service is started anew as well."""
    sim.note("calm")
    sim.calm = sim.telegram.calm = sim.cluster.calm = sim.silences.calm = True
    sim.dead.names.clear()
    for peer in sim.peers:
        peer.calm, peer.dead = True, False
    sim.faults.disarm()
    if sim.chance.random() < 0.5:
        sim.alerts.end_all()
    process = sim.process
    if process and (process.deaths or sim.chance.random() < 0.5):
        process.over = True
