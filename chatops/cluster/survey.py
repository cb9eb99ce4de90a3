"""The survey of an incident's suspects: which workloads they come down to, and how those are. It changes nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chatops.cluster.crowds import Crowd, crowd_of
from chatops.cluster.models import Meta, Thing, Workload
from chatops.cluster.ownership import Autoscalers
from chatops.cluster.places import known, named
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.revisions import Revision, revisions
from chatops.cluster.workloads import workload_view
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.objects import ObjectView
from chatops.core.resources import CLUSTER_WIDE, WORKLOADS, ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey

_GONE = (Reason.NOT_FOUND, Reason.REPLACED)

_OF_DEPLOYMENT = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}")
_OF_DAEMON_SET = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5}")
_OF_STATEFUL_SET = re.compile(r"(?P<name>.+)-\d+")
_OF_REPLICA_SET = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}")
"""How controllers name what they make.

The letters are those of apimachinery's rand.String (no vowels, no 0, 1, 3).
"""


class Surveyor:
    """Takes one survey. Everything seen is kept for its length, so that no object is asked for twice."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self._reader = reader
        self._now = now
        self._autoscalers = Autoscalers(reader.connection)
        self._workloads: dict[tuple[str, str, str], WorkloadView] = {}
        self._pods: dict[tuple[str, str], PodView] = {}
        self._others: dict[ObjectRef, ObjectView] = {}
        self._missing: dict[ObjectRef, None] = {}

    def take(self, suspects: Sequence[ObjectRef]) -> Survey:
        """The survey of `suspects`.

        A cluster that does not answer, or refuses, is its `problem` and not an exception. What could be seen before the
        problem stays in it.
        """
        problem: Failure | None = None
        for suspect in dict.fromkeys(suspects):
            try:
                self._look(suspect)
            except Failure as failure:
                problem = problem or failure
                # Nothing else will be reached either, and every further try costs its whole time limit.
                if isinstance(failure, Temporary) or failure.reason in (
                    Reason.UNAUTHORIZED,
                    Reason.NOT_CONFIGURED,
                ):
                    break
        return Survey(
            taken_at=self._now,
            cluster=self._reader.name,
            workloads=tuple(sorted(self._workloads.values(), key=lambda w: (w.health.rank, w.ref.path))),
            pods=tuple(sorted(self._pods.values(), key=lambda p: (p.health.rank, -p.restarts, p.ref.path))),
            others=tuple(sorted(self._others.values(), key=lambda view: (view.health.rank, view.ref.path))),
            missing=tuple(self._missing),
            problem=problem.reason.value if problem else "",
            problem_detail=problem.detail if problem else "",
            retry=isinstance(problem, Temporary),
        )

    def _look(self, suspect: ObjectRef) -> None:
        if not known(suspect.kind):
            return
        if not named(suspect.name) or (suspect.namespace and not named(suspect.namespace)):
            self._missing[suspect] = None
            return
        if not suspect.namespace and suspect.kind not in CLUSTER_WIDE:
            self._search(suspect)
            return
        try:
            self._look_at(suspect)
        except Permanent as failure:
            if failure.reason not in _GONE:
                raise
            self._missing[suspect] = None
            if failure.reason is Reason.REPLACED:
                self._look(replace(suspect, uid=""))
            else:
                self._look_at_heir(suspect)

    def _search(self, suspect: ObjectRef) -> None:
        """Look for the name everywhere; a pod that is gone cannot be told from one that never was."""
        found = self._reader.named(suspect.kind, suspect.name)
        for ref in found:
            self._look(ref)
        if not found:
            self._missing[suspect] = None
            self._look_at_heir(suspect)

    def _look_at(self, ref: ObjectRef) -> None:
        match ref.kind:
            case "Pod":
                pod = self._reader.fetch(ref, Pod)
                above = self._reader.workload_above(pod.metadata)
                if above is None or not self._add_workload(above):
                    self._pods[ref.namespace, ref.name] = pod_view(pod, self._reader.name)
            case "ReplicaSet":
                above = self._reader.workload_above(self._reader.fetch(ref, Thing).metadata)
                if above is None or not self._add_workload(above):
                    self._add_other(ref, self._reader.fetch(ref, Thing).metadata)
            case _ if ref.kind in WORKLOADS:
                self._keep(self._reader.fetch(ref, Workload))
            case _:
                self._add_other(ref, self._reader.fetch(ref, Thing).metadata)

    def _look_at_heir(self, gone: ObjectRef) -> None:
        """Of a pod or ReplicaSet that is gone: the workload its name says it came from, if that exists."""
        for kind, name in _makers(gone):
            here = [ObjectRef(kind, name, gone.namespace)]
            candidates = here if gone.namespace else self._reader.named(kind, name)
            if any(self._add_workload(candidate) for candidate in candidates):
                return

    def _add_workload(self, ref: ObjectRef) -> bool:
        """Add the workload, once; False when it does not exist (any more)."""
        if (ref.kind, ref.namespace, ref.name) in self._workloads:
            return True
        try:
            self._keep(self._reader.fetch(ref, Workload))
        except Permanent as failure:
            if failure.reason not in _GONE:
                raise
            return False
        return True

    def _keep(self, workload: Workload) -> None:
        meta = workload.metadata
        key = (workload.kind, meta.namespace, meta.name)
        if key not in self._workloads:
            self._workloads[key] = see_workload(self._reader, workload, self._autoscalers)

    def _add_other(self, ref: ObjectRef, meta: Meta) -> None:
        seen = ObjectRef(ref.kind, meta.name, meta.namespace, meta.uid, self._reader.name)
        self._others[seen] = ObjectView(seen)


def see_workload(
    reader: Reader,
    workload: Workload,
    autoscalers: Autoscalers,
    look: Callable[[Reader, Workload], Crowd] = crowd_of,
) -> WorkloadView:
    """The workload with its pods, its revisions and its autoscaler. `look` reads the pods."""
    meta = workload.metadata
    return workload_view(
        workload,
        _revisions(reader, workload),
        look(reader, workload),
        autoscalers.of(workload.kind, meta.namespace, meta.name),
        reader.name,
    )


def _revisions(reader: Reader, workload: Workload) -> list[Revision]:
    try:
        return revisions(reader.connection, workload)
    except Failure as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        # The right to read revisions is given apart from the right to see the workload.
        return []


def _makers(gone: ObjectRef) -> list[tuple[str, str]]:
    if gone.kind == "ReplicaSet":
        shapes = [(_OF_REPLICA_SET, "Deployment")]
    elif gone.kind == "Pod":
        shapes = [
            (_OF_DEPLOYMENT, "Deployment"),
            (_OF_STATEFUL_SET, "StatefulSet"),
            (_OF_DAEMON_SET, "DaemonSet"),
        ]
    else:
        return []
    found = ((kind, shape.fullmatch(gone.name)) for shape, kind in shapes)
    return [(kind, match["name"]) for kind, match in found if match is not None and named(match["name"])]
