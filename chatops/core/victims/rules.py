"""The order of the rules: the first that has an answer wins."""

from collections.abc import Callable

from chatops.core.victims import control_plane, machines, named, scraped, traffic
from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels
from chatops.core.victims.words import names_of

RULES: tuple[Callable[[Labels], Clue | None], ...] = (
    named.custom_resource,
    named.named_kind,
    named.shaped_name,
    traffic.acme,
    named.measured_elsewhere,
    control_plane.control_plane,
    traffic.probed,
    machines.machine,
    traffic.mesh,
    traffic.proxied,
    traffic.pointed_at,
    scraped.pod,
    machines.node_named,
    scraped.service,
    traffic.outside,
    scraped.address,
)


def clue_from(labels: Labels) -> Clue:
    """What the labels point at; the whole cluster where they name no object."""
    for rule in RULES:
        if clue := rule(labels):
            return clue
    return Clue(labels.whole_cluster, names=names_of(labels), namespace=labels.own_namespace or labels.job_namespace)
