"""quota_status: how full each line of a quota is, and which workloads take most of the fullest."""

from collections import Counter
from datetime import datetime
from fractions import Fraction

from chatops.cluster.owners import Owners
from chatops.cluster.places import known
from chatops.cluster.pod_models import Pod
from chatops.cluster.policy_models import Quota
from chatops.cluster.reader import Reader
from chatops.cluster.reports.beside import Beside
from chatops.cluster.reports.sections import section
from chatops.cluster.reservations import counted, is_asked_by_pods
from chatops.cluster.standing import said
from chatops.cluster.standings.policies import QuotaLine, quota_lines, quota_standing, scope_words, share_of
from chatops.core.amounts import bar, bytes_text, count_text
from chatops.core.reports import Line, Report
from chatops.core.resources import ObjectRef

MOST_REQUESTERS = 6

_BYTES = ("memory", "storage", "hugepages-")


def quota_status(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """`params["resource"]`, if it is a line of the quota, is whose requesters are told; else the fullest's."""
    quota = reader.fetch(ref, Quota)
    beside = Beside()
    lines = quota_lines(quota)
    wanted = next((line for line in lines if line.resource == params.get("resource")), lines[0] if lines else None)
    nobody: list[tuple[ObjectRef, Fraction, int]] = []
    takers = nobody
    if wanted is not None and is_asked_by_pods(wanted.resource):
        resource = wanted.resource
        takers = beside.read("list pods", lambda: _takers(reader, ref.namespace, resource), nobody)
    scopes = scope_words(quota)
    if scopes and takers:
        beside.note("quota_scoped", scopes)
    return Report(
        "quota_status",
        reader.ref(ref.kind, quota.metadata),
        quota_standing(quota).health,
        facts=said(
            ("fullest", lines[0].resource if lines else "<none>"),
            ("requesters of", wanted.resource if wanted is not None and wanted is not lines[0] else ""),
        ),
        sections=(
            *section("Quota use", (Line(_words(line), line.health) for line in lines)),
            *section("Biggest requesters", (_taker(each, wanted) for each in takers if wanted is not None)),
        ),
        notes=beside.notes,
        related=tuple(taker for taker, _, _ in takers if known(taker.kind))[:4],
    )


def _words(line: QuotaLine) -> str:
    return f"{line.resource} {bar(line.share)} · {line.words}" if line.share is not None else line.words


def _takers(reader: Reader, namespace: str, resource: str) -> list[tuple[ObjectRef, Fraction, int]]:
    """(workload, how much its pods ask for, how many pods), the biggest first."""
    owners = Owners(reader, namespace)
    totals: dict[ObjectRef, Fraction] = {}
    pods: Counter[ObjectRef] = Counter()
    for pod in reader.every("Pod", Pod, namespace):
        share = counted(pod, resource)
        if share:
            meta = pod.metadata
            owner = owners.of(meta) or reader.ref("Pod", meta)
            totals[owner] = totals.get(owner, Fraction(0)) + share
            pods[owner] += 1
    biggest = sorted(totals, key=lambda owner: (-totals[owner], owner.kind, owner.name))
    return [(owner, totals[owner], pods[owner]) for owner in biggest[:MOST_REQUESTERS]]


def _taker(taker: tuple[ObjectRef, Fraction, int], line: QuotaLine) -> Line:
    owner, total, pods = taker
    size = bytes_text(total) if any(unit in line.resource for unit in _BYTES) else count_text(total)
    share = share_of(total, line.hard)
    return Line(f"{owner.kind}/{owner.name} {size} ({share}%) · ×{pods}")
