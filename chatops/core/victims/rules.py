"""The order of the rules: the first that has an answer wins."""

from dataclasses import replace

from chatops.core.victims import control_plane, machines, named, scraped, traffic
from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels
from chatops.core.victims.reading import Rule
from chatops.core.victims.words import names_of

NAMING: tuple[Rule, ...] = (
    named.custom_resource,
    named.named_kind,
    named.shaped_name,
    traffic.acme,
    named.measured_elsewhere,
    control_plane.control_plane,
    traffic.probed,
    traffic.mesh,
    traffic.proxied,
)
"""Labels that can mean one object only."""

POINTING: tuple[Rule, ...] = (
    machines.machine,
    traffic.pointed_at,
    scraped.pod,
    machines.node_named,
    scraped.service,
    traffic.outside,
    scraped.address,
)
"""Labels that may as well be the messenger's."""


def clue_from(labels: Labels) -> Clue:
    """What the labels point at; the whole cluster where they name no object."""
    for rule in NAMING:
        if clue := rule(labels):
            return clue
    found = next((clue for rule in POINTING if (clue := rule(labels))), None)
    if found is None:
        within = labels.own_namespace or labels.job_namespace
        found = Clue(labels.whole_cluster, names=names_of(labels), namespace=within)
    if ingress := traffic.hosted(labels):
        return replace(found, suspect=ingress, others=found.candidates)
    return found
