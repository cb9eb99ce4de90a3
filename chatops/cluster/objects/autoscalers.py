"""A HorizontalPodAutoscaler: where it stands between its bounds, and what it scales."""

from typing import Any

from chatops.cluster.models import Condition, Model, ScaleTarget, Thing, empty, listed
from chatops.cluster.objects.views import by_type, status_of, traits, trouble, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef


class ScalerSpec(Model):
    scale_target_ref: ScaleTarget = empty(ScaleTarget)
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[dict[str, Any]] | None = None


class ScalerStatus(Model):
    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: list[dict[str, Any]] | None = None
    conditions: list[Condition] | None = None


class Scaler(Thing):
    spec: ScalerSpec = empty(ScalerSpec)
    status: ScalerStatus = empty(ScalerStatus)

    @property
    def low(self) -> int:
        return 1 if self.spec.min_replicas is None else self.spec.min_replicas

    @property
    def idle(self) -> bool:
        """Whether its minimum keeps more replicas than its metrics ask for."""
        limited = by_type(self.status.conditions).get("ScalingLimited")
        held = limited is not None and limited.status == "True" and limited.reason == "TooFewReplicas"
        return held and self.low > 1 and self.status.current_replicas == self.low


def see_autoscaler(reader: Reader, ref: ObjectRef) -> ObjectView:
    scaler = reader.fetch(ref, Scaler)
    spec, status, conditions = scaler.spec, scaler.status, by_type(scaler.status.conditions)
    active = status_of(conditions, "ScalingActive")
    target = ObjectRef(
        spec.scale_target_ref.kind, spec.scale_target_ref.name, scaler.metadata.namespace, cluster=reader.name
    )
    return ObjectView(
        reader.ref(ref.kind, scaler.metadata),
        _health(scaler),
        traits(
            min=scaler.low,
            max=spec.max_replicas,
            current=status.current_replicas,
            desired=status.desired_replicas,
            scaling_active=active,
            summary=words(
                f"at {status.current_replicas}/{spec.max_replicas}",
                *metric_words(scaler),
                trouble(conditions, "ScalingActive") or trouble(conditions, "AbleToScale"),
            ),
        ),
        (Tie(TieRole.TARGET, target),) if target.name else (),
        managed_by(scaler.metadata),
    )


def _health(scaler: Scaler) -> Health:
    """BAD when it cannot scale at all, WARN when it is at its maximum."""
    conditions = by_type(scaler.status.conditions)
    if "False" in (status_of(conditions, "ScalingActive"), status_of(conditions, "AbleToScale")):
        return Health.BAD
    full = scaler.spec.max_replicas > 0 and scaler.status.desired_replicas >= scaler.spec.max_replicas
    return Health.WARN if full else Health.GOOD


def metric_words(scaler: Scaler) -> list[str]:
    """`cpu 91%/70%` for each metric, `?` where nothing was measured."""
    measured = {_name(metric): metric for metric in listed(scaler.status.current_metrics)}
    found = []
    for metric in listed(scaler.spec.metrics):
        name = _name(metric)
        goal, now = _part(metric).get("target") or {}, _part(measured.get(name, {})).get("current") or {}
        found.append(f"{name} {_value(now)}/{_value(goal)}")
    return found


def _part(metric: dict[str, Any]) -> dict[str, Any]:
    """The one field that a metric of this type fills: `resource` for `Resource`."""
    kind = str(metric.get("type", ""))
    found = metric.get(kind[:1].lower() + kind[1:])
    return found if isinstance(found, dict) else {}


def _name(metric: dict[str, Any]) -> str:
    part = _part(metric)
    named = part.get("metric")
    return str(part.get("name") or (named.get("name") if isinstance(named, dict) else "") or metric.get("type", ""))


def _value(given: dict[str, Any]) -> str:
    if given.get("averageUtilization") is not None:
        return f"{given['averageUtilization']}%"
    return str(given.get("averageValue") or given.get("value") or "?")
