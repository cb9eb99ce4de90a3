"""rollout_undo: back to an earlier revision, by the rules of `kubectl rollout undo`. It knows no other action.

The rules are kubectl's (staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go), with two differences: the write
carries a precondition, and without a number the target is the highest earlier revision that differs.
"""

from datetime import datetime
from typing import Any

from chatops.cluster.blast import template_cautions
from chatops.cluster.connection import JSON_PATCH, STRATEGIC_PATCH
from chatops.cluster.models import Workload, mapped
from chatops.cluster.operations.patching import ACTION_ID, SEEN, Patch, apply, arrived, dry_run, marks, ref_to
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.cluster.revisions import Revision, current_of, previous_of, revisions, template_of
from chatops.cluster.template_changes import template_changes
from chatops.cluster.workloads import desired_of, is_on_delete
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

FROM_REVISION = "from_revision"
"""Parameter of a plan: the revision that ran when it was made, where its undo goes back to."""

KEPT = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
    "deployment.kubernetes.io/revision-history",
    "deployment.kubernetes.io/desired-replicas",
    "deployment.kubernetes.io/max-replicas",
    "deprecated.deployment.rollback.to",
)
"""Annotations of a Deployment that stay its own in a rollback; all others become the revision's."""


class Undo:
    """Puts an earlier revision's template back. The way back leads to the revision number that was left."""

    needs = ("revision",)

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What a rollback to `params["revision"]`, or to the last different revision, would change."""
        workload, seen = reader.look(ref, Workload)
        known = revisions(reader, workload)
        running, template = current_of(workload, known), template_of(workload)
        asked = params.get("revision", "")
        if asked:
            target = next((revision for revision in known if str(revision.number) == asked), None)
        else:
            target = previous_of(running, known, template)
        chosen = {
            **params,
            "revision": str(target.number) if target else asked,
            FROM_REVISION: str(running.number) if running else "",
            SEEN: seen,
        }
        plan = Plan(action, ref_to(workload, ref, reader), workload.metadata.resource_version, chosen)
        if target is None:
            return Preview(plan, refusal=Caution(cautions.NO_REVISION, asked))
        refusal = _refusal(workload, target) or dry_run(reader, ref, workload, lambda now: _patch(plan, now, target))
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        return Preview(
            plan,
            changes=(
                Change("revision", chosen[FROM_REVISION], chosen["revision"]),
                *template_changes(template, target.template),
                Change("pods", "", str(desired_of(workload))),
            ),
            cautions=_cautions(workload),
        )

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Put the revision's template back.

        The number that was left stays: the controller gives the revision gone back to a fresh, highest number, and
        leaves the others.
        """

        def build(workload: Workload) -> Patch:
            known = revisions(reader, workload)
            target = next((revision for revision in known if str(revision.number) == plan.params["revision"]), None)
            if target is None:
                raise Permanent(Reason.CONFLICT, f"revision {plan.params['revision']} is gone")
            return _patch(plan, workload, target)

        _, version = apply(reader, plan, Workload, build)
        left = plan.params.get(FROM_REVISION, "")
        back = Plan("rollout_undo", plan.ref, version, {"revision": left}) if left else None
        return Performed(back, version)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return rollout_progress(reader.fetch(plan.ref, Workload))

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """By its id, else by the template no longer being the one it left."""
        if plan.params.get("action_id"):
            return arrived(reader, plan)
        workload = reader.fetch(plan.ref, Workload)
        known = revisions(reader, workload)
        left = next((revision for revision in known if str(revision.number) == plan.params.get(FROM_REVISION)), None)
        return left is not None and left.template != template_of(workload)


def _refusal(workload: Workload, target: Revision) -> Caution | None:
    if workload.spec.paused:
        return Caution(cautions.PAUSED)
    if target.template == template_of(workload):
        return Caution(cautions.SAME_TEMPLATE, str(target.number))
    return None


def _cautions(workload: Workload) -> tuple[Caution, ...]:
    owner = managed_by(workload.metadata)
    found = [Caution(cautions.MANAGED_BY, owner)] if owner else []
    if is_on_delete(workload):
        found.append(Caution(cautions.ON_DELETE))
    return (*found, *template_cautions(workload))


def _patch(plan: Plan, workload: Workload, target: Revision) -> Patch:
    version = workload.metadata.resource_version
    if workload.kind != "Deployment":
        metadata = {"resourceVersion": version, "annotations": marks(plan.params)}
        # A strategic merge would join the lists of containers and variables; the revision stands for the whole.
        template = {**target.template, "$patch": "replace"}
        return Patch({"metadata": metadata, "spec": {"template": template}}, STRATEGIC_PATCH)
    own = {key: value for key, value in mapped(workload.metadata.annotations).items() if key in KEPT}
    revived = {key: value for key, value in target.annotations.items() if key not in (*KEPT, ACTION_ID)}
    operations: list[dict[str, Any]] = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": version},
        {"op": "replace", "path": "/spec/template", "value": target.template},
        # "add" sets a member whether it is there or not; "replace" fails on a Deployment without annotations.
        {"op": "add", "path": "/metadata/annotations", "value": {**own, **revived, **marks(plan.params)}},
    ]
    return Patch(operations, JSON_PATCH)
