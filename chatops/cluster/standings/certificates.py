"""How certificates, their issuers and signing requests stand. Pure, and without a clock: expiry is told as a time."""

from chatops.cluster.certificate_models import Certificate, Issuer, SigningRequest
from chatops.cluster.conditions import found, health_by, holds
from chatops.cluster.models import Condition, listed
from chatops.cluster.standing import Standing, said
from chatops.core.resources import Health

_MOST_NAMES = 4


def certificate_standing(certificate: Certificate) -> Standing:
    """Its condition Ready decides. Whether it has expired is for one who knows the time."""
    spec, status = certificate.spec, certificate.status
    ready = found(status.conditions, "Ready")
    names = spec.dns_names or ([spec.common_name] if spec.common_name else [])
    more = f" +{len(names) - _MOST_NAMES}" if len(names) > _MOST_NAMES else ""
    facts = said(
        ("ready", _words(ready)),
        ("message", _complaint(ready)),
        ("expires", status.not_after),
        ("renewal", status.renewal_time),
        ("failed attempts", status.failed_issuance_attempts or None),
        ("last failure", status.last_failure_time),
        ("names", ", ".join(names[:_MOST_NAMES]) + more),
        ("issuer", f"{spec.issuer_ref.kind or 'Issuer'}/{spec.issuer_ref.name}"),
        ("secret name", spec.secret_name),
        ("revision", status.revision),
        ("created", certificate.metadata.creation_timestamp),
    )
    return Standing(health_by(status.conditions), facts, tuple(status.conditions or ()))


def issuer_standing(issuer: Issuer) -> Standing:
    """Its condition Ready decides; its message is the last error of the registration."""
    ready = found(issuer.status.conditions, "Ready")
    served = issuer.spec.acme or issuer.spec.vault
    facts = said(
        ("ready", _words(ready)),
        ("message", _complaint(ready)),
        ("since", ready.last_transition_time if ready else None),
        ("type", issuer.spec.type),
        ("server", _host(served.server) if served else ""),
        ("created", issuer.metadata.creation_timestamp),
    )
    return Standing(health_by(issuer.status.conditions), facts, tuple(issuer.status.conditions or ()))


def signing_standing(request: SigningRequest) -> Standing:
    """WARN while it waits for somebody's approval."""
    spec, conditions = request.spec, listed(request.status.conditions)
    words = [condition.type for condition in conditions]
    if request.status.certificate:
        words.append("Issued")
    facts = said(
        ("status", ", ".join(words) or "Pending"),
        ("signer", spec.signer_name),
        ("requestor", spec.username),
        ("usages", ", ".join(spec.usages or ())),
        ("created", request.metadata.creation_timestamp),
    )
    if holds(conditions, "Denied") or holds(conditions, "Failed"):
        health = Health.BAD
    else:
        health = Health.WARN if request.is_pending else Health.GOOD
    return Standing(health, facts, tuple(conditions))


def _words(condition: Condition | None) -> str:
    return f"{condition.status} {condition.reason}".rstrip() if condition is not None else "Unknown"


def _complaint(condition: Condition | None) -> str:
    return condition.message if condition is not None and condition.status != "True" else ""


def _host(address: str) -> str:
    """The host of a URL: paths may carry an account's key."""
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2] or address
