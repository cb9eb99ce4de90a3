"""Autoscalers with their status as msgspec reads them, in the manner of `models`."""

from chatops.cluster.models import Autoscaler, Model, empty


class AutoscalerStatus(Model):
    current_replicas: int = 0


class BoundedAutoscaler(Autoscaler):
    status: AutoscalerStatus = empty(AutoscalerStatus)
