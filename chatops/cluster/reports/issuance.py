"""The way of a certificate through cert-manager: its newest request, that one's order, the challenges of the order."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from chatops.cluster.ages import age
from chatops.cluster.certificate_models import CertificateRequest, Challenge, Order
from chatops.cluster.conditions import found, holds, judged
from chatops.cluster.models import Thing
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.core.permissions import RESOURCES
from chatops.core.reports import Line
from chatops.core.resources import Health, ObjectRef

T = TypeVar("T", bound=Thing)

_STATES = {
    "valid": Health.GOOD,
    "ready": Health.GOOD,
    "invalid": Health.BAD,
    "errored": Health.BAD,
    "expired": Health.BAD,
}
"""States of ACME orders and challenges; all others are on their way."""


def issuance_lines(reader: Reader, certificate: ObjectRef, beside: Beside, now: datetime) -> list[Line]:
    """One line for each step, in their order; none for a certificate that was never asked for."""
    below = _below(reader, certificate.namespace, beside)
    requests = below("CertificateRequest", CertificateRequest, {certificate.uid})
    if not requests:
        return []
    newest = max(requests, key=lambda each: each.metadata.born)
    orders = below("Order", Order, {newest.metadata.uid})
    challenges = below("Challenge", Challenge, {order.metadata.uid for order in orders}) if orders else []
    return [
        _request_line(newest, now),
        *(_acme_line(f"Order {each.metadata.name}", each.status.state, each.status.reason) for each in orders),
        *(_challenge_line(each) for each in challenges),
    ]


def _below(reader: Reader, namespace: str, beside: Beside) -> Callable[[str, type[T], set[str]], list[T]]:
    """Lists what is owned by one of some uids: cert-manager labels nothing with its owner."""

    def below(kind: str, model: type[T], owners: set[str]) -> list[T]:
        nothing: list[T] = []
        things = beside.read(
            f"list {RESOURCES[kind][1]}",
            lambda: reader.connection.list(reader.collection(kind, namespace), model),
            nothing,
        )
        return [each for each in things if any(owner.uid in owners for owner in each.metadata.owner_references or ())]

    return below


def _request_line(request: CertificateRequest, now: datetime) -> Line:
    known = request.status.conditions
    refused = next((type for type in ("Denied", "InvalidRequest") if holds(known, type)), "Ready")
    decided = found(known, refused)
    name = f"CertificateRequest {request.metadata.name}"
    if decided is None or decided.reason == "Pending":
        health, words = Health.WARN, "Pending"
    else:
        health, words = judged(decided), f"{decided.type} {decided.status} {decided.reason}".rstrip()
    why = f": {decided.message}" if decided and decided.message and health is not Health.GOOD else ""
    return Line(safe_text(f"{name} {words}, {age(request.metadata.creation_timestamp, now)}{why}"), health)


def _challenge_line(challenge: Challenge) -> Line:
    status = challenge.status
    state = status.state or ("presented" if status.presented else "")
    return _acme_line(f"Challenge {challenge.spec.type} {challenge.spec.dns_name}".rstrip(), state, status.reason)


def _acme_line(name: str, state: str, reason: str) -> Line:
    why = f": {reason}" if reason else ""
    return Line(safe_text(f"{name} {state or 'pending'}{why}"), _STATES.get(state, Health.WARN))
