"""cert-manager's certificates and issuers, and the cluster's own certificate requests."""

from datetime import datetime

from chatops.cluster.models import Condition, Model, Thing, empty, listed
from chatops.cluster.objects.views import by_type, status_of, traits, trouble, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef


class CertificateStatus(Model):
    conditions: list[Condition] | None = None
    not_after: datetime | None = None


class CertificateModel(Thing):
    status: CertificateStatus = empty(CertificateStatus)


class Acme(Model):
    server: str = ""


class IssuerSpec(Model):
    acme: Acme | None = None


class IssuerModel(Thing):
    spec: IssuerSpec = empty(IssuerSpec)
    status: CertificateStatus = empty(CertificateStatus)


class RequestSpec(Model):
    username: str = ""
    signer_name: str = ""


class RequestModel(Thing):
    spec: RequestSpec = empty(RequestSpec)
    status: CertificateStatus = empty(CertificateStatus)

    @property
    def pending(self) -> bool:
        """Nobody has approved or denied it."""
        return not listed(self.status.conditions)

    @property
    def words(self) -> str:
        return safe_text(words(self.spec.signer_name, self.spec.username))


_READY_HEALTH = {"True": Health.GOOD, "": Health.UNKNOWN}


def see_certificate(reader: Reader, ref: ObjectRef) -> ObjectView:
    found = reader.fetch(ref, CertificateModel)
    conditions = by_type(found.status.conditions)
    ready, until = status_of(conditions, "Ready"), found.status.not_after
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        _READY_HEALTH.get(ready, Health.BAD),
        traits(
            ready=ready,
            summary=words(
                f"Ready {ready}" if ready else "",
                f"until {until:%Y-%m-%d %H:%M} UTC" if until else "",
                trouble(conditions, "Ready"),
            ),
        ),
        managed_by=managed_by(found.metadata),
    )


def see_issuer(reader: Reader, ref: ObjectRef) -> ObjectView:
    """An Issuer or a ClusterIssuer."""
    found = reader.fetch(ref, IssuerModel)
    conditions = by_type(found.status.conditions)
    ready, acme = status_of(conditions, "Ready"), found.spec.acme
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        _READY_HEALTH.get(ready, Health.BAD),
        traits(
            ready=ready,
            summary=words(f"Ready {ready}" if ready else "", acme.server if acme else "", trouble(conditions, "Ready")),
        ),
        managed_by=managed_by(found.metadata),
    )


def see_request(reader: Reader, ref: ObjectRef) -> ObjectView:
    """A CertificateSigningRequest: WARN as long as it waits for somebody."""
    found = reader.fetch(ref, RequestModel)
    state = "Pending" if found.pending else ",".join(c.type for c in listed(found.status.conditions))
    health = Health.WARN if found.pending else Health.GOOD
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        health,
        traits(phase=state, summary=words(state, found.words)),
        managed_by=managed_by(found.metadata),
    )
