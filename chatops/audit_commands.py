"""The commands that read the log of who did what, and what they print. Serving loads nothing of it."""

import sys
from typing import IO

import click

from chatops.audit_files import csv_lines, json_lines
from chatops.command_line import opened_store, plain_errors
from chatops.core.audit import FLAWS, Checkpoint, StoredEntry


@click.group()
def audit() -> None:
    """Read the log of who did what."""


@audit.command("list")
@click.option("--incident", type=int, help="Only this incident's lines.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="The newest so many.")
def audit_list(*, incident: int | None, limit: int) -> None:
    """Show the newest lines, oldest first."""
    with opened_store() as store:
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
    with opened_store() as store:
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
    with plain_errors():
        checkpoints = [Checkpoint.of(head) for head in heads]
    with opened_store() as store:
        newest = Checkpoint(*store.audit.head())
        flaws = [store.audit.verify(checkpoint) for checkpoint in checkpoints] or [store.audit.verify()]
        for flaw in flaws:
            if flaw is not None:
                click.echo(f"✖ line {flaw.number}: {FLAWS[flaw.fault]} ({flaw.fault})", err=True)
                sys.exit(1)
    click.echo(f"✔ {newest.number} lines, the newest is {newest}")


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
