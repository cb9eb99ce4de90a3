"""The catalogue: alerts that real clusters fire, with the labels that mislead. A sample to test against."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "catalogue" / "alerts.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert. `traps`: labels that name the exporter; `victims`: those that name what is broken.

    `remedies`: ids of actions that may help. `forbidden`: those that must not be suggested; `*` stands for all.
    """

    name: str
    kind: str
    labels: dict[str, str]
    traps: frozenset[str]
    victims: frozenset[str]
    remedies: frozenset[str]
    forbidden: frozenset[str]

    def values(self, names: frozenset[str]) -> set[str]:
        return {self.labels[name] for name in names if name in self.labels}


def read() -> list[Entry]:
    return [
        Entry(
            name=raw["alert"],
            kind=raw["resource_kind"],
            labels=raw["example_labels"],
            traps=frozenset(raw["trap_labels"]),
            victims=frozenset(raw["identity_labels"]),
            remedies=frozenset(each["id"] for each in raw["actions"] if each["kind"] == "remediate"),
            forbidden=frozenset(each["id"] for each in raw["must_not"]),
        )
        for raw in json.loads(FILE.read_text())
    ]
