"""What the first screen offers, over the whole catalogue, in a cluster that has what the alerts are about."""

from dataclasses import replace

from chatops.core.actions import ACTIONS
from chatops.core.alerts import Alert
from chatops.core.buttons import Button, Verb
from chatops.core.incidents import Episode, Incident
from chatops.core.outside import Outside
from chatops.core.screens import incident_acts
from chatops.core.screens.card import card
from chatops.core.screens.reading import reading_of
from chatops.core.texts import tongue
from chatops.core.victims import clue_of, is_pipeline
from tests.cluster.sandbox import NOW, Sandbox
from tests.core.catalogue import Entry, read
from tests.core.scene import NEW

CATALOGUE = read()
EVERYTHING = Outside(alertmanager=True, prometheus=True)
ENGLISH = tongue("en")


def surveyed(world: Sandbox, entry: Entry) -> Incident:
    """The incident of one alert, as it stands after its first survey."""
    alert = Alert(entry.name, True, entry.labels, {}, NOW, None)
    clue = clue_of(entry.labels)
    survey = world.cluster.survey([clue] if clue else [], NOW)
    return replace(NEW, opened_at=NOW, episodes=(Episode(alert, NOW),), survey=survey)


def offered(incident: Incident) -> set[str]:
    """Ids of the actions that the buttons of its card start."""
    acts = incident_acts.rows(incident, ENGLISH, EVERYTHING, alike=0)
    shown = card(incident, ENGLISH, now=NOW, acts=acts)
    return {id for row in shown.rows for button in row for id in ACTIONS if _starts(button, id)}


def _starts(button: Button, id: str) -> bool:
    match button.verb:
        case Verb.CHOOSE:
            return button.args["action"] == id
        case Verb.SILENCE | Verb.ESCALATE:
            return button.verb.name.lower() == id
        case verb:
            reads, args = reading_of(id)
            return (
                verb is reads
                and args.items() <= button.args.items()
                and ("previous" in args) == ("previous" in button.args)
            )


def test_the_catalogue(world: Sandbox) -> None:
    """For at least 95 % something that may help, and for all nothing that must not be suggested."""
    helpless: dict[str, list[str]] = {}
    forbidden: dict[str, set[str]] = {}
    untouched = 0
    for entry in CATALOGUE:
        actions = offered(surveyed(world, entry))
        if not entry.remedies & actions:
            helpless[entry.name] = sorted(actions)
        untouched += not any(ACTIONS[id].changes for id in actions)
        if "*" in entry.forbidden:
            # What only shows that the pipeline lives becomes no incident.
            assert is_pipeline(entry.labels), entry.name
            actions -= {"silence", "escalate"}
        if wrong := actions & (entry.forbidden if "*" not in entry.forbidden else actions):
            forbidden[entry.name] = wrong
    share = 1 - len(helpless) / len(CATALOGUE)
    print(f"{len(CATALOGUE)} alerts: {share:.1%} with something that may help, {len(forbidden)} with what must not be")
    print(f"{untouched} without any change of the cluster; without help: {helpless}")
    assert share >= 0.95
    assert forbidden == {}
