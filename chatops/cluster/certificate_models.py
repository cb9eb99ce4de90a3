"""Certificates of cert-manager, how they are issued, and the cluster's own signing requests, as msgspec reads them."""

from datetime import datetime
from typing import Any

from chatops.cluster.models import Conditioned, ConditionedStatus, Model, Thing, empty, listed

_DECIDED = ("Approved", "Denied", "Failed")


class IssuerRef(Model):
    name: str = ""
    kind: str = ""
    group: str = ""


class CertificateSpec(Model):
    secret_name: str = ""
    dns_names: list[str] | None = None
    common_name: str = ""
    issuer_ref: IssuerRef = empty(IssuerRef)


class CertificateStatus(ConditionedStatus):
    not_before: datetime | None = None
    not_after: datetime | None = None
    renewal_time: datetime | None = None
    revision: int | None = None
    last_failure_time: datetime | None = None
    failed_issuance_attempts: int | None = None


class Certificate(Thing):
    spec: CertificateSpec = empty(CertificateSpec)
    status: CertificateStatus = empty(CertificateStatus)


class RenewableStatus(Model):
    # As they came: a merge patch replaces the list as a whole, and must not lose what it does not know.
    conditions: list[dict[str, Any]] | None = None
    revision: int | None = None
    not_after: str | None = None


class Renewable(Thing):
    """A Certificate, as far as a renewal changes it and is seen in it."""

    status: RenewableStatus = empty(RenewableStatus)

    def condition(self, kind: str) -> dict[str, Any]:
        """The condition of this type, empty where there is none."""
        return next((each for each in listed(self.status.conditions) if each.get("type") == kind), {})

    @property
    def issue(self) -> str:
        """Which issue it holds."""
        return f"{self.status.revision or 0} {self.status.not_after or ''}".strip()


class CertificateRequest(Conditioned):
    """cert-manager's own request, which stands between a Certificate and its Order."""


class AcmeStatus(Model):
    state: str = ""
    reason: str = ""


class Order(Thing):
    status: AcmeStatus = empty(AcmeStatus)


class ChallengeSpec(Model):
    type: str = ""
    dns_name: str = ""


class ChallengeStatus(AcmeStatus):
    presented: bool | None = None


class Challenge(Thing):
    spec: ChallengeSpec = empty(ChallengeSpec)
    status: ChallengeStatus = empty(ChallengeStatus)


class ServedBy(Model):
    server: str = ""


class IssuerSpec(Model):
    """One of these says what the issuer is; of what is in them only the server's address is read."""

    acme: ServedBy | None = None
    vault: ServedBy | None = None
    ca: dict[str, Any] | None = None
    self_signed: dict[str, Any] | None = None
    venafi: dict[str, Any] | None = None

    @property
    def type(self) -> str:
        """`acme`, `selfSigned`; empty for an issuer of another kind."""
        named = {
            "acme": self.acme,
            "vault": self.vault,
            "ca": self.ca,
            "selfSigned": self.self_signed,
            "venafi": self.venafi,
        }
        return next((name for name, value in named.items() if value is not None), "")


class Issuer(Conditioned):
    """An Issuer or a ClusterIssuer."""

    spec: IssuerSpec = empty(IssuerSpec)


class SigningSpec(Model):
    signer_name: str = ""
    username: str = ""
    usages: list[str] | None = None


class SigningStatus(ConditionedStatus):
    certificate: str | None = None


class SigningRequest(Thing):
    """A CertificateSigningRequest of the cluster itself."""

    spec: SigningSpec = empty(SigningSpec)
    status: SigningStatus = empty(SigningStatus)

    @property
    def is_pending(self) -> bool:
        """Whether nobody has approved or denied it, nor failed to sign it."""
        return not any(each.type in _DECIDED for each in listed(self.status.conditions))
