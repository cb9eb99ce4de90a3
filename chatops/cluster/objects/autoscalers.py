"""A HorizontalPodAutoscaler: where it stands between its bounds, and what it scales."""

from chatops.cluster.conditions import status_of, trouble
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.standings.autoscalers import autoscaler_standing, metric_lines
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import ObjectRef


def see_autoscaler(reader: Reader, ref: ObjectRef) -> ObjectView:
    scaler = reader.fetch(ref, HorizontalPodAutoscaler)
    spec, status, conditions = scaler.spec, scaler.status, scaler.status.conditions
    scaled = spec.scale_target_ref
    target = ObjectRef(scaled.kind, scaled.name, scaler.metadata.namespace, cluster=reader.name)
    return ObjectView(
        reader.ref(ref.kind, scaler.metadata),
        autoscaler_standing(scaler).health,
        traits(
            min=scaler.low,
            max=spec.max_replicas,
            current=status.current_replicas,
            desired=status.desired_replicas,
            scaling_active=status_of(conditions, "ScalingActive"),
            summary=words(
                f"at {status.current_replicas}/{spec.max_replicas}",
                *(line.text for line in metric_lines(scaler)),
                trouble(conditions, "ScalingActive") or trouble(conditions, "AbleToScale"),
            ),
        ),
        (Tie(TieRole.TARGET, target),) if target.name else (),
        managed_by(scaler.metadata),
    )
