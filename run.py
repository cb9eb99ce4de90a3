#!/usr/bin/env python3
# ruff: noqa: E402  # what comes before the imports has a reason
"""The launcher: serves, or does one of the small jobs around serving. It holds no decision of the service."""

import gc

# What is imported stays, and is a quarter of a million objects: to look them through again and again, in search of what
# could go, would be an eighth of the start.
gc.disable()

import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

import click
import structlog

from chatops import __version__, log
from chatops.actors.stacks import install_stack_dump
from chatops.actors.system import LEAD_LOST, System
from chatops.audit_files import csv_lines, json_lines
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.core.audit import FLAWS, Checkpoint, StoredEntry
from chatops.core.failures import Failure
from chatops.db.backup import BackupRefused, back_up
from chatops.db.database import Database
from chatops.db.migrate import MigrationRefused, migrate
from chatops.db.same_tables import MoveRefused
from chatops.db.store import Store
from chatops.settings import Settings, read
from chatops.web.server import CannotListen

if TYPE_CHECKING:
    from chatops.db.moving import Step

gc.freeze()
gc.enable()

STOP_SECONDS = 5.0
SIGNAL_SECONDS = 0.5
"""How late a signal that another thread was given may be heard of."""

SWITCH_SECONDS = 0.0005
"""How long a thread that computes keeps those waiting that only pass something on. Python's own 5 ms, once for each
piece of a webhook that is read, would be most of what a sender waits while incidents are decided.
"""

BAD_SETTINGS = 2


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chatops")
@click.pass_context
def cli(context: click.Context) -> None:
    """Kubernetes incidents, from alert to fix, in Telegram.

    Without a command it serves, until SIGTERM or Ctrl-C. SIGUSR1 writes every thread's stack to standard error.
    Settings come from the environment and from .env; see .env.example.
    """
    # A terminal that cannot show a character must not end a command.
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    if context.invoked_subcommand is None:
        settings = _settings()
        log.configure(settings.log_level, settings.log_format, secrets=(*settings.secrets, *_credentials(settings)))
        _leave(_serve(settings))


@cli.command()
@click.option("--once", is_flag=True, help="Play one story to its end, print it, and exit.")
@click.option("--port", default=0, show_default="any free one", help="Port of the chat page.")
def demo(*, once: bool, port: int) -> None:
    """Run the whole service on loopback stand-ins."""
    # The only place that needs the stand-ins: a service in production never imports them.
    from chatops.demo import main

    log.configure("warning", "console")
    install_stack_dump()
    _leave(main(once=once, port=port))


@cli.command()
def check() -> None:
    """Say what is wrong with the surroundings.

    Looks at settings, database, ports, Telegram, Kubernetes, Alertmanager and Prometheus, and says what to mend. Exits
    with 1 when something that is needed does not work.
    """
    # Here, since serving needs nothing of it.
    from chatops.checkup import Outcome, verdicts

    marks = {Outcome.GOOD: "✔", Outcome.WARNING: "!", Outcome.OFF: "–", Outcome.BAD: "✖"}
    failed = False
    settings = read()
    known = (*settings.secrets, *_credentials(settings)) if isinstance(settings, Settings) else ()
    log.configure("error", "console", secrets=known)
    for verdict in verdicts(settings):
        failed = failed or verdict.outcome is Outcome.BAD
        click.echo(f"{marks[verdict.outcome]} {verdict.part}: {verdict.detail}")
        if verdict.mend and verdict.outcome is not Outcome.GOOD:
            click.echo(f"    {verdict.mend}")
    sys.exit(1 if failed else 0)


@cli.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema. Serving does this too."""
    with _plain_errors():
        applied = migrate(_settings().database_url)
    click.echo("\n".join(f"applied {name}" for name in applied) or "the schema is up to date")


@cli.command("move")
@click.option("--from", "source", metavar="URL", help="The SQLite file, sqlite:///...; by default DATABASE_URL.")
@click.option("--to", "target", metavar="URL", required=True, help="An empty PostgreSQL database, postgresql://...")
def move_command(*, source: str | None, target: str) -> None:
    """Move all that a SQLite file keeps to a PostgreSQL database, and verify it.

    Stop the service first. It is one transaction: what fails leaves the database empty and the file as it was. A
    password that --to leaves out is taken from PGPASSWORD or ~/.pgpass.
    """
    # Here, since it loads the driver of PostgreSQL.
    from chatops.db.moving import move

    with _plain_errors():
        moved = move(source or _settings().database_url, target, _tell_step)
    click.echo(f"✔ {moved.rows} rows are there, and the audit log is whole: its newest line is {moved.head}")
    click.echo(
        "Now set DATABASE_URL to the database you moved to, and start. The file is as it was; keep it as a backup."
    )


@cli.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(*, file: Path) -> None:
    """Copy the SQLite database into a new FILE, also while it is served on, and verify the copy.

    For PostgreSQL it says how pg_dump does it. docs/backup.md has the way back.
    """
    with _plain_errors():
        copied = back_up(_settings().database_url, file, _tell_pages)
    click.echo(f"✔ {file} is whole; the newest line of its audit log is {copied.head}")
    click.echo("Keep it elsewhere than the database, and that line's number and hash elsewhere than the copy.")


@cli.group()
def audit() -> None:
    """Read the log of who did what."""


@audit.command("list")
@click.option("--incident", type=int, help="Only this incident's lines.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
def audit_list(*, incident: int | None, limit: int) -> None:
    """Show the newest lines, oldest first."""
    with _store() as store:
        if incident is not None:
            lines = store.audit.for_incident(incident, limit)
        else:
            lines = store.audit.page(max(0, store.audit.head()[0] - limit), limit)
        for line in lines:
            click.echo(_readable(line))


@audit.command("export")
@click.option("--incident", type=int, help="Only this incident's lines.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="A file instead of standard output.")
def audit_export(*, incident: int | None, form: str, output: IO[bytes]) -> None:
    """Write every line with its hash, as JSON lines or as CSV for spreadsheets. docs/audit.md describes the columns."""
    with _store() as store:
        wanted = (line for line in store.audit.iterate() if incident is None or line.entry.incident_id == incident)
        for written in (csv_lines if form == "csv" else json_lines)(wanted):
            output.write(written)


@audit.command("verify")
@click.option("--head", "heads", metavar="NUMBER:HASH", multiple=True, help="A checkpoint the log must agree with.")
def audit_verify(*, heads: tuple[str, ...]) -> None:
    """Check that no line was changed, moved, removed or put in: each carries the hash of the one before it.

    That lines at the end were cut off shows only against a checkpoint from elsewhere: the service's log and AUDIT_CHAT
    have them. Exits with 1 and names the first bad line.
    """
    with _plain_errors():
        checkpoints = [Checkpoint.of(head) for head in heads]
    with _store() as store:
        newest = Checkpoint(*store.audit.head())
        flaws = [store.audit.verify(checkpoint) for checkpoint in checkpoints] or [store.audit.verify()]
        for flaw in flaws:
            if flaw is not None:
                click.echo(f"✖ line {flaw.number}: {FLAWS[flaw.fault]} ({flaw.fault})", err=True)
                sys.exit(1)
    click.echo(f"✔ {newest.number} lines, the newest is {newest}")


def _serve(settings: Settings) -> int:
    """Serve until told to stop or until the supervisor gives up; the exit code."""
    logger = structlog.get_logger("chatops")
    for warning in settings.warnings:
        logger.warning(warning)
    install_stack_dump()
    sys.setswitchinterval(SWITCH_SECONDS)
    # put() of a SimpleQueue is safe in a signal handler; setting an Event that is being waited for is not.
    ended: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    _on_stop_signals(ended)
    try:
        applied = migrate(settings.database_url)
        if applied:
            logger.info("migrated", applied=applied)
        system = System(settings)
        system.start()
    except (Failure, CannotListen, MigrationRefused, ValueError) as error:
        logger.critical("cannot_start", reason=str(error))
        return 1
    except Exception:
        logger.critical("cannot_start", exc_info=True)
        return 1
    # Daemon: it waits for the end of the service, and the service may be cut short.
    threading.Thread(target=lambda: ended.put(system.wait()), name="end-watch", daemon=True).start()
    code = _told_to_end(ended)
    logger.info("stopping", by="signal" if code is None else "supervisor")
    system.stop(STOP_SECONDS)
    if code == LEAD_LOST:
        _begin_anew()
    return code or 0


def _begin_anew() -> NoReturn:
    """As a process that knows nothing, with the same number: whatever of this one still hangs somewhere is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _told_to_end(ended: "queue.SimpleQueue[int | None]") -> int | None:
    """Wait in the main thread for what is put there.

    The system may deliver a signal to any thread, and Python handles it in the main one as soon as that runs: one that
    waits without an end is not woken by it, and never ends.
    """
    while True:
        with suppress(queue.Empty):
            return ended.get(timeout=SIGNAL_SECONDS)


def _credentials(settings: Settings) -> frozenset[str]:
    return Kubeconfig(settings.kubeconfig).credentials()


def _on_stop_signals(ended: "queue.SimpleQueue[int | None]") -> None:
    """The first SIGTERM or SIGINT asks for an orderly end, the second ends the process at once."""
    asked: list[int] = []

    def on_signal(number: int, _frame: Any) -> None:
        if asked:
            os._exit(128 + number)
        asked.append(number)
        ended.put(None)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)


def _leave(code: int) -> NoReturn:
    """End the process, even if a thread that was given up on still hangs somewhere."""
    left = [thread.name for thread in threading.enumerate() if _keeps_alive(thread)]
    if left:
        structlog.get_logger("chatops").error("threads_left", threads=left)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 1)
    sys.exit(code)


def _keeps_alive(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon


def _settings() -> Settings:
    """The settings, or the end of the process with every problem said."""
    settings = read()
    if isinstance(settings, Settings):
        return settings
    click.echo("The settings cannot be used:", err=True)
    for problem in settings:
        click.echo(f"  ✖ {problem}", err=True)
    sys.exit(BAD_SETTINGS)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What fails for a reason outside this program is told in a sentence."""
    try:
        yield
    except (BackupRefused, Failure, MigrationRefused, MoveRefused, ValueError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _store() -> Iterator[Store]:
    """The database for a command that reads. The service may be running beside it."""
    with _plain_errors():
        database = Database(_settings().database_url, readers=1)
        database.open()
        try:
            yield Store(database)
        finally:
            database.close()


def _tell_step(step: "Step") -> None:
    mark, what = ("✔", "are there, and the same") if step.verified else (" ", "sent")
    click.echo(f"{mark} {step.table}: {step.rows} of {step.total} rows {what}")


def _tell_pages(done: int, total: int) -> None:
    click.echo(f"  {done} of {total} pages")


def _readable(line: StoredEntry) -> str:
    entry = line.entry
    words = [f"{line.id}", f"{entry.at:%Y-%m-%d %H:%M:%SZ}", entry.type.value, entry.subject.name or entry.subject.kind]
    if entry.incident_id is not None:
        words.append(f"#{entry.incident_id}")
    if entry.object is not None:
        words.append(f"{entry.object.short_kind} {entry.object.path}")
    words += [f"{name}={value}" for name, value in entry.detail.items() if value]
    # Names come from clusters and chats: no terminal command among them may reach the terminal.
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(words))


if __name__ == "__main__":
    cli()
