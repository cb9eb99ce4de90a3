"""apiservice_status: whether an aggregated API answers, and if not, whether anybody stands behind its service."""

from datetime import datetime

from chatops.cluster.endpoints import backing, selected_pods
from chatops.cluster.network_models import ApiService, Service
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.endpoints import remark
from chatops.cluster.reports.sections import conditions, pod_lines, section, without
from chatops.cluster.standing import said
from chatops.cluster.standings.network import api_service_standing
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef, PodView


def apiservice_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    api = reader.fetch(ref, ApiService)
    standing, beside = api_service_standing(api), Beside()
    named = api.spec.service
    service, found = None, None
    pods: tuple[PodView, ...] = ()
    where = ObjectRef("Service", named.name, named.namespace, cluster=reader.name) if named else None
    if where is None:
        beside.note("apiservice_local")
    else:
        service = beside.read("get services", lambda: reader.fetch(where, Service), None)
        if service is not None:
            there = service
            found = beside.read("list endpointslices", lambda: backing(reader, where), None)
            pods = beside.read("list pods", lambda: selected_pods(reader, there), pods)
            if not beside.refused:
                remark(service, found, pods, beside)
        elif not beside.refused:
            beside.note("apiservice_no_service", where.path)
    silent = [view.ref for view in pods if view.health is not Health.GOOD]
    return Report(
        "apiservice_status",
        reader.ref(ref.kind, api.metadata),
        standing.health,
        facts=(*without(standing.facts), *said(("endpoints", found.words if found else ""))),
        sections=(*section("Pods", pod_lines(pods, now)), *conditions(standing.conditions, now)),
        notes=beside.notes,
        related=(*([where] if where and service else []), *(silent or [view.ref for view in pods])[:4]),
    )
