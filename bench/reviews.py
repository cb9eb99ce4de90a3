"""What a review of a hundred thousand incidents costs: reading them, summing them up, drawing and writing it."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from chatops.core.policy import Policy
from chatops.core.review import Span, review_of
from chatops.core.screens.review import review
from chatops.core.screens.review_files import csv_of, markdown_of
from chatops.core.texts import tongue
from chatops.db.columns import time_text
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store

COUNT = 100_000
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TITLES = ("Crash loop", "CPU over-commit", "Disk almost full", "Target down", "Node not ready")
T = TypeVar("T")


def fill(database: Database) -> None:
    """Incidents of a year, three alerts each, one in four with an action."""

    def work() -> None:
        connection = database.tables.connection
        incidents, alerts, actions, trials = [], [], [], []
        for number in range(1, COUNT + 1):
            opened = NOW - timedelta(days=365) * (number / COUNT)
            ended, taken = opened + timedelta(minutes=number % 90 + 1), opened + timedelta(minutes=number % 14)
            title, namespace = TITLES[number % 5], f"team-{number % 40}"
            incidents.append(
                (
                    number,
                    title,
                    namespace,
                    time_text(opened),
                    time_text(ended),
                    time_text(taken) if number % 6 else None,
                )
            )
            for each in "abc":
                alerts.append((number, f"{number}{each}", time_text(opened), time_text(ended), time_text(opened)))
            if number % 4 == 0:
                actions.append((f"run-{number}", number, time_text(opened)))
                trials.append((f"run-{number}", title, time_text(opened), number % 3 == 0))
        connection.executemany(
            "INSERT INTO incidents (id, source, receiver, status, revision, severity, list_rank, title, cluster, "
            "namespace, group_labels, truncated, skipped, opened_at, closed_at, closed_by_name, taken_by_name, reason, "
            "reopened, survey, run_id, acknowledged_at) "
            "VALUES (?, '', '', 'resolved', 3, 'warning', 2, ?, 'prod', ?, '{}', 0, 0, ?, ?, '', '', '', 0, '', '', ?)",
            incidents,
        )
        connection.executemany(
            "INSERT INTO alerts (incident_id, source, fingerprint, starts_at, ends_at, told_firing, told_starts_at, "
            "labels, annotations, generator_url) VALUES (?, '', ?, ?, ?, 0, ?, '{}', '{}', '')",
            alerts,
        )
        connection.executemany(
            "INSERT INTO actions (id, incident_id, action, state, by_id, by_name, chat_id, message_id, requested_at, "
            "problem, detail, plan, undo, progress) "
            "VALUES (?, ?, 'rollout_restart', 'succeeded', 1, '', 1, 1, ?, '', '', '{}', '', '')",
            actions,
        )
        connection.executemany(
            "INSERT INTO trials (run_id, alert, action, at, helped) VALUES (?, ?, 'rollout_restart', ?, ?)", trials
        )

    database.write(work)


def timed(name: str, work: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = work()
    print(f"  {name:32} {time.perf_counter() - start:8.3f} s")
    return result


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        database = Database(url)
        database.open()
        timed(f"{COUNT} incidents made", lambda: fill(database))
        store, speaks, zone = Store(database), tongue("en"), Policy().zone
        for days in (7, 30, 365):
            span = Span(NOW - timedelta(days=days), NOW)
            rows = store.statistics.incidents(span)
            print(f"{days} days, {len(rows)} incidents")
            timed("read", lambda span=span: store.statistics.incidents(span))  # type: ignore[misc]  # the span of now
            tried = timed("tried", lambda span=span: store.statistics.tried(span))  # type: ignore[misc]
            before = timed("before", lambda span=span: store.statistics.count(span.before))  # type: ignore[misc]
            told = timed(
                "summed up",
                lambda span=span, rows=rows, tried=tried, before=before: review_of(  # type: ignore[misc]
                    span, rows, tried, before=before, zone=zone
                ),
            )
            timed("screen", lambda told=told: review(told, speaks, zone=zone))  # type: ignore[misc]
            timed("Markdown", lambda told=told: markdown_of(told, speaks, zone=zone))  # type: ignore[misc]
            size = len(timed("CSV", lambda rows=rows: csv_of(rows)))  # type: ignore[misc]
            print(f"  {size / 1e6:.1f} MB of CSV")
        database.close()


if __name__ == "__main__":
    main()
