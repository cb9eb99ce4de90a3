"""What lists of many incidents cost: pages by each filter, search, what has changed.

Beside each the same database's floor: one row by its number, by the bare driver. `python bench/lists.py`
is of a hundred thousand; `python bench/lists.py /tmp/lists.db 1000000` of a million, which takes some twenty minutes
and 3 GB to make, once. `python bench/lists.py postgresql://postgres@localhost/lists 1000000` is of an empty database
of PostgreSQL, copied into in some minutes and analysed then, as its autovacuum does in life.
"""

import io
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2

from chatops.core.alerts import Alert, Severity
from chatops.core.incidents import Incident, Person, Status
from chatops.core.incidents.values import Episode
from chatops.core.listing import CLOSED, NOBODY, Wanted
from chatops.core.review import Span
from chatops.db import episodes
from chatops.db.database import Database
from chatops.db.listed import Line, _line, list_again, list_new, micros
from chatops.db.location import is_postgres
from chatops.db.migrate import migrate
from chatops.db.opening import _insert
from chatops.db.rows import columns_of
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


def copy_in(url: str) -> None:
    """The same rows, without their way: a million of them statement by statement take PostgreSQL hours."""
    dice, ends = random.Random(7), set[int]()
    known = Line(*(None,) * len(Line._fields))  # type: ignore[arg-type]  # nothing is known but where it ended
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        places = {place: number for number, place in enumerate(product(sorted(set(CLUSTERS)), NAMESPACES), 1)}
        _copy(cursor, "places", ("cluster", "namespace", "changed", "id"), [(*p, COUNT, n) for p, n in places.items()])
        for first in range(1, COUNT + 1, 20 * CHUNK):
            incidents, alerts, listed = [], [], []
            for number in range(first, min(first + 20 * CHUNK, COUNT + 1)):
                each = incident(number, dice)
                ended = None if each.closed_at is None else micros(each.closed_at)
                while ended in ends:
                    ended += 1
                ends |= set() if ended is None else {ended}
                place = places[each.cluster, each.namespace]
                line = _line(None, each, place, known._replace(ended=ended))  # type: ignore[arg-type]  # asks nothing
                columns = {"id": number, "source": "", **columns_of(each)}
                incidents.append(tuple(columns.values()))
                alerts.append(episodes._row(number, "", each.episodes[0]))
                words = " ".join(f"'{word}'" for word in sorted(set(line.indexed[1].split()))) if line.indexed else None
                listed.append((number, number, *line, words))
            _copy(cursor, "incidents", tuple(columns), incidents)
            _copy(cursor, "alerts", episodes._COLUMNS, alerts)
            _copy(cursor, "listed", ("incident_id", "changed", *Line._fields, "words"), listed)
            if first % 100_000 == 1:
                print(f"  {first:>9,} made", flush=True)
        cursor.execute("SELECT setval(pg_get_serial_sequence('incidents', 'id'), %s)", (COUNT,))
        cursor.execute("SELECT setval(pg_get_serial_sequence('places', 'id'), %s)", (len(places),))
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE")


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    def written(value: Any) -> str:
        text = str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
        return "\\N" if value is None else text

    lines = io.StringIO("".join("\t".join(map(written, row)) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)


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


def bare(url: str) -> Any:
    """A connection that is no more than the driver's: what one row costs at least."""
    if is_postgres(url):
        return psycopg2.connect(url).cursor()
    return sqlite3.connect(url.removeprefix("sqlite:///")).cursor()


def measure(store: Store, url: str) -> None:
    def mine(cluster: str, namespace: str) -> bool:
        return cluster == "prod" and namespace in ("team-17", "team-31")

    def most(cluster: str, namespace: str) -> bool:
        return (cluster, namespace) != ("prod", "team-00")

    page = store.listing.page
    squad, rarest = (("team", "squad-3"),), frozenset({"team-39"})
    critical, some = frozenset({Severity.CRITICAL}), frozenset({"team-03"})
    numbers, cursor = random.Random(1), bare(url)
    one = f"SELECT id, title, severity, status FROM incidents WHERE id = {'%s' if is_postgres(url) else '?'}"
    timed("one row, bare", lambda: cursor.execute(one, (numbers.randrange(1, COUNT),)) or cursor.fetchone())
    cursor.connection.close()
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


def empty(url: str) -> bool:
    """Whether it has yet to be filled."""
    with closing(bare(url).connection) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM (SELECT id FROM incidents LIMIT 1) AS any_of_them")
        return bool(cursor.fetchone()[0] == 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        named = sys.argv[1] if len(sys.argv) > 1 else f"{folder}/lists.db"
        url = named if "://" in named else f"sqlite:///{Path(named).absolute()}"
        migrate(url)
        fresh = empty(url)
        database = Database(url)
        database.open()
        if fresh:
            start = time.perf_counter()
            copy_in(url) if is_postgres(url) else fill(database)
            print(f"{COUNT:,} made in {time.perf_counter() - start:.0f} s")
        measure(Store(database), url)
        database.close()


if __name__ == "__main__":
    main()
