"""The Ingress' side of the report endpoints: each route, the Service behind it, and how many answer there."""

from chatops.cluster.endpoints import Backing, backings
from chatops.cluster.network_models import Ingress, Service
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import rank, section, without
from chatops.cluster.standings.network import backend_words, backends, ingress_standing
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Line, Report
from chatops.core.resources import Health, ObjectRef, worst

MOST_SERVICES = 8
"""Services looked at behind one Ingress: each is a request of its own."""


def ingress_routes(reader: Reader, ref: ObjectRef) -> Report:
    ingress = reader.fetch(ref, Ingress)
    standing, beside = ingress_standing(ingress), Beside()
    routes = backends(ingress)
    named = dict.fromkeys(backend.service.name for _, backend in routes if backend.service is not None)
    unread: dict[str, Backing] = {}
    known = beside.read("list endpointslices", lambda: backings(reader, ref.namespace), unread)
    services = {name: _service(reader, ref, name, known, beside) for name in list(named)[:MOST_SERVICES]}
    lines = []
    for where, backend in routes:
        service = services.get(backend.service.name) if backend.service is not None else None
        words, health = service or ("", Health.UNKNOWN)
        lines.append(Line(safe_text(f"{where} → {backend_words(backend)} {words}".rstrip()), health))
    lines.sort(key=rank)
    worst_first = sorted(services, key=lambda name: services[name][1].rank)
    return Report(
        "endpoints",
        reader.ref(ref.kind, ingress.metadata),
        worst((line.health for line in lines if line.health), standing.health),
        facts=without(standing.facts, "backends"),
        sections=section("Routes", lines),
        notes=beside.notes,
        related=tuple(ObjectRef("Service", name, ref.namespace, cluster=reader.name) for name in worst_first),
    )


def _service(
    reader: Reader, ref: ObjectRef, name: str, known: dict[str, Backing], beside: Beside
) -> tuple[str, Health]:
    """(what to say of the Service of this name, its health)."""
    try:
        service = reader.fetch(ObjectRef("Service", name, ref.namespace), Service)
    except Permanent as failure:
        if failure.reason is Reason.NOT_FOUND:
            beside.note("ingress_no_service", name)
            return "not found", Health.BAD
        if failure.reason is not Reason.FORBIDDEN:
            raise
        beside.note("not_allowed", "get services")
        service = None
    found = known.get(name)
    if service is not None and service.spec.type == "ExternalName":
        return f"ExternalName {service.spec.external_name}", Health.UNKNOWN
    if found is None:
        return ("0/0 ready", Health.BAD) if not beside.refused else ("", Health.UNKNOWN)
    return found.words, found.health
