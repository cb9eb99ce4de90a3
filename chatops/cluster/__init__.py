"""The door to Kubernetes: looking and acting. The only importer of the kubernetes package.

`Cluster` takes and returns values of `chatops.core`; what goes wrong is Temporary or Permanent, with a Reason.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from chatops.cluster import act, reports
from chatops.cluster.answers import decode
from chatops.cluster.connection import Connection
from chatops.cluster.describe import describe, read_events
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.logs import read_logs
from chatops.cluster.look import see_one_workload, see_pod, see_pods
from chatops.cluster.manifest import read_yaml
from chatops.cluster.models import Version
from chatops.cluster.objects import see_object
from chatops.cluster.reader import Reader
from chatops.cluster.retries import Retries
from chatops.cluster.sight import Sight
from chatops.cluster.survey import Surveyor
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.objects import ObjectView
from chatops.core.reports import Report
from chatops.core.resources import Description, EventLine, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.surveys import Survey
from chatops.core.victims import Suspicion

__all__ = ["Cluster", "contexts"]


def contexts(kubeconfig: str | None = None) -> tuple[str, ...]:
    """Names of the contexts in the kubeconfig, the current one first; none without a file.

    `kubeconfig` None means `$KUBECONFIG`, else `~/.kube/config`. Raises Permanent(NOT_CONFIGURED) for a
    broken file.
    """
    return Kubeconfig(kubeconfig).contexts()


class Cluster:
    """One cluster, for one thread: nothing in it is shared, and it reads nothing before it is first used.

    `context` None is the kubeconfig's current context, or the service account inside a pod; its name is what
    refs carry as `cluster`. `kubeconfig` None means `$KUBECONFIG`, else `~/.kube/config`. Time limits are in
    seconds, for one request; setting `stop` ends every wait between two tries. `diagnostics` says that commands of a
    fixed list may be run inside containers. `impersonate` is the Kubernetes user that a person acts as, with `{id}`
    for their number (`telegram:{id}`); empty means that all is done with the bot's own rights.
    """

    def __init__(
        self,
        context: str | None,
        kubeconfig: str | None,
        stop: threading.Event,
        connect_timeout: float = 3.0,
        read_timeout: float = 10.0,
        *,
        sleep: Callable[[float], None] | None = None,
        diagnostics: bool = False,
        impersonate: str = "",
    ) -> None:
        self._impersonate = impersonate
        self._connection = Connection(
            Kubeconfig(kubeconfig),
            context,
            Retries(stop, sleep=sleep),
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        self._reader = Reader(self._connection, context or "", diagnostics=diagnostics)

    def check(self) -> str:
        """The API server's version; raises what is wrong with the way to it."""
        return decode(self._connection.get("/version"), Version).git_version

    def survey(self, suspects: Sequence[Suspicion], now: datetime) -> Survey:
        """How the incident's suspects are. Never raises a Failure: a cluster out of reach is the survey's `problem`."""
        return Surveyor(self._reader, now).take(suspects)

    def pods(self, ref: ObjectRef) -> tuple[PodView, ...]:
        """The pods of a workload or on a node, worst first."""
        return see_pods(self._reader, ref)

    def pod(self, ref: ObjectRef) -> PodView:
        """One pod. Permanent(REPLACED) when the name is another pod's by now."""
        return see_pod(self._reader, ref)

    def workload(self, ref: ObjectRef) -> WorkloadView:
        """One Deployment, StatefulSet or DaemonSet, with its pods."""
        return see_one_workload(self._reader, ref)

    def logs(
        self,
        ref: ObjectRef,
        container: str = "",
        previous: bool = False,
        tail: int = 50,
        limit_bytes: int = 64 * 1024,
        since: int = 0,
    ) -> LogText:
        """The last lines of a container (empty: the failing one), cleaned, with their time stamps.

        Of a pod, or of the most telling pod of a workload, Job or CronJob. `since` is in seconds, 0 for no limit.
        """
        return read_logs(
            self._reader,
            ref,
            container=container,
            previous=previous,
            tail=tail,
            since=since,
            limit_bytes=limit_bytes,
        )

    def describe(self, ref: ObjectRef) -> Description:
        """The object in short, with its conditions, its events, and the full text for a file."""
        return describe(self._reader, ref)

    def events(self, ref: ObjectRef) -> tuple[EventLine, ...]:
        """What happened to the object (and to what belongs to a workload), warnings first."""
        return read_events(self._reader, ref)

    def report(self, action_id: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
        """One look, in the way an investigation names. Permanent(REFUSED) for one that is not known here."""
        return reports.report(self._reader, action_id, ref, params, now)

    def yaml(self, ref: ObjectRef) -> str:
        """The object as YAML, without managed fields, with values that may be secrets struck out."""
        return read_yaml(self._reader, ref)

    def object(self, ref: ObjectRef, now: datetime | None = None) -> ObjectView:
        """One object that is neither pod nor workload; without `now` nothing is said to be overdue."""
        return see_object(Sight(self._reader), ref, now)

    def preview(self, action_id: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """What an action would do, tried as a server-side dry run. Its `plan` is what `perform` takes."""
        return act.preview(self._reader, action_id, ref, params, now)

    def perform(self, plan: Plan) -> Performed:
        """Make the change, once. See `act.perform` for how it fails."""
        return act.perform(self._reader, plan)

    def proceed(self, plan: Plan) -> Progress:
        """Make the next changes of a plan that takes many. Permanent(REFUSED) for a plan that is one change."""
        return act.proceed(self._reader, plan)

    def follow(self, plan: Plan) -> Progress:
        """How far a performed plan has come."""
        return act.follow(self._reader, plan)

    def happened(self, plan: Plan) -> bool:
        """After an UNKNOWN_OUTCOME: whether the change is in the cluster."""
        return act.happened(self._reader, plan)

    @contextmanager
    def acting_for(self, person: int) -> Iterator[None]:
        """What is done within is done as that person, so that the cluster's own RBAC and audit see who it is."""
        self._connection.credentials.acting_as = self._impersonate.replace("{id}", str(person))
        try:
            yield
        finally:
            self._connection.credentials.acting_as = ""

    def close(self) -> None:
        """Give up the connections. The next call opens its own."""
        self._connection.close()
