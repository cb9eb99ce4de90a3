"""How alike two open incidents are, for who is looking for the one that is the same trouble."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chatops.core.incidents.values import Incident
from chatops.core.similar import skeleton
from chatops.core.victims import suspects_of

SAME_TIME = timedelta(minutes=10)
"""What begins no further apart may have one cause."""

_TELLING = ("summary", "description", "message")
"""Annotations that say what is wrong; the first that is there."""


class Trait(StrEnum):
    """What two incidents have in common."""

    OBJECT = "object"
    ALERT = "alert"
    NAMESPACE = "namespace"
    TIME = "time"


WEIGHTS = {Trait.OBJECT: 8, Trait.ALERT: 4, Trait.NAMESPACE: 2, Trait.TIME: 1}
"""Each tells more than all that come after it."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An incident, and what it has in common with the one that it was compared with, the most telling first."""

    incident: Incident
    traits: tuple[Trait, ...]


def alike_first(incident: Incident, others: Iterable[Incident]) -> tuple[Alike, ...]:
    """The others by what they have in common with the incident, then by how near they began, then by their number."""
    mine = _Features.of(incident)
    found = [Alike(other, mine.shared_with(_Features.of(other))) for other in others if other.id != incident.id]

    def order(each: Alike) -> tuple[int, timedelta, int]:
        apart = abs(each.incident.began_at - incident.began_at)
        return -sum(WEIGHTS[trait] for trait in each.traits), apart, each.incident.id

    return tuple(sorted(found, key=order))


@dataclass(frozen=True, slots=True)
class _Features:
    """Worked out once for each."""

    incident: Incident
    objects: frozenset[tuple[str, str, str]]
    says: str

    @classmethod
    def of(cls, incident: Incident) -> "_Features":
        return cls(incident, _objects(incident), _says(incident))

    def shared_with(self, other: "_Features") -> tuple[Trait, ...]:
        one, two = self.incident, other.incident
        same_cluster = one.cluster == two.cluster
        shared = {
            Trait.OBJECT: same_cluster and bool(self.objects & other.objects),
            Trait.ALERT: one.title == two.title or (self.says != "" and self.says == other.says),
            Trait.NAMESPACE: same_cluster and one.namespace != "" and one.namespace == two.namespace,
            Trait.TIME: abs(one.began_at - two.began_at) <= SAME_TIME,
        }
        return tuple(trait for trait in WEIGHTS if shared[trait])


def _objects(incident: Incident) -> frozenset[tuple[str, str, str]]:
    """What its alerts name, and the workloads that were found for them; not the cluster as a whole."""
    named = suspects_of(episode.alert.labels for episode in incident.firing or incident.episodes)
    survey = incident.survey
    seen = (view.ref for view in survey.workloads) if survey else ()
    places = ((ref.kind, ref.namespace, ref.name) for ref in (*named, *seen) if ref.kind != "Cluster" and ref.name)
    return frozenset(places)


def _says(incident: Incident) -> str:
    annotations = incident.lead.annotations if incident.lead else {}
    return skeleton(next((annotations[name] for name in _TELLING if annotations.get(name)), ""))
