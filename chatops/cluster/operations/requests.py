"""approve_csr: a node's certificate request. It knows no other action.

The approval is a subresource that is put whole, with the request as it was read; its metadata takes no annotation, so
the action's id stands in the condition's message.
"""

from datetime import datetime
from typing import Any

from chatops.cluster.answers import decode, taken
from chatops.cluster.certificate_models import SigningRequest
from chatops.cluster.conditions import found
from chatops.cluster.models import Thing, listed
from chatops.cluster.operations.patching import NO_DRY_RUN, denial, ref_to
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader, same_incarnation
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

SIGNERS = ("kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving")
"""Whose requests are approved here: nodes' certificates, which a cluster's own approver may have left pending."""

REASON = "ChatopsApprove"

_NODES = ("system:node:", "system:bootstrap:")
"""How the requestors begin that may ask for a node's certificate: a kubelet, or one that joins by a token."""

_TRIES = 5


class Approval:
    """Adds the condition Approved. A certificate that was issued cannot be taken back: no undo."""

    needs: tuple[str, ...] = ()

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """Who asks for what, and whether the server would take the approval."""
        request, raw = _read(reader, ref)
        plan = Plan(action, ref_to(request, ref, reader), request.metadata.resource_version, params)
        refusal = _refusal(request) or _dry_run(reader, plan, raw)
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        spec = request.spec
        by_a_node = spec.username.startswith(_NODES)
        return Preview(
            plan,
            changes=(
                Change("requestor", "", safe_text(spec.username)),
                Change("signer", "", safe_text(spec.signer_name)),
                Change("usages", "", safe_text(", ".join(listed(spec.usages)))),
            ),
            cautions=() if by_a_node else (Caution(cautions.NO_NODE, safe_text(spec.username)),),
        )

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """Approve it as it is now. Permanent(CONFLICT) when somebody decided it meanwhile."""
        for _ in range(_TRIES):
            request, raw = _read(reader, plan.ref)
            if refusal := _refusal(request):
                raise Permanent(Reason.CONFLICT, f"{plan.ref.path} was changed meanwhile: {refusal.detail}")
            try:
                answer = reader.connection.put(_approval(reader, plan.ref), _approved(raw, plan))
            except Permanent as failure:
                if failure.reason is not Reason.CONFLICT:
                    raise
                continue
            return Performed(None, taken(answer).resource_version)
        raise Permanent(Reason.CONFLICT, f"{plan.ref.kind} {plan.ref.path} keeps changing")

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        request = reader.fetch(plan.ref, SigningRequest)
        if request.status.certificate:
            return Progress(1, 1, finished=True)
        conditions = request.status.conditions
        if failed := found(conditions, "Failed") or found(conditions, "Denied"):
            words = f"{failed.type}: {failed.reason} {safe_text(failed.message)}".rstrip()
            return Progress(0, 1, failed=words)
        return Progress(0, 1, "approved, waiting for the certificate")

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """By the id in the condition's message."""
        action_id = plan.params.get("action_id", "")
        approved = found(reader.fetch(plan.ref, SigningRequest).status.conditions, "Approved")
        return bool(action_id) and approved is not None and action_id in approved.message


def _read(reader: Reader, ref: ObjectRef) -> tuple[SigningRequest, dict[str, Any]]:
    """The request as a model, and as it came: a PUT sends back what it does not know too."""
    data = reader.connection.get(reader.place(ref))
    same_incarnation(ref, decode(data, Thing).metadata)
    return decode(data, SigningRequest), decode(data, dict[str, Any])


def _refusal(request: SigningRequest) -> Caution | None:
    if request.spec.signer_name not in SIGNERS:
        return Caution(cautions.FOREIGN_SIGNER, safe_text(request.spec.signer_name))
    conditions = request.status.conditions
    if decided := found(conditions, "Approved") or found(conditions, "Denied"):
        return Caution(cautions.DECIDED, decided.type)
    return None


def _approval(reader: Reader, ref: ObjectRef) -> str:
    return reader.place(ref, "approval")


def _approved(raw: dict[str, Any], plan: Plan) -> dict[str, Any]:
    action_id = plan.params.get("action_id", "")
    condition = {
        "type": "Approved",
        "status": "True",
        "reason": REASON,
        "message": f"Approved by hand through chatops, action {action_id}".removesuffix(", action "),
    }
    status = raw.get("status") or {}
    return {**raw, "status": {**status, "conditions": [*(status.get("conditions") or ()), condition]}}


def _dry_run(reader: Reader, plan: Plan, raw: dict[str, Any]) -> Caution | None:
    try:
        reader.connection.put(_approval(reader, plan.ref), _approved(raw, plan), dry_run=True)
    except Permanent as failure:
        return None if NO_DRY_RUN in failure.detail else denial(failure)
    return None
