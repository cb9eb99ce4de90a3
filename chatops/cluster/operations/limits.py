"""raise_memory_limit and raise_cpu_limit: more for one container of a workload. It never takes anything away.

The only way down is the inverse of a raise, which names what it goes back from.
"""

from datetime import datetime
from fractions import Fraction
from typing import Any

from chatops.cluster.answers import decode
from chatops.cluster.asides import aside
from chatops.cluster.blast import template_cautions
from chatops.cluster.connection import STRATEGIC_PATCH
from chatops.cluster.models import Node, Workload, listed, mapped
from chatops.cluster.nodes import largest
from chatops.cluster.operations.edits import BACK, Edit
from chatops.cluster.operations.restart import template_refusal
from chatops.cluster.operations.rollouts import rollout_progress
from chatops.cluster.pod_models import Container, Template
from chatops.cluster.reader import Reader
from chatops.cluster.workloads import desired_of
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Plan, Progress
from chatops.core.quantities import amount, compare, grow, parse

_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"

MOST = Fraction(4)
"""Times the limit that policy allows in one step."""


class RaiseLimit(Edit[Workload]):
    """Sets the limit of one resource, `memory` or `cpu`; without a size asked for, half as much again.

    A request that equals the limit goes along, so that the pods keep their class of service; any other stays.
    """

    model = Workload
    # A strategic merge joins the lists of containers by their names; a plain one would replace the list.
    content_type = STRATEGIC_PATCH

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self.needs = ("container", resource)

    def choose(
        self, reader: Reader, seen: Workload, action: str, params: dict[str, str], now: datetime
    ) -> dict[str, str]:
        name = params.get("container", "") or _usual_container(seen)
        size = params.get(self.resource, "")
        if not size and _is_size(limit := self._limit(_container(seen, name))):
            size = grow(limit)
        return {**params, "container": name, self.resource: size}

    def refusal(self, seen: Workload, action: str, params: dict[str, str]) -> Caution | None:
        container = _container(seen, params["container"])
        if container is None:
            return Caution(cautions.BAD_PARAM, "container")
        now, wanted = self._limit(container), params[self.resource]
        if not _is_size(now):
            return Caution(cautions.NO_LIMIT, container.name)
        if not _is_size(wanted):
            return Caution(cautions.BAD_PARAM, self.resource)
        going_back = amount(params.get(BACK)) == parse(now)
        if compare(wanted, now) <= 0 and not (going_back and wanted != now):
            return Caution(cautions.NOT_MORE, now)
        if parse(wanted) > parse(now) * MOST:
            return Caution(cautions.AT_LIMIT, f"{now}-{grow(now, MOST)}")
        return template_refusal(seen)

    def changes(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Change, ...]:
        container = _container(seen, params["container"]) or Container()
        what, now, wanted = f"{container.name} {self.resource}", self._limit(container), params[self.resource]
        along = self._goes_along(container)
        return (
            Change(f"{what} limit", now, wanted),
            *((Change(f"{what} request", now, wanted),) if along else ()),
            Change("pods", "", str(desired_of(seen))),
        )

    def cautions(self, reader: Reader, seen: Workload, action: str, params: dict[str, str]) -> tuple[Caution, ...]:
        biggest = _largest_node(reader, self.resource)
        too_big = _is_size(biggest) and compare(params[self.resource], biggest) > 0
        return ((Caution(cautions.NO_NODE_SO_BIG, biggest),) if too_big else ()) + template_cautions(seen)

    def body(self, seen: Workload, action: str, params: dict[str, str]) -> dict[str, Any]:
        size = {self.resource: params[self.resource]}
        resources = {"limits": size}
        container = _container(seen, params["container"])
        if container is not None and self._request(container) and self._goes_along(container):
            resources["requests"] = size
        containers = [{"name": params["container"], "resources": resources}]
        return {"spec": {"template": {"spec": {"containers": containers}}}}

    def inverse(self, seen: Workload, action: str, params: dict[str, str]) -> tuple[str, dict[str, str]]:
        before = self._limit(_container(seen, params["container"]))
        name, after = params["container"], params[self.resource]
        return action, {"container": name, self.resource: before, BACK: after}

    def progress(self, reader: Reader, seen: Workload, plan: Plan) -> Progress:
        return rollout_progress(seen)

    def _limit(self, container: Container | None) -> str:
        resources = container.resources if container else None
        return str(mapped(resources.limits if resources else None).get(self.resource, ""))

    def _request(self, container: Container) -> str:
        resources = container.resources
        return str(mapped(resources.requests if resources else None).get(self.resource, ""))

    def _goes_along(self, container: Container) -> bool:
        """Whether the request is the limit's: written so, or not at all, for then the pod is given one of that size."""
        request = self._request(container)
        return not request or (_is_size(request) and compare(request, self._limit(container)) == 0)


def _usual_container(workload: Workload) -> str:
    """The one a person means who names none: kubectl's own annotation, else the first."""
    template = decode(workload.spec.template, Template)
    named = template.metadata.annotation(_DEFAULT_CONTAINER)
    found = [container.name for container in listed(template.spec.containers)]
    return named if named in found else next(iter(found), "")


def _container(workload: Workload, name: str) -> Container | None:
    found = listed(decode(workload.spec.template, Template).spec.containers)
    return next((container for container in found if container.name == name), None)


def _is_size(text: str) -> bool:
    """A quantity above zero: a limit of none is none."""
    try:
        return parse(text) > 0
    except ValueError:
        return False


def _largest_node(reader: Reader, resource: str) -> str:
    """What the largest node can give; empty without the right to see nodes."""
    return aside(lambda: largest(reader.every("Node", Node), resource), "")
