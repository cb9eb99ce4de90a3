"""csr_list: certificate requests that nobody has decided yet. What they ask for in bytes is not looked into."""

from datetime import UTC, datetime

from chatops.cluster.durations import age
from chatops.cluster.models import Condition, Model, Thing, empty, listed
from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_DECIDED = ("Approved", "Denied", "Failed")
_EVER = datetime.min.replace(tzinfo=UTC)
_BOOTSTRAP = "system:bootstrap:"
"""Who a node is before its first certificate: any node may be behind it."""


class _Spec(Model):
    username: str = ""
    signer_name: str = ""
    usages: list[str] | None = None


class _Status(Model):
    conditions: list[Condition] | None = None


class Request(Thing):
    spec: _Spec = empty(_Spec)
    status: _Status = empty(_Status)

    @property
    def pending(self) -> bool:
        return not any(condition.type in _DECIDED for condition in listed(self.status.conditions))


def csr_list(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """Of the cluster all; of a node those that may be its own."""
    kind = "CertificateSigningRequest"
    found = reader.connection.list(collection(kind), Request)
    mine = (f"system:node:{ref.name}",) if ref.kind == "Node" else None
    pending = sorted(
        (each for each in found if each.pending and (mine is None or _from(each, mine))),
        key=lambda each: (each.metadata.creation_timestamp or _EVER, each.metadata.name),
    )
    lines = tuple(
        Line(
            safe_text(
                f"{each.metadata.name} {age(each.metadata.creation_timestamp, now)}"
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
        related=tuple(
            ObjectRef(kind, each.metadata.name, uid=each.metadata.uid, cluster=reader.name) for each in pending
        ),
    )


def _from(request: Request, names: tuple[str, ...]) -> bool:
    return request.spec.username in names or request.spec.username.startswith(_BOOTSTRAP)
