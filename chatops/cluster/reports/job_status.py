"""job_status: how a Job ended or why it has not yet, its tries, and how each pod of it came out."""

from datetime import datetime

from chatops.cluster.ages import age, ago
from chatops.cluster.batch_models import Job
from chatops.cluster.pods import owner_ref, pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import conditions, pod_line, section, without
from chatops.cluster.runs import pods_of_job
from chatops.cluster.standing import said
from chatops.cluster.standings.jobs import job_standing
from chatops.core.reports import Line, Report
from chatops.core.resources import Health, ObjectRef, PodView


def job_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    job = reader.fetch(ref, Job)
    standing = job_standing(job)
    beside = Beside()
    nothing: list[PodView] = []
    pods = beside.read("list pods", lambda: [pod_view(pod, reader.name) for pod in pods_of_job(reader, job)], nothing)
    if job.end is not None and not pods and not beside.refused:
        beside.note("job_pods_gone")
    owner = job.metadata.controller
    running = said(("running for", age(job.status.start_time, now))) if job.end is None else ()
    failed = [pod for pod in pods if pod.health is not Health.GOOD]
    return Report(
        "job_status",
        reader.ref(ref.kind, job.metadata),
        standing.health,
        facts=(*without(standing.facts), *running),
        sections=(
            *section("Pods", (_line(pod, now) for pod in pods)),
            *conditions(standing.conditions, now),
        ),
        notes=beside.notes,
        related=(
            *(pod.ref for pod in (failed or pods)[:3]),
            *((owner_ref(owner, job.metadata.namespace, reader.name),) if owner is not None else ()),
        ),
    )


def _line(pod: PodView, now: datetime) -> Line:
    return pod_line(pod, now, ", ".join(_exits(pod, now)))


def _exits(pod: PodView, now: datetime) -> list[str]:
    """`app exit 1 Error 3m ago` of each container that has ended, now or the last time."""
    words = []
    for container in pod.containers:
        code, reason, at = container.exit_code, container.reason, container.since
        if code is None and container.last_exit is not None:
            code, reason, at = container.last_exit.exit_code, container.last_exit.reason, container.last_exit.at
        if code is not None and not (container.init and code == 0):
            words.append(f"{container.name} exit {code} {reason} {ago(at, now)}".replace("  ", " ").rstrip())
    return words
