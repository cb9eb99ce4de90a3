"""From what alerts point at to what is there: each object once, and the workloads and pods it leads to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from chatops.cluster.asides import ABSENT, aside
from chatops.cluster.models import Thing, Workload
from chatops.cluster.objects import see_object
from chatops.cluster.objects.ingresses import see_external
from chatops.cluster.ownership import Autoscalers
from chatops.cluster.places import known, named
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import owner_ref, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.sight import Sight
from chatops.cluster.survey.addresses import ingresses_for, is_address, issuers_at, node_at, pod_at
from chatops.cluster.survey.findings import Findings, place_of
from chatops.cluster.survey.guesses import guess
from chatops.cluster.survey.heirs import makers
from chatops.cluster.survey.workloads import see_workload
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.objects import ObjectView, TieRole
from chatops.core.resources import CLUSTER_WIDE, WORKLOADS, ObjectRef
from chatops.core.surveys import Survey
from chatops.core.victims import Clue, Suspicion

_FOLLOWED = (
    frozenset(
        {
            TieRole.TARGET,
            TieRole.OWNER,
            TieRole.CLAIM,
            TieRole.MOUNTS,
            TieRole.POD,
            TieRole.FAILED_JOB,
            TieRole.CERTIFICATE,
        }
    ),
    frozenset({TieRole.TARGET, TieRole.OWNER, TieRole.MOUNTS, TieRole.POD}),
    frozenset({TieRole.TARGET}),
)
"""Ties that lead on to what can be looked into and mended, by how far from the suspect one has come."""


class Surveyor:
    """Takes one survey. Everything seen is kept for its length, so that no object is asked for twice."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self._reader = Sight(reader)
        self._now = now
        self._autoscalers = Autoscalers(reader.connection)
        self._found = Findings()

    def take(self, suspicions: Sequence[Suspicion]) -> Survey:
        """The survey of what alerts point at.

        A cluster that does not answer, or refuses, is its `problem` and not an exception. What could be seen before the
        problem stays in it.
        """
        problem: Failure | None = None
        for suspicion in dict.fromkeys(suspicions):
            try:
                self._look(suspicion if isinstance(suspicion, Clue) else Clue(suspicion))
            except Failure as failure:
                problem = problem or failure
                # Nothing else will be reached either, and every further try costs its whole time limit.
                if isinstance(failure, Temporary) or failure.reason in (
                    Reason.UNAUTHORIZED,
                    Reason.NOT_CONFIGURED,
                ):
                    break
        return self._found.survey(self._now, self._reader.name, problem)

    def _look(self, clue: Clue) -> None:
        """The first candidate that is there; else the carrier's machine, a guess, the cluster as a whole."""
        if clue.messenger and self._guess(clue):
            return
        refused: Permanent | None = None
        whole = next((ref for ref in clue.candidates if ref.kind == "Cluster"), None)
        for ref in clue.candidates:
            try:
                if ref.kind != "Cluster" and self._find(ref, clue.path):
                    self._tell_gone(clue, ref)
                    return
            except Permanent as failure:
                if failure.reason is not Reason.FORBIDDEN:
                    raise
                refused = refused or failure
        if refused:
            raise refused
        if clue.carrier and self._find_below(clue.carrier):
            return
        if self._was_here(clue):
            self._found.missing[clue.suspect] = None
        if clue.names and not clue.messenger and self._guess(clue):
            return
        if whole:
            self._see(whole)
        if clue.beside:
            aside(partial(self._find, clue.beside), False)

    def _find(self, suspect: ObjectRef, path: str = "") -> bool:
        """Look at the suspect, or at what will replace it; False where neither is there."""
        if suspect.kind == "External":
            return self._see_external(suspect, path)
        if not known(suspect.kind) or not named(suspect.name):
            return False
        if suspect.namespace and not named(suspect.namespace):
            return False
        if suspect.kind == "Issuer" and "." in suspect.name and not suspect.namespace:
            return self._all(issuers_at(self._reader, suspect.name))
        if suspect.kind == "Ingress" and "." in suspect.name and not suspect.namespace:
            return self._all(ingresses_for(self._reader, suspect.name))
        if suspect.kind == "Pod" and is_address(suspect.name):
            at = aside(lambda: pod_at(self._reader, suspect.name), None)
            return at is not None and self._find(at)
        if not suspect.namespace and suspect.kind not in CLUSTER_WIDE:
            # A pod that is gone cannot be told from one that never was.
            return self._all(self._reader.named(suspect.kind, suspect.name)) or self._find_heir(suspect)
        try:
            self._look_at(suspect)
        except Permanent as failure:
            if failure.reason not in ABSENT:
                raise
            if failure.reason is Reason.REPLACED:
                self._found.missing[suspect] = None
                return self._find(replace(suspect, uid="")) or True
            if suspect.kind == "Node" and ("." in suspect.name or is_address(suspect.name)):
                at = node_at(self._reader, suspect.name)
                return at is not None and self._find(at)
            return self._find_heir(suspect)
        return True

    def _all(self, refs: Sequence[ObjectRef]) -> bool:
        """All of several that bear the name: which one is meant the labels do not say."""
        found = [self._find(ref) for ref in refs]
        return any(found)

    def _find_heir(self, gone: ObjectRef) -> bool:
        """Of an object that is gone: what its name says it came from, if that exists."""
        for kind, name in makers(gone):
            here = [ObjectRef(kind, name, gone.namespace)]
            candidates = here if gone.namespace else self._reader.named(kind, name)
            found = [self._add(candidate) for candidate in candidates]
            if any(found):
                self._found.missing[gone] = None
                return True
        return False

    def _add(self, ref: ObjectRef) -> bool:
        """Look at an object by its very name; False when it does not exist (any more)."""
        try:
            self._look_at(ref)
        except Permanent as failure:
            if failure.reason not in ABSENT:
                raise
            return False
        return True

    def _find_below(self, carrier: ObjectRef) -> bool:
        """The node that a pod runs on."""
        pod = aside(lambda: self._reader.fetch(carrier, Pod), None) if carrier.namespace else None
        return pod is not None and bool(pod.spec.node_name) and self._find(ObjectRef("Node", pod.spec.node_name))

    def _guess(self, clue: Clue) -> bool:
        ref = guess(self._reader, clue.names, clue.namespace)
        if ref is None and clue.messenger and clue.namespace:
            # Exporters are often kept with the monitoring, far from what they measure.
            ref = guess(self._reader, clue.names, "", exact=True)
        if ref is None or not self._find(ref):
            return False
        self._found.guessed[ref] = None
        return True

    def _tell_gone(self, clue: Clue, found: ObjectRef) -> None:
        """A pod whose Service was found in its place is gone; other suspects were one reading of several."""
        suspect = clue.suspect
        if suspect is not found and suspect.kind == "Pod" and found.kind == "Service" and suspect.namespace:
            self._found.missing[suspect] = None

    def _was_here(self, clue: Clue) -> bool:
        """Whether the labels are certain of the suspect, so that it must be gone: not one of several readings.

        Where the API of its kind is not served, it is not gone either.
        """
        suspect = clue.suspect
        if not known(suspect.kind) or is_address(suspect.name) or (clue.others and suspect.kind != "Pod"):
            return False
        if suspect.kind in ("Issuer", "Ingress") and not suspect.namespace:
            return False
        if not named(suspect.name) or not suspect.namespace:
            return True
        try:
            self._reader.fetch(replace(suspect, uid=""), Thing)
        except Permanent as failure:
            return failure.reason is not Reason.NOT_FOUND or suspect.name in failure.detail
        return True

    def _look_at(self, ref: ObjectRef) -> None:
        match ref.kind:
            case "Pod":
                self._keep_pod(self._reader.fetch(ref, Pod))
            case "ReplicaSet":
                above = self._reader.workload_above(self._reader.fetch(ref, Thing).metadata)
                if above is None or not self._add(above):
                    self._see(ref)
            case _ if ref.kind in WORKLOADS:
                if place_of(ref) not in self._found.workloads:
                    self._keep_workload(self._reader.fetch(ref, Workload))
            case _:
                self._see(ref)

    def _keep_pod(self, pod: Pod) -> None:
        meta = pod.metadata
        above = aside(lambda: self._reader.workload_above(meta), None)
        if above is not None and aside(lambda: self._add(above), False):
            return
        view = pod_view(pod, self._reader.name, self._reader.denied("Pod", meta.namespace))
        self._found.pods[place_of(view.ref)] = view
        owner = meta.controller
        if owner is not None and owner.kind == "Job":
            made_by = owner_ref(owner, meta.namespace, self._reader.name)
            aside(lambda: self._see(made_by, distance=1), None)

    def _keep_workload(self, workload: Workload) -> None:
        view = see_workload(self._reader, workload, self._autoscalers)
        self._found.workloads[place_of(view.ref)] = view

    def _see_external(self, ref: ObjectRef, path: str) -> bool:
        if place_of(ref) not in self._found.others:
            self._keep_view(see_external(self._reader, ref, path), 0)
        return True

    def _see(self, ref: ObjectRef, *, distance: int = 0) -> None:
        if place_of(ref) not in self._found.others:
            self._keep_view(see_object(self._reader, ref, self._now), distance)

    def _keep_view(self, view: ObjectView, distance: int) -> None:
        """The view itself, and what its ties lead to; one that may not be seen does not lose the others."""
        self._found.others[place_of(view.ref)] = view
        for tie in view.ties:
            if tie.role in _FOLLOWED[min(distance, len(_FOLLOWED) - 1)]:
                aside(partial(self._follow, tie.ref, distance + 1), None)

    def _follow(self, ref: ObjectRef, distance: int) -> None:
        if ref.kind in ("Pod", "ReplicaSet", *WORKLOADS):
            self._look_at(ref)
        elif known(ref.kind):
            self._see(ref, distance=distance)
