"""Which systems beside the clusters are configured: what is not there is not offered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outside:
    """`alertmanager`: silences can be made; `prometheus`: graphs and scrape targets can be read."""

    alertmanager: bool = False
    prometheus: bool = False

    def offers(self, report: str) -> bool:
        """Whether the report of this action's id is read from one of them."""
        match report:
            case "alertmanager_status":
                return self.alertmanager
            case "metric_graph" | "target_health":
                return self.prometheus
            case _:
                return False


NOTHING = Outside()
"""None of them is configured."""
