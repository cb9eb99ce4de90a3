"""cert-manager's certificates and issuers, and the cluster's own certificate requests."""

from chatops.cluster.certificate_models import Certificate, Issuer, SigningRequest
from chatops.cluster.conditions import status_of, trouble
from chatops.cluster.models import listed
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.standings.certificates import certificate_standing, issuer_standing, signing_standing
from chatops.core.objects import ObjectView
from chatops.core.resources import ObjectRef


def see_certificate(reader: Reader, ref: ObjectRef) -> ObjectView:
    found = reader.fetch(ref, Certificate)
    conditions = found.status.conditions
    ready, until = status_of(conditions, "Ready"), found.status.not_after
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        certificate_standing(found).health,
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
    found = reader.fetch(ref, Issuer)
    conditions = found.status.conditions
    ready, acme = status_of(conditions, "Ready"), found.spec.acme
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        issuer_standing(found).health,
        traits(
            ready=ready,
            summary=words(f"Ready {ready}" if ready else "", acme.server if acme else "", trouble(conditions, "Ready")),
        ),
        managed_by=managed_by(found.metadata),
    )


def see_request(reader: Reader, ref: ObjectRef) -> ObjectView:
    """A CertificateSigningRequest of the cluster itself."""
    found = reader.fetch(ref, SigningRequest)
    state = "Pending" if found.is_pending else ",".join(c.type for c in listed(found.status.conditions))
    return ObjectView(
        reader.ref(ref.kind, found.metadata),
        signing_standing(found).health,
        traits(phase=state, summary=words(state, request_words(found))),
        managed_by=managed_by(found.metadata),
    )


def request_words(request: SigningRequest) -> str:
    """Which signer is asked, and who asks."""
    return safe_text(words(request.spec.signer_name, request.spec.username))
