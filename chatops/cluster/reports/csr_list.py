"""csr_list: certificate requests that nobody has decided yet. What they ask for in bytes is not looked into."""

from datetime import datetime

from chatops.cluster.ages import age
from chatops.cluster.certificate_models import SigningRequest
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_BOOTSTRAP = "system:bootstrap:"
"""Who a node is before its first certificate: any node may be behind it."""


def csr_list(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """Of the cluster all; of a node those that may be its own."""
    kind = "CertificateSigningRequest"
    found = reader.every(kind, SigningRequest)
    mine = (f"system:node:{ref.name}",) if ref.kind == "Node" else None
    pending = sorted(
        (each for each in found if each.is_pending and (mine is None or _from(each, mine))),
        key=lambda each: (each.metadata.born, each.metadata.name),
    )
    lines = tuple(
        Line(
            safe_text(
                f"{each.metadata.name} {age(each.metadata.creation_timestamp, now) or '<unknown>'}"
                f" · {each.spec.username} · {each.spec.signer_name}"
            ),
            Health.WARN,
        )
        for each in pending
    )
    return Report(
        "csr_list",
        ref,
        Health.WARN if pending else Health.GOOD,
        facts=(("pending", str(len(pending))),),
        sections=(Section(mark("Pending"), lines),) if lines else (),
        notes=() if pending else (Note("no_pending_csr"),),
        related=tuple(reader.ref(kind, each.metadata) for each in pending),
    )


def _from(request: SigningRequest, names: tuple[str, ...]) -> bool:
    return request.spec.username in names or request.spec.username.startswith(_BOOTSTRAP)
