"""How an autoscaler stands: where it is between its bounds, and what it is told by its metrics. Pure."""

from collections.abc import Iterator
from fractions import Fraction

from chatops.cluster.conditions import found
from chatops.cluster.plain import safe_text
from chatops.cluster.scaling_models import HorizontalPodAutoscaler, Metric, MetricValue
from chatops.cluster.selectors import selector_text
from chatops.cluster.standing import Standing, said
from chatops.core.quantities import amount
from chatops.core.reports import Line
from chatops.core.resources import Health

_TOLERANCE = Fraction(11, 10)
"""The controller leaves a tenth above the target alone (--horizontal-pod-autoscaler-tolerance)."""


def autoscaler_standing(hpa: HorizontalPodAutoscaler) -> Standing:
    """BAD when it cannot scale, WARN when it may not (any more)."""
    spec, status = hpa.spec, hpa.status
    target = spec.scale_target_ref
    facts = said(
        ("replicas", _replicas(hpa)),
        ("desired", status.desired_replicas if status.desired_replicas != status.current_replicas else None),
        ("min", hpa.low),
        ("max", spec.max_replicas),
        ("target", f"{target.kind}/{target.name}"),
        ("metrics", ", ".join(line.text for line in metric_lines(hpa))),
        ("last scale", status.last_scale_time),
        ("created", hpa.metadata.creation_timestamp),
    )
    return Standing(_health(hpa), facts, tuple(status.conditions or ()))


def metric_lines(hpa: HorizontalPodAutoscaler) -> list[Line]:
    """`cpu 91%/70%`, current before target as kubectl has it; a metric above its target is WARN."""
    current = list(hpa.status.current_metrics or ())
    return [_line(metric, _matching(metric, index, current)) for index, metric in enumerate(hpa.spec.metrics or ())]


def wants_more(hpa: HorizontalPodAutoscaler) -> bool:
    """Whether the metrics ask for more than the maximum."""
    limited = found(hpa.status.conditions, "ScalingLimited")
    return limited is not None and limited.status == "True" and limited.reason == "TooManyReplicas"


def _replicas(hpa: HorizontalPodAutoscaler) -> str:
    current, low, high = hpa.status.current_replicas, hpa.low, hpa.spec.max_replicas
    if hpa.at_maximum:
        return f"{current}/{high} at maximum"
    return f"{current} at minimum" if current <= low < high else str(current)


def _health(hpa: HorizontalPodAutoscaler) -> Health:
    conditions = hpa.status.conditions or []
    for type in ("AbleToScale", "ScalingActive"):
        condition = found(conditions, type)
        if condition is not None and condition.status != "True":
            return Health.WARN if condition.reason == "ScalingDisabled" else Health.BAD
    if not conditions:
        return Health.UNKNOWN
    return Health.WARN if hpa.at_maximum or wants_more(hpa) else Health.GOOD


def _matching(metric: Metric, index: int, current: list[Metric]) -> MetricValue:
    """The current value of a metric: the controller keeps the order of the spec and leaves gaps where it failed."""
    same = [each for each in (*current[index : index + 1], *current) if _identity(each) == _identity(metric)]
    return (same[0].source.current if same else None) or MetricValue()


def _identity(metric: Metric) -> tuple[str, ...]:
    return (metric.type, *_names(metric))


def _names(metric: Metric) -> Iterator[str]:
    source = metric.source
    yield source.metric.name if source.metric else source.name
    yield source.container
    described = source.described_object
    yield f"{described.kind}/{described.name}" if described else ""
    yield (selector_text(source.metric.selector) or "") if source.metric and source.metric.selector else ""


def _line(metric: Metric, current: MetricValue) -> Line:
    name, container, described, selector = _names(metric)
    where = container or described or selector
    target = metric.source.target or MetricValue()
    words = f"{name} of {where}" if where else name
    shown, wanted, over = _compared(current, target)
    health = Health.UNKNOWN if over is None else Health.WARN if over else Health.GOOD
    return Line(safe_text(f"{words} {shown}/{wanted}"), health)


def _compared(current: MetricValue, target: MetricValue) -> tuple[str, str, bool | None]:
    """(current, target, whether it is above), None where there is no current value."""
    if target.average_utilization is not None:
        now = current.average_utilization
        over = None if now is None else now > target.average_utilization * _TOLERANCE
        return f"{now}%" if now is not None else "<unknown>", f"{target.average_utilization}%", over
    average = target.average_value is not None
    wanted = target.average_value if average else target.value
    now_text = current.average_value if average else current.value
    have, goal = amount(now_text), amount(wanted)
    over = None if have is None or goal is None else have > goal * _TOLERANCE
    suffix = " avg" if average else ""
    return str("<unknown>" if now_text is None else now_text), f"{wanted}{suffix}", over
