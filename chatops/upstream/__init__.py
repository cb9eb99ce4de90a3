"""The door to Prometheus and Alertmanager: silences, what fires, graphs, targets. Only the configured addresses."""

from chatops.upstream.door import UpstreamDoor

__all__ = ["UpstreamDoor"]
