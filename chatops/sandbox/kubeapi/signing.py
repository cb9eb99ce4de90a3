"""What the API server checks of certificate requests: who may approve which signer's, what an approval changes."""

from __future__ import annotations

from chatops.sandbox.kubeapi.access import Access, Attributes
from chatops.sandbox.kubeapi.clock import Clock, stamp
from chatops.sandbox.kubeapi.errors import forbidden, invalid
from chatops.sandbox.kubeapi.kinds import Obj, Resource

KEY = "certificatesigningrequests.certificates.k8s.io"
_FINAL = ("Approved", "Denied", "Failed")


def check_signer(access: Access, user: str, resource: Resource, request: Obj) -> None:
    """ApiError 403 when the user may not approve requests for this signer (the admission CertificateApproval)."""
    signer = str((request.get("spec") or {}).get("signerName", ""))
    names = (signer, f"{signer.partition('/')[0]}/*")
    group = resource.group
    if not any(
        access.may(user, Attributes(verb="approve", group=group, resource="signers", name=name)) for name in names
    ):
        why = f'user not permitted to approve requests with signerName "{signer}"'
        raise forbidden(resource, request["metadata"]["name"], why)


def approval_of(resource: Resource, before: Obj, after: Obj, clock: Clock) -> Obj:
    """The status after a write of the approval: its conditions, stamped, and nothing else. ApiError 422."""
    old = before.get("status") or {}
    conditions = [dict(each) for each in (after.get("status") or {}).get("conditions") or ()]
    _check(resource, before, conditions)
    now = stamp(clock.now())
    had = {each["type"]: each for each in old.get("conditions") or ()}
    for each in conditions:
        each["lastUpdateTime"] = each.get("lastUpdateTime") or now
        same = had.get(each["type"], {}).get("status") == each["status"]
        kept = had.get(each["type"], {}).get("lastTransitionTime") if same else None
        each["lastTransitionTime"] = each.get("lastTransitionTime") or kept or now
    return {**old, "conditions": conditions}


def _check(resource: Resource, before: Obj, conditions: list[Obj]) -> None:
    causes: list[tuple[str, str, str]] = []
    types = [str(each.get("type", "")) for each in conditions]
    for index, each in enumerate(conditions):
        where = f"status.conditions[{index}]"
        kind = types[index]
        if not kind:
            causes.append(("FieldValueRequired", f"{where}.type", "Required value"))
        if not each.get("status"):
            causes.append(("FieldValueRequired", f"{where}.status", "Required value"))
        elif kind in _FINAL and each["status"] != "True":
            text = f'Unsupported value: "{each["status"]}": supported values: "True"'
            causes.append(("FieldValueNotSupported", f"{where}.status", text))
        if kind in types[:index]:
            causes.append(("FieldValueDuplicate", f"{where}.type", f'Duplicate value: "{kind}"'))
        if kind in ("Approved", "Denied") and {"Approved", "Denied"} <= set(types[: index + 1]):
            text = f'Invalid value: "{kind}": Approved and Denied conditions are mutually exclusive'
            causes.append(("FieldValueInvalid", f"{where}.type", text))
    had = [each["type"] for each in (before.get("status") or {}).get("conditions") or ()]
    for kind in had:
        if kind in _FINAL and kind not in types:
            text = f"Forbidden: updates may not remove a condition of type {kind}"
            causes.append(("FieldValueForbidden", "status.conditions", text))
    if causes:
        raise invalid(resource, before["metadata"]["name"], causes)
