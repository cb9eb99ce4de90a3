"""cert_status: until when a certificate is good, whether its renewal works and at which step it is stuck."""

from datetime import datetime

from chatops.cluster.ages import ago
from chatops.cluster.certificate_models import Certificate, Issuer
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.issuance import issuance_lines
from chatops.cluster.reports.sections import conditions, events, section, without
from chatops.cluster.standing import said
from chatops.cluster.standings.certificates import certificate_standing, issuer_standing
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef


def cert_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    if ref.kind == "Certificate":
        return _of_certificate(reader, ref, now)
    return _of_issuer(reader, ref, now)


def _of_issuer(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    issuer = reader.fetch(ref, Issuer)
    standing, here = issuer_standing(issuer), reader.ref(ref.kind, issuer.metadata)
    return Report(
        "cert_status",
        here,
        standing.health,
        facts=without(standing.facts),
        sections=(*conditions(standing.conditions, now), *events(reader, here, now)),
    )


def _of_certificate(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    certificate = reader.fetch(ref, Certificate)
    standing, here = certificate_standing(certificate), reader.ref(ref.kind, certificate.metadata)
    beside, status = Beside(), certificate.status
    expired = status.not_after is not None and status.not_after <= now
    if expired:
        beside.note("cert_expired")
    late = not expired and status.renewal_time is not None and status.renewal_time <= now
    if late:
        beside.note("cert_renewal_late")
    issuer = certificate.spec.issuer_ref
    kind = issuer.kind or "Issuer"
    times = {"expires": status.not_after, "renewal": status.renewal_time, "last failure": status.last_failure_time}
    return Report(
        "cert_status",
        here,
        _health(standing.health, expired=expired, late=late),
        facts=said(
            *(
                (name, f"{value} ({ago(times.get(name), now)})" if times.get(name) else value)
                for name, value in without(standing.facts)
            )
        ),
        sections=(
            *section("Issuance", issuance_lines(reader, here, beside, now)),
            *conditions(standing.conditions, now),
            *events(reader, here, now),
        ),
        notes=beside.notes,
        related=(ObjectRef(kind, issuer.name, "" if kind == "ClusterIssuer" else ref.namespace, cluster=reader.name),)
        if kind in ("Issuer", "ClusterIssuer")
        else (),
    )


def _health(by_ready: Health, *, expired: bool, late: bool) -> Health:
    if expired:
        return Health.BAD
    return Health.WARN if late and by_ready is Health.GOOD else by_ready
