"""Alerts of rule sets that the catalogue does not hold, as their exporters label them under kube-prometheus.

The labels are those of a scrape by ServiceMonitor or PodMonitor (pod, namespace, service, job, instance, container,
endpoint: the exporter's) beside the metric's own. What each is about was decided by hand.
"""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent.parent / "catalogue" / "other_alerts.json"


@dataclass(frozen=True, slots=True)
class Case:
    """`kind` and `name`: what the alert is about, which may be what a pod or a Service leads to."""

    alert: str
    kind: str
    name: str
    labels: dict[str, str]

    @property
    def all_labels(self) -> dict[str, str]:
        return {"alertname": self.alert, "severity": "warning", **self.labels}


def read() -> list[Case]:
    return [Case(**raw) for raw in json.loads(FILE.read_text())]
