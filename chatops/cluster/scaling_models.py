"""HorizontalPodAutoscalers (autoscaling/v2) as msgspec reads them, in the manner of `models`."""

from datetime import datetime

from chatops.cluster.conditions import found
from chatops.cluster.models import Condition, Model, Selector, Thing, empty
from chatops.core.quantities import Quantity


class ScaleTarget(Model):
    kind: str = ""
    name: str = ""


class MetricValue(Model):
    """A target or a current value: one of the three is set."""

    average_utilization: int | None = None
    average_value: Quantity | None = None
    value: Quantity | None = None


class MetricName(Model):
    name: str = ""
    selector: Selector | None = None


class MetricSource(Model):
    """What is measured. Resource metrics have a `name`, all others a `metric`."""

    name: str = ""
    container: str = ""
    metric: MetricName | None = None
    described_object: ScaleTarget | None = None
    target: MetricValue | None = None
    current: MetricValue | None = None


class Metric(Model):
    """One of spec.metrics or status.currentMetrics; one that could not be read has an empty `type` in the latter."""

    type: str = ""
    resource: MetricSource | None = None
    container_resource: MetricSource | None = None
    pods: MetricSource | None = None
    object: MetricSource | None = None
    external: MetricSource | None = None

    @property
    def source(self) -> MetricSource:
        named = (self.resource, self.container_resource, self.pods, self.object, self.external)
        return next((source for source in named if source is not None), MetricSource())


class HorizontalPodAutoscalerSpec(Model):
    scale_target_ref: ScaleTarget = empty(ScaleTarget)
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[Metric] | None = None


class HorizontalPodAutoscalerStatus(Model):
    current_replicas: int = 0
    desired_replicas: int = 0
    last_scale_time: datetime | None = None
    current_metrics: list[Metric] | None = None
    conditions: list[Condition] | None = None


class HorizontalPodAutoscaler(Thing):
    spec: HorizontalPodAutoscalerSpec = empty(HorizontalPodAutoscalerSpec)
    status: HorizontalPodAutoscalerStatus = empty(HorizontalPodAutoscalerStatus)

    @property
    def low(self) -> int:
        """An unset minimum is 1."""
        return 1 if self.spec.min_replicas is None else self.spec.min_replicas

    @property
    def idle(self) -> bool:
        """Whether its minimum keeps more replicas than its metrics ask for."""
        limited = found(self.status.conditions, "ScalingLimited")
        held = limited is not None and limited.status == "True" and limited.reason == "TooFewReplicas"
        return held and self.low > 1 and self.status.current_replicas == self.low

    @property
    def at_maximum(self) -> bool:
        """Whether it can add nothing; one whose minimum is its maximum never could."""
        high = self.spec.max_replicas
        return self.status.current_replicas >= high > self.low
