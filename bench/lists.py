"""What lists of many incidents cost: pages by each filter, search, what has changed.

Beside each the same database's floor: one row by its number, by a bare `sqlite3` connection. `python bench/lists.py` is
of a hundred thousand; `python bench/lists.py /tmp/lists.db 1000000` of a million, which takes some twenty minutes and
3 GB to make, once.
"""

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chatops.core.alerts import Alert, Severity
from chatops.core.incidents import Incident, Person, Status
from chatops.core.incidents.values import Episode
from chatops.core.listing import CLOSED, NOBODY, Wanted
from chatops.core.review import Span
from chatops.db.database import Database
from chatops.db.listed import list_again, list_new
from chatops.db.migrate import migrate
from chatops.db.opening import _insert
from chatops.db.store import Store

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
OPEN_NOW = 200
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HISTORY = timedelta(days=300)
CLUSTERS = ("prod", "prod", "prod", "stage", "test")
NAMESPACES = tuple(f"team-{number:02}" for number in range(40))
ALERTS = (
    *("KubePodCrashLooping", "KubePodNotReady", "KubeDeploymentReplicasMismatch", "TargetDown", "CPUThrottlingHigh"),
    *("KubePersistentVolumeFillingUp", "KubeNodeNotReady", "KubeJobFailed", "KubeHpaMaxedOut", "NodeClockSkew"),
)
APPS = tuple(
    f"{a}-{b}" for a in ("checkout", "search", "mail", "auth", "cart", "feed") for b in ("api", "worker", "web")
)
SEVERITIES = (Severity.CRITICAL, Severity.WARNING, Severity.WARNING, Severity.WARNING, Severity.INFO)
OWNERS = (None, None, None, *(Person(number, f"@person{number}") for number in range(1, 13)))
CHUNK = 1_000
ZONE = ZoneInfo("Europe/Berlin")


def incident(number: int, dice: random.Random) -> Incident:
    """Skewed as life is: few namespaces and alerts make most of it, most of it ends by itself within minutes."""
    opened = NOW - HISTORY * (1 - number / COUNT)
    namespace = NAMESPACES[min(int(dice.expovariate(0.12)), 39)]
    cluster, app = dice.choice(CLUSTERS), APPS[min(int(dice.expovariate(0.2)), len(APPS) - 1)]
    alert = ALERTS[min(int(dice.expovariate(0.5)), len(ALERTS) - 1)]
    severity, owner = dice.choice(SEVERITIES), dice.choice(OWNERS)
    labels = {
        "alertname": alert,
        "severity": severity.value,
        "cluster": cluster,
        "namespace": namespace,
        **({"deployment": app} if number % 3 else {}),
        "pod": f"{app}-{number % 9973:x}-{dice.randrange(16**5):05x}",
        "team": f"squad-{int(namespace[5:]) % 9}",
    }
    closed = None
    if number <= COUNT - OPEN_NOW and number % 50_000:
        closed = min(opened + timedelta(minutes=dice.expovariate(1 / 25)), NOW)
        closed += timedelta(days=dice.randrange(1, 20)) if dice.random() < 0.01 else timedelta(0)
    told = Alert(f"{number:016x}", closed is None, labels, {}, opened, closed)
    rejected = closed is not None and dice.random() < 0.03
    status = Status.ACTIVE if closed is None else Status.REJECTED if rejected else Status.RESOLVED
    return Incident(
        number,
        opened,
        status=status,
        revision=3,
        severity=severity,
        title=alert.removeprefix("Kube"),
        cluster=cluster,
        namespace=namespace,
        group_labels={"alertname": alert, "namespace": namespace},
        episodes=(Episode(told, opened, closed),),
        taken_by=owner,
        taken_at=owner and opened + timedelta(minutes=3),
        acknowledged_at=owner and opened + timedelta(minutes=3),
        closed_at=closed,
        closed_by=owner if rejected else None,
    )


def fill(database: Database) -> None:
    """Through the write path itself, in the order of life."""
    dice = random.Random(7)
    for first in range(1, COUNT + 1, CHUNK):
        made = [incident(number, dice) for number in range(first, min(first + CHUNK, COUNT + 1))]

        def work(made: list[Incident] = made) -> None:
            for each in made:
                _insert(database.tables, each, "")
            list_new(database.tables, [each for each in made if each.open])
            for each in made:
                if not each.open:
                    list_again(database.tables, each)

        database.write(work)
        if first % 100_000 == 1:
            print(f"  {first:>9,} made", flush=True)


def timed(name: str, work: Callable[[], Any], times: int = 200) -> None:
    """On a clock, and in time of the processor: the second tells what is waited for others of the machine."""
    took, used, result = list[float](), list[float](), None
    for _ in range(times):
        start, before = time.perf_counter(), time.process_time()
        result = work()
        took.append((time.perf_counter() - start) * 1000)
        used.append((time.process_time() - before) * 1000)
    rows = len(getattr(result, "rows", getattr(result, "lines", ()))) if result is not None else 0
    told = f"p50 {at(took, 0.5):7.2f}  p99 {at(took, 0.99):7.2f}  CPU p99 {at(used, 0.99):7.2f} ms"
    print(f"  {name:44} {told}  {rows:4} rows", flush=True)


def at(values: list[float], part: float) -> float:
    return sorted(values)[ceil(len(values) * part) - 1]


def deep(store: Store, wanted: Wanted, pages: int) -> Wanted:
    for _ in range(pages):
        wanted = Wanted(statuses=wanted.statuses, cursor=store.listing.page(wanted).next)
    return wanted


def measure(store: Store, path: Path) -> None:
    def mine(cluster: str, namespace: str) -> bool:
        return cluster == "prod" and namespace in ("team-17", "team-31")

    def most(cluster: str, namespace: str) -> bool:
        return (cluster, namespace) != ("prod", "team-00")

    page = store.listing.page
    squad, rarest = (("team", "squad-3"),), frozenset({"team-39"})
    critical, some = frozenset({Severity.CRITICAL}), frozenset({"team-03"})
    with closing(sqlite3.connect(path)) as bare:
        numbers = random.Random(1)
        one = "SELECT id, title, severity, status FROM incidents WHERE id = ?"
        timed("one row, bare sqlite3", lambda: bare.execute(one, (numbers.randrange(1, COUNT),)).fetchone())
    timed("one row, through the reader", lambda: store.listing.row(numbers.randrange(1, COUNT)))
    timed("active, first page", lambda: page(Wanted()))
    timed("active, 200 rows", lambda: page(Wanted(limit=200)))
    timed("closed, first page", lambda: page(Wanted(statuses=CLOSED)))
    timed("closed, 200 rows", lambda: page(Wanted(statuses=CLOSED, limit=200)))
    behind = deep(store, Wanted(statuses=CLOSED), 300)
    timed("closed, 300 pages deep", lambda: page(behind))
    old = Wanted(statuses=CLOSED, until=NOW - timedelta(days=200))
    timed("closed, of 200 days ago", lambda: page(old))
    timed("closed, critical in one namespace", lambda: page(Wanted(CLOSED, critical, namespaces=some)))
    gone = Wanted(CLOSED, critical, namespaces=frozenset({"team-39"}))
    timed("closed, critical in the rarest namespace", lambda: page(gone))
    timed("closed, rejected", lambda: page(Wanted(statuses=frozenset({Status.REJECTED}))))
    timed("closed, critical", lambda: page(Wanted(CLOSED, critical)))
    timed("closed, 13 namespaces", lambda: page(Wanted(CLOSED, namespaces=frozenset(NAMESPACES[:13]))))
    timed("closed, by owner", lambda: page(Wanted(CLOSED, owner=4)))
    timed("closed, nobody's, critical", lambda: page(Wanted(CLOSED, critical, owner=NOBODY)))
    timed("closed, by a common label", lambda: page(Wanted(CLOSED, labels=squad)))
    timed("closed, by a label of one", lambda: page(Wanted(CLOSED, labels=(("pod", "none-such"),))))
    timed("closed, by label and namespace", lambda: page(Wanted(CLOSED, namespaces=some, labels=squad)))
    timed("search, a common word", lambda: page(Wanted(CLOSED, text="checkout")))
    timed("search, two common words", lambda: page(Wanted(CLOSED, text="checkout crash")))
    timed("search, a rare word", lambda: page(Wanted(CLOSED, text="clockskew")))
    timed("search, a pod", lambda: page(Wanted(CLOSED, text="checkout-api-1f3")))
    timed("search, one letter", lambda: page(Wanted(CLOSED, text="c")))
    timed("search, two letters", lambda: page(Wanted(CLOSED, text="ch")))
    timed("search, three letters", lambda: page(Wanted(CLOSED, text="che")))
    timed("search, how many pods begin", lambda: page(Wanted(CLOSED, text="a7")))
    timed("search, how pods begin, in a rare place", lambda: page(Wanted(CLOSED, namespaces=rarest, text="a7")))
    timed("search, no hit", lambda: page(Wanted(CLOSED, text="zeppelin")))
    timed(
        "search, common, rare place", lambda: page(Wanted(CLOSED, namespaces=frozenset({"team-39"}), text="checkout"))
    )
    timed("search, common, critical, an owner's", lambda: page(Wanted(CLOSED, critical, text="checkout", owner=4)))
    timed("search, among the active", lambda: page(Wanted(text="checkout")))
    timed("rights in 2 places, closed", lambda: page(Wanted(statuses=CLOSED), mine))
    timed("rights in 2 places, active", lambda: page(Wanted(), mine))
    timed("rights in 2 places, search", lambda: page(Wanted(CLOSED, text="checkout"), mine))
    timed("rights in all places but one, closed", lambda: page(Wanted(statuses=CLOSED), most))
    timed("rights in all places but one, search", lambda: page(Wanted(CLOSED, text="checkout"), most))
    mark = store.listing.mark()
    life, _, number = mark.partition("-")
    timed("mark", store.listing.mark)
    timed("changes, none", lambda: store.listing.changes(mark))
    timed("changes, 100", lambda: store.listing.changes(f"{life}-{int(number) - 100}"))
    timed(
        "changes, 9,000 behind, rights in 2 places",
        lambda: store.listing.changes(f"{life}-{int(number) - 9000}", 200, mine),
    )
    timed("places", lambda: store.listing.places(mine))
    for days in (7, 365):
        span = Span(NOW - timedelta(days=days), NOW)
        timed(f"charts of {days} days", lambda span=span: store.statistics.charts(span, ZONE), times=5)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/lists.db")
        fresh = not path.exists()
        url = f"sqlite:///{path.absolute()}"
        migrate(url)
        database = Database(url)
        database.open()
        if fresh:
            start = time.perf_counter()
            fill(database)
            print(f"{COUNT:,} made in {time.perf_counter() - start:.0f} s, {path.stat().st_size / 1e9:.2f} GB")
        measure(Store(database), path)
        database.close()


if __name__ == "__main__":
    main()
