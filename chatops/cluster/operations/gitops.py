"""gitops_sync: what Git says, applied now, by Argo CD or by Flux. It knows no other action."""

from datetime import UTC, datetime
from typing import Any

from chatops.cluster.connection import MERGE_PATCH
from chatops.cluster.gitops_models import Application, FluxObject, OperationState
from chatops.cluster.models import listed
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.operation import Operation
from chatops.cluster.operations.patching import ACTION_ID, Patch, marks
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

USERNAME = "chatops"
"""Who Argo CD says started the operation."""

REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
"""Flux's own annotation: each new value is a request, and `lastHandledReconcileAt` repeats the one that was met."""

AT = "requested_at"
"""Parameter of a plan: the moment of the request, chosen once."""

_RUNNING = ("Running", "Terminating")
_RETRYING = "ProgressingWithRetry"
"""Reason of Flux's condition Reconciling when an attempt has failed and the next one waits."""


class _Asked:
    """What both tools share: the moment is chosen with the plan."""

    needs: tuple[str, ...] = (AT,)
    lasting = False


class ArgoSync(_Asked, Edit[Application]):
    """Starts an operation as `argocd app sync` does, with the options and the pruning the application has itself."""

    model = Application

    def choose(
        self, reader: Reader, seen: Application, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        return {**params, AT: _moment(now)}

    def refusal(self, seen: Application, action: str, params: dict[str, str]) -> Caution | None:
        if seen.metadata.deletion_timestamp is not None:
            return Caution(cautions.DELETING)
        return Caution(cautions.SYNCING) if _is_busy(seen) else None

    def changes(self, reader: Reader, seen: Application, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        wanted = ", ".join(safe_text(revision) or "HEAD" for revision in _revisions(seen))
        return (Change("revision", safe_text(seen.status.sync.revision)[:12], wanted),)

    def cautions(self, reader: Reader, seen: Application, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        return (Caution(cautions.IN_SYNC),) if seen.status.sync.status == "Synced" else ()

    def body(self, seen: Application, action: str, params: dict[str, str]) -> dict[str, Any]:
        if _is_busy(seen):
            # A merge patch would mingle our operation with the one that has begun since the preview.
            raise Permanent(Reason.CONFLICT, f"an operation on {seen.metadata.name} has begun meanwhile")
        policy = seen.spec.sync_policy
        sync: dict[str, Any] = {}
        if seen.spec.sources:
            sync["revisions"] = _revisions(seen)
        else:
            sync["revision"] = _revisions(seen)[0]
        if policy is not None and policy.sync_options:
            # The controller takes an operation's options as they are; those of the spec hold for its own syncs only.
            sync["syncOptions"] = policy.sync_options
        if policy is not None and policy.automated is not None and policy.automated.prune:
            sync["prune"] = True
        info = [{"name": name, "value": value} for name, value in marks(params).items()]
        return {"operation": {"sync": sync, "initiatedBy": {"username": USERNAME}, "info": info}}

    def progress(self, reader: Reader, seen: Application, plan: Plan) -> Progress:
        state = seen.status.operation_state
        if seen.operation is not None:
            ours = state is not None and _is_ours(state, plan)
            return Progress(0, 1, safe_text(state.message) if state and ours else "waiting for Argo CD")
        if state is None or not _is_ours(state, plan):
            return Progress(0, 1, failed="another operation took its place")
        words = safe_text(state.message)
        match state.phase:
            case "Succeeded":
                return Progress(1, 1, words, finished=True)
            case "Failed" | "Error":
                return Progress(0, 1, failed=f"{state.phase}: {words}".rstrip(": "))
            case _:
                return Progress(0, 1, words)


class FluxReconcile(_Asked, Edit[FluxObject]):
    """Asks for a reconciliation as `flux reconcile` does."""

    model = FluxObject

    def choose(
        self, reader: Reader, seen: FluxObject, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        return {**params, AT: _moment(now)}

    def refusal(self, seen: FluxObject, action: str, params: dict[str, str]) -> Caution | None:
        if seen.metadata.deletion_timestamp is not None:
            return Caution(cautions.DELETING)
        return Caution(cautions.SUSPENDED) if seen.spec.suspend else None

    def changes(self, reader: Reader, seen: FluxObject, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        return (Change("requestedAt", safe_text(seen.metadata.annotation(REQUESTED_AT)), params[AT]),)

    def progress(self, reader: Reader, seen: FluxObject, plan: Plan) -> Progress:
        if seen.status.last_handled_reconcile_at != plan.params[AT]:
            if seen.metadata.annotation(REQUESTED_AT) != plan.params[AT]:
                return Progress(0, 1, failed="another request took its place")
            return Progress(0, 1, "waiting for Flux")
        ready, stalled, reconciling = (seen.condition(kind) for kind in ("Ready", "Stalled", "Reconciling"))
        words = f"{ready.reason}: {safe_text(ready.message)}".strip(": ")
        tries_on = reconciling.status == "True" and reconciling.reason != _RETRYING
        if ready.status == "False" and (stalled.status == "True" or not tries_on):
            return Progress(0, 1, failed=words or "not ready")
        if ready.status == "True" and not tries_on:
            return Progress(1, 1, words, finished=True)
        return Progress(0, 1, words)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """By the request itself, whose moment is this plan's own."""
        return reader.fetch(plan.ref, FluxObject).metadata.annotation(REQUESTED_AT) == plan.params[AT]

    def _patch(self, seen: FluxObject, plan: Plan) -> Patch:
        annotations = {**marks(plan.params), REQUESTED_AT: plan.params[AT]}
        metadata = {"resourceVersion": seen.metadata.resource_version, "annotations": annotations}
        return Patch({"metadata": metadata}, MERGE_PATCH)


class Sync:
    """Either tool, by the kind of the object."""

    needs = _Asked.needs

    def __init__(self) -> None:
        self._argo, self._flux = ArgoSync(), FluxReconcile()

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """As the tool's own."""
        return self._of(ref).preview(reader, action, ref, params, now)

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        return self._of(plan.ref).perform(reader, plan)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        return self._of(plan.ref).follow(reader, plan)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        return self._of(plan.ref).happened(reader, plan)

    def _of(self, ref: ObjectRef) -> Operation:
        return self._argo if ref.kind == "Application" else self._flux


def _moment(now: datetime) -> str:
    """As Go writes RFC 3339 with a fraction, by which two requests of one second differ."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _is_busy(seen: Application) -> bool:
    state = seen.status.operation_state
    return seen.operation is not None or (state is not None and state.phase in _RUNNING)


def _revisions(seen: Application) -> list[str]:
    """The revision of each source that the spec asks for; empty means the newest of the default branch."""
    sources = listed(seen.spec.sources) or ((seen.spec.source,) if seen.spec.source else ())
    return [source.target_revision for source in sources] or [""]


def _is_ours(state: OperationState, plan: Plan) -> bool:
    action_id = plan.params.get("action_id", "")
    return any(
        each.get("name") == ACTION_ID and each.get("value") == action_id for each in listed(state.operation.info)
    )
