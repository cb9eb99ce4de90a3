"""What a command at a terminal begins with: settings it can use, the database to read, and failures in a sentence.

It knows no command. Serving takes its settings the same way.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from chatops.core.failures import Failure
from chatops.db.backup import BackupRefused
from chatops.db.database import Database
from chatops.db.migrate import MigrationRefused
from chatops.db.same_tables import MoveRefused
from chatops.db.store import Store
from chatops.settings import Settings, read

BAD_SETTINGS = 2


def usable_settings() -> Settings:
    """The settings, or the end of the process with every problem said."""
    settings = read()
    if isinstance(settings, Settings):
        return settings
    click.echo("The settings cannot be used:", err=True)
    for problem in settings:
        click.echo(f"  ✖ {problem}", err=True)
    sys.exit(BAD_SETTINGS)


@contextmanager
def plain_errors() -> Iterator[None]:
    """What fails for a reason outside this program is told in a sentence."""
    try:
        yield
    except (BackupRefused, Failure, MigrationRefused, MoveRefused, ValueError) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened_store() -> Iterator[Store]:
    """The database for a command that reads. The service may be running beside it."""
    with plain_errors():
        database = Database(usable_settings().database_url, readers=1)
        database.open()
        try:
            yield Store(database)
        finally:
            database.close()
