"""What happened in a story, by name: a rule about what never happens holds of everything, and proves nothing.

Some of it is told by the audit log, some only the worlds know.
"""

from collections import Counter

from tests.simulation.simulation import Simulation
from tests.simulation.virtual_time import BEGINNING

_CARDED = "SELECT count(*) FROM storm_members JOIN cards USING (chat_id, incident_id)"
_TAKEN_AT_ONCE = (
    "SELECT count(*) FROM (SELECT 1 FROM audit WHERE type = 'acknowledged' GROUP BY chat_id, message_id, subject_id "
    "HAVING count(DISTINCT incident_id) > 2)"
)

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
    *("several clusters", "grouped in another way", "an end is hidden", "others set a silence"),
    *("an alert is listed", "an Alertmanager starts anew", "an Alertmanager is dead", "a body is refused"),
    *("standing", "a roll call tells what fires", "a roll call tells what ended", "an incident is stale"),
    *("reminded", "called", "a storm", "a storm is over", "several are taken at once", "a member has a card"),
    *("maintenance_set", "maintenance_ended", "an incident is expected", "an incident flaps", "a card owes a change"),
    *("breach_found", "breach_over"),
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
    happened["an end is hidden"] += sum(truth.muffled for truth in sim.alerts.known.values())
    happened["others set a silence"] += len(sim.silences.by_others)
    happened["an alert is listed"] += sim.silences.listed
    for peer in sim.peers:
        happened["an Alertmanager starts anew"] += peer.started_at > BEGINNING
        happened["an Alertmanager is dead"] += peer.deaths
        happened["a body is refused"] += peer.refused
    for what, key in (("fires", "["), ("ended", "ended")):
        told = "SELECT count(*) FROM inbox WHERE instr(CAST(body AS TEXT), ?)"
        happened[f"a roll call tells what {what}"] += sim.rows(told, f"roll call: {key}")[0][0]
    stale = "SELECT count(*) FROM audit WHERE type = 'standing' AND json_extract(detail, '$.as') = 'stale'"
    happened["an incident is stale"] += sim.rows(stale)[0][0]
    for ended, times in sim.rows("SELECT ended_at IS NOT NULL, count(*) FROM storms GROUP BY 1"):
        happened["a storm"] += times
        happened["a storm is over"] += times * ended
    happened["several are taken at once"] += sim.rows(_TAKEN_AT_ONCE)[0][0]
    happened["a member has a card"] += sim.rows(_CARDED)[0][0]
    happened["an incident is expected"] += sim.expected
    happened["an incident flaps"] += len(sim.flapped)
    happened["a card owes a change"] += sim.owed
    happened["a message is deleted"] += sum(each.deleted for each in sim.telegram.everything())
    happened["an actor dies"] += len(sim.all_deaths)
    happened["the process dies"] += sim.lives - 1
    return happened
