"""endpoints: who answers behind a Service, or behind each route of an Ingress, and if nobody does, why."""

from datetime import datetime

from chatops.cluster.endpoints import Answering, Backing, backing, selected_pods
from chatops.cluster.network_models import Service
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.ingress_routes import ingress_routes
from chatops.cluster.reports.sections import pod_line, section, without
from chatops.cluster.standing import said
from chatops.cluster.standings.network import selector_words, service_standing
from chatops.core.reports import Line, Report
from chatops.core.resources import Health, ObjectRef, PodView


def endpoints(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    return ingress_routes(reader, ref) if ref.kind == "Ingress" else _of_service(reader, ref, now)


def _of_service(reader: Reader, ref: ObjectRef, now: datetime) -> Report:
    service = reader.fetch(ref, Service)
    beside, here = Beside(), reader.ref(ref.kind, service.metadata)
    found = beside.read("list endpointslices", lambda: backing(reader, here), None)
    nobody: tuple[PodView, ...] = ()
    pods = beside.read("list pods", lambda: selected_pods(reader, service), nobody)
    if not beside.refused:
        remark(service, found, pods, beside)
    views = {view.ref.name: view for view in pods}
    silent = [view.ref for view in pods if view.health is not Health.GOOD]
    answering = found.answering if found else ()
    listed = {each.target.name for each in answering if each.target is not None}
    return Report(
        "endpoints",
        here,
        _health(service, found),
        facts=(
            *said(
                ("endpoints", found.words if found else ""), ("answering on", ", ".join(found.ports) if found else "")
            ),
            *without(service_standing(service).facts),
        ),
        sections=(
            *section("Endpoints", (_line(each, views, now) for each in answering)),
            # A pod without an address is in no slice, and may be the very one that is missed.
            *section("Not listed", (pod_line(view, now) for view in pods if view.ref.name not in listed)),
        ),
        notes=beside.notes,
        related=tuple(dict.fromkeys([*silent, *(each.target for each in answering if each.target is not None)]))[:6],
    )


def remark(service: Service, found: Backing | None, pods: tuple[PodView, ...], beside: Beside) -> None:
    """Why nobody answers, where that can be told: three faults that look the same from outside."""
    if service.spec.type == "ExternalName":
        beside.note("service_external", service.spec.external_name)
    elif not service.spec.selector:
        if found is None or not found.answering:
            beside.note("service_no_selector")
    elif not pods:
        beside.note("service_no_pods", selector_words(service))
    elif found is not None and not found.ready:
        beside.note("service_not_ready", str(len(pods)))
    elif found is not None and service.spec.ports and not found.ports:
        beside.note("service_no_port")


def _health(service: Service, found: Backing | None) -> Health:
    if found is None or service.spec.type == "ExternalName":
        return Health.UNKNOWN
    return found.health


def _line(each: Answering, views: dict[str, PodView], now: datetime) -> Line:
    health = Health.GOOD if each.ready else Health.WARN if each.terminating else Health.BAD
    where = ", ".join(each.addresses)
    view = views.get(each.target.name) if each.target is not None else None
    if view is not None:
        return Line(safe_text(f"{where} · {pod_line(view, now).text}"), health)
    named = f"{each.target.kind}/{each.target.name}" if each.target is not None else ""
    state = "" if each.ready else "terminating" if each.terminating else "not ready"
    return Line(safe_text(" · ".join(part for part in (where, named, state, each.node) if part)), health)
