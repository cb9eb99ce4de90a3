"""What docs/metrics.md, the dashboard and the rules say of the metrics, for holding it to the service."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOC = ROOT / "docs" / "metrics.md"
DASHBOARD = ROOT / "deploy" / "grafana" / "chatops.json"
RULES = ROOT / "deploy" / "prometheus" / "rules.yaml"
RULES_TEST = ROOT / "deploy" / "prometheus" / "rules_test.yaml"


def documented() -> dict[str, frozenset[str]]:
    """Each metric of the table with its labels."""
    rows = re.findall(r"^\| `(chatops_\w+)` \| ([a-z, ]*)\|", DOC.read_text(), re.M)
    return {name: frozenset(label.strip() for label in labels.split(",") if label.strip()) for name, labels in rows}


def named_in(text: str) -> set[str]:
    """The metrics that its expressions ask for."""
    return set(re.findall(r"\b(?:chatops|process|python)_[a-z_]+\b", text)) - {"chatops_"}
