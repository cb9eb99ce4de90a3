"""What happened in a story, by name: a rule about what never happens holds of everything, and proves nothing.

Some of it is told by the audit log, some only the worlds know.
"""

from collections import Counter

from tests.simulation.simulation import Simulation

EXPECTED = (
    *("opened", "reopened", "alerts_resolved", "late_duplicate", "severity_changed"),
    *("acknowledged", "released", "resolved", "rejected", "escalated", "noted", "looked", "denied"),
    *("action_requested", "action_performed", "action_finished", "action_looked_up"),
    *("silence_requested", "silenced", "unsilenced"),
    *(
        "a change is shown",
        "a change is made",
        "an answer of a change is lost",
        "a pass of a drain",
        "a drain is stopped",
    ),
    *("a word is typed right", "a second person approves", "a stranger presses"),
    *("several clusters", "grouped in another way", "a silence hides an end"),
    *("a message is deleted", "an actor dies", "the process dies"),
)
"""Every one of these happens within a few hundred seeds, or else the simulation has stopped to test it."""


def occurrences(sim: Simulation) -> Counter[str]:
    """How often what happened."""
    happened: Counter[str] = Counter()
    for type, times, asked in sim.rows("SELECT type, count(*), sum(detail LIKE '%asked_by%') FROM audit GROUP BY 1"):
        happened[type] += times
        happened["a second person approves"] += asked
        happened["a drain is stopped"] += times if type == "action_stopped" else 0
    used = "SELECT count(*) FROM buttons WHERE used_at IS NOT NULL AND args LIKE '%\"typed\"%'"
    happened["a word is typed right"] += sim.rows(used)[0][0]
    happened["a change is shown"] += len(sim.cluster.previews)
    happened["a change is made"] += len(sim.cluster.effects)
    happened["an answer of a change is lost"] += len(sim.cluster.unknown)
    happened["a pass of a drain"] += len(sim.cluster.passes)
    happened["a stranger presses"] += sim.telegram.presses[666]
    happened["several clusters"] += bool(sim.contexts)
    happened["grouped in another way"] += sim.alerts.regrouped
    happened["a silence hides an end"] += sum(truth.muffled for truth in sim.alerts.known.values())
    happened["a message is deleted"] += sum(each.deleted for each in sim.telegram.everything())
    happened["an actor dies"] += len(sim.all_deaths)
    happened["the process dies"] += sim.lives - 1
    return happened
