"""Rules of the operator's own: what to suggest first, only, or never, for which alerts. It reads no file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Rule:
    """Every pattern given must match (`*` stands for any text); a rule without patterns is for every alert.

    `first` stands before everything else where it can work, `only` replaces what would be suggested otherwise,
    `never` takes actions away. `why` is what the confirm screen says of what this rule put there.
    """

    alert: str = ""
    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    why: str = ""

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether one alert with these labels falls under the rule."""
        namespace = labels.get("exported_namespace") or labels.get("namespace", "")
        wanted = [(self.alert, labels.get("alertname", "")), (self.namespace, namespace)]
        wanted += [(pattern, labels.get(name, "")) for name, pattern in self.labels.items()]
        return all(not pattern or fnmatchcase(value, pattern) for pattern, value in wanted)


def matching(rules: Iterable[Rule], labels_of_alerts: Iterable[Mapping[str, str]]) -> tuple[Rule, ...]:
    """The rules that any of these alerts falls under, in their own order."""
    alerts = list(labels_of_alerts)
    return tuple(rule for rule in rules if any(rule.matches(labels) for labels in alerts))
