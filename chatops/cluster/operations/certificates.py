"""cert_renew: a cert-manager Certificate issued anew, asked for as `cmctl renew` does. It knows no other action."""

from datetime import datetime
from typing import Any

from chatops.cluster.certificate_models import Renewable
from chatops.cluster.connection import MERGE_PATCH
from chatops.cluster.models import listed
from chatops.cluster.operations.edits import Edit
from chatops.cluster.operations.patching import Patch
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.moments import stamp

ISSUING = "Issuing"
REASON = "ManuallyTriggered"

WAS = "was"
"""Parameter of a plan: the revision and the end of the certificate that is to be replaced."""


class Renewal(Edit[Renewable]):
    """Sets the condition Issuing in the status. There is no way back from a renewal, so there is no inverse."""

    model = Renewable
    needs = ("renewed_at", WAS)
    lasting = False

    def choose(
        self, reader: Reader, seen: Renewable, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        return {**params, "renewed_at": stamp(now), WAS: seen.issue}

    def refusal(self, seen: Renewable, action: str, params: dict[str, str]) -> Caution | None:
        if seen.metadata.deletion_timestamp is not None:
            return Caution(cautions.DELETING)
        return Caution(cautions.ISSUING) if seen.condition(ISSUING).get("status") == "True" else None

    def changes(self, reader: Reader, seen: Renewable, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        number = seen.status.revision or 0
        lines = (Change("revision", str(number), str(number + 1)),)
        return (*lines, Change("notAfter", safe_text(seen.status.not_after), "")) if seen.status.not_after else lines

    def body(self, seen: Renewable, action: str, params: dict[str, str]) -> dict[str, Any]:
        condition = {
            "type": ISSUING,
            "status": "True",
            "reason": REASON,
            "message": f"Certificate re-issuance manually triggered{_signature(params)}",
            "lastTransitionTime": params["renewed_at"],
            "observedGeneration": seen.metadata.generation,
        }
        others = [each for each in listed(seen.status.conditions) if each.get("type") != ISSUING]
        return {"status": {"conditions": [*others, condition]}}

    def progress(self, reader: Reader, seen: Renewable, plan: Plan) -> Progress:
        issuing, ready = seen.condition(ISSUING), seen.condition("Ready")
        if issuing.get("status") == "True":
            return Progress(0, 1, _words(issuing))
        if seen.issue != plan.params[WAS] or (not issuing and ready.get("status") == "True"):
            return Progress(1, 1, safe_text(seen.status.not_after or ""), finished=True)
        if issuing.get("status") == "False":
            return Progress(0, 1, failed=_words(issuing) or "the issuance failed")
        return Progress(0, 1, _words(ready))

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """By the condition while it is issued, else by the issue: a status takes no annotation."""
        seen = reader.fetch(plan.ref, Renewable)
        signature = _signature(plan.params)
        asked = bool(signature) and str(seen.condition(ISSUING).get("message", "")).endswith(signature)
        return asked or seen.issue != plan.params[WAS]

    def _patch(self, seen: Renewable, plan: Plan) -> Patch:
        metadata = {"resourceVersion": seen.metadata.resource_version}
        return Patch({"metadata": metadata, **self.body(seen, plan.action, plan.params)}, MERGE_PATCH, "status")


def _signature(params: dict[str, str]) -> str:
    action_id = params.get("action_id", "")
    return f" (chatops {action_id})" if action_id else ""


def _words(condition: dict[str, Any]) -> str:
    """Reason and message of a condition."""
    return safe_text(f"{condition.get('reason', '')}: {condition.get('message', '')}").strip(": ")
