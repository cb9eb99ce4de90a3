"""Which object an alert is about, from its labels alone: no alert's name decides it, the cluster has the last word.

The `pod`, `namespace`, `service` and `job` labels often name the exporter that measured, not the victim. The order of
the rules is that of specificity: labels that can only mean the victim win, those that may mean the messenger come last.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from chatops.core.resources import ObjectRef
from chatops.core.victims.clue import Clue, Suspicion
from chatops.core.victims.labels import Labels
from chatops.core.victims.named import NAMED_KINDS
from chatops.core.victims.rules import clue_from

__all__ = ["NAMED_KINDS", "Clue", "Suspicion", "clue_of", "clues_of", "is_pipeline", "suspect_of", "suspects_of"]


def is_pipeline(labels: Mapping[str, str]) -> bool:
    """Whether the alert is part of the alerting itself, as Watchdog and InfoInhibitor are: it is about no object.

    kube-prometheus marks these by severity `none`; an alert without the label is not meant.
    """
    return labels.get("severity", "").strip().lower() == "none"


def clue_of(labels: Mapping[str, str]) -> Clue | None:
    """What the labels tell of the alert's object; None for a pipeline alert. Whether it exists is for the cluster."""
    return None if is_pipeline(labels) else clue_from(Labels(labels))


def clues_of(labels_of_alerts: Iterable[Mapping[str, str]]) -> tuple[Clue, ...]:
    """The distinct clues of several alerts, in the order first met."""
    found = (clue_of(labels) for labels in labels_of_alerts)
    return tuple(dict.fromkeys(clue for clue in found if clue))


def suspect_of(labels: Mapping[str, str]) -> ObjectRef | None:
    """The object these labels are about; the `Cluster` where they name none, and None for a pipeline alert."""
    return _suspect(tuple(sorted(labels.items())))


@lru_cache(256)
def _suspect(labels: tuple[tuple[str, str], ...]) -> ObjectRef | None:
    """The same labels are asked about several times while a storm comes in, of up to 64 incidents at once."""
    clue = clue_of(dict(labels))
    return clue.suspect if clue else None


def suspects_of(labels_of_alerts: Iterable[Mapping[str, str]]) -> tuple[ObjectRef, ...]:
    """The distinct suspects of several alerts, in the order first met."""
    return tuple(dict.fromkeys(clue.suspect for clue in clues_of(labels_of_alerts)))
