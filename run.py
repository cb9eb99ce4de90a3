#!/usr/bin/env python3
# ruff: noqa: E402  # what comes before the imports has a reason
"""The launcher: serves, or does one of the small jobs around serving. It holds no decision of the service."""

import gc

# What is imported stays, and is a quarter of a million objects: to look them through again and again, in search of what
# could go, would be an eighth of the start.
gc.disable()

import queue
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog

from chatops import __version__, log
from chatops.actors.stacks import install_stack_dump
from chatops.actors.system import LEAD_LOST, System
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.command_line import plain_errors, usable_settings
from chatops.core.failures import Failure
from chatops.db.backup import back_up
from chatops.db.migrate import MigrationRefused, migrate
from chatops.process import begin_anew, leave, on_stop_signals, told_to_end
from chatops.settings import Settings, read
from chatops.web.server import CannotListen

if TYPE_CHECKING:
    from chatops.db.moving import Step

gc.freeze()
gc.enable()

STOP_SECONDS = 5.0
SWITCH_SECONDS = 0.0005
"""How long a thread that computes keeps those waiting that only pass something on. Python's own 5 ms, once for each
piece of a webhook that is read, would be most of what a sender waits while incidents are decided.
"""


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
        settings = usable_settings()
        log.configure(settings.log_level, settings.log_format, secrets=(*settings.secrets, *_credentials(settings)))
        leave(_serve(settings))


@cli.command()
@click.option("--once", is_flag=True, help="Play one story to its end, print it, and exit.")
@click.option("--port", default=0, show_default="any free one", help="Port of the chat page.")
def demo(*, once: bool, port: int) -> None:
    """Run the whole service on loopback stand-ins."""
    # The only place that needs the stand-ins: a service in production never imports them.
    from chatops.demo import main

    log.configure("warning", "console")
    install_stack_dump()
    leave(main(once=once, port=port))


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
    with plain_errors():
        applied = migrate(usable_settings().database_url)
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

    with plain_errors():
        moved = move(source or usable_settings().database_url, target, _tell_step)
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
    with plain_errors():
        copied = back_up(usable_settings().database_url, file, _tell_pages)
    click.echo(f"✔ {file} is whole; the newest line of its audit log is {copied.head}")
    click.echo("Keep it elsewhere than the database, and that line's number and hash elsewhere than the copy.")


class _AuditCommands(click.Group):
    """They are loaded when one is asked for, since serving needs nothing of them."""

    def list_commands(self, context: click.Context) -> list[str]:
        return self._loaded.list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        return self._loaded.get_command(context, name)

    @property
    def _loaded(self) -> click.Group:
        from chatops.audit_commands import audit

        return audit


@cli.group(cls=_AuditCommands)
def audit() -> None:
    """Read the log of who did what."""


def _serve(settings: Settings) -> int:
    """Serve until told to stop or until the supervisor gives up; the exit code."""
    logger = structlog.get_logger("chatops")
    for warning in settings.warnings:
        logger.warning(warning)
    install_stack_dump()
    sys.setswitchinterval(SWITCH_SECONDS)
    # put() of a SimpleQueue is safe in a signal handler; setting an Event that is being waited for is not.
    ended: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    on_stop_signals(ended)
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
    code = told_to_end(ended)
    logger.info("stopping", by="signal" if code is None else "supervisor")
    system.stop(STOP_SECONDS)
    if code == LEAD_LOST:
        begin_anew()
    return code or 0


def _credentials(settings: Settings) -> frozenset[str]:
    return Kubeconfig(settings.kubeconfig).credentials()


def _tell_step(step: "Step") -> None:
    mark, what = ("✔", "are there, and the same") if step.verified else (" ", "sent")
    click.echo(f"{mark} {step.table}: {step.rows} of {step.total} rows {what}")


def _tell_pages(done: int, total: int) -> None:
    click.echo(f"  {done} of {total} pages")


if __name__ == "__main__":
    cli()
