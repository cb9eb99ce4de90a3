"""Certificates of cert-manager, how they are issued, and the cluster's own signing requests, as msgspec reads them."""

from datetime import datetime
from typing import Any

import msgspec

from chatops.cluster.models import Condition, Model, Thing, empty


class IssuerRef(Model):
    name: str = ""
    kind: str = ""
    group: str = ""


class CertificateSpec(Model):
    secret_name: str = ""
    dns_names: list[str] | None = None
    common_name: str = ""
    issuer_ref: IssuerRef = empty(IssuerRef)


class CertificateStatus(Model):
    conditions: list[Condition] | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    renewal_time: datetime | None = None
    revision: int | None = None
    last_failure_time: datetime | None = None
    failed_issuance_attempts: int | None = None


class Certificate(Thing):
    spec: CertificateSpec = empty(CertificateSpec)
    status: CertificateStatus = empty(CertificateStatus)


class RequestStatus(Model):
    conditions: list[Condition] | None = None
    failure_time: datetime | None = None


class CertificateRequest(Thing):
    status: RequestStatus = empty(RequestStatus)


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


class IssuerStatus(Model):
    conditions: list[Condition] | None = None


class Issuer(Thing):
    """An Issuer or a ClusterIssuer."""

    spec: IssuerSpec = empty(IssuerSpec)
    status: IssuerStatus = empty(IssuerStatus)


class SigningSpec(Model):
    signer_name: str = ""
    username: str = ""
    usages: list[str] | None = None


class SigningStatus(Model):
    conditions: list[Condition] | None = None
    certificate: msgspec.Raw | None = None


class SigningRequest(Thing):
    """A CertificateSigningRequest of the cluster itself."""

    spec: SigningSpec = empty(SigningSpec)
    status: SigningStatus = empty(SigningStatus)
