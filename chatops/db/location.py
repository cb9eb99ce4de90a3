"""Where the database is, read from DATABASE_URL. It opens nothing."""

import re
from dataclasses import dataclass, field
from pathlib import Path

SQLITE_PREFIX = "sqlite:///"
POSTGRES_SCHEMES = frozenset({"postgresql", "postgres"})


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A database of a server. `where` is it for people, without user and password."""

    dsn: str = field(repr=False)
    where: str


def location(url: str) -> Path | PostgresUrl:
    """The SQLite file or the PostgreSQL database that `url` names.

    Raises ValueError, in words for whoever sets DATABASE_URL, when the URL names neither.
    """
    scheme = url.partition(":")[0]
    if scheme in POSTGRES_SCHEMES:
        return _postgres(url)
    if url.startswith(SQLITE_PREFIX):
        return sqlite_path(url)
    raise ValueError(
        f"DATABASE_URL begins with {scheme or 'nothing'}: name a SQLite file (sqlite:///chatops.db beside the working "
        "directory, sqlite:////var/lib/chatops/chatops.db) or a PostgreSQL database (postgresql://user:password@host/name)"
    )


def is_postgres(url: str) -> bool:
    return isinstance(location(url), PostgresUrl)


def sqlite_path(url: str) -> Path:
    """The absolute path of the SQLite file `url` names; a relative one starts at the working directory.

    Raises ValueError, in words for whoever sets DATABASE_URL, when the URL names something else.
    """
    if not url.startswith(SQLITE_PREFIX):
        raise ValueError(f"{url.partition(':')[0] or 'nothing'} is no SQLite file: write sqlite:///chatops.db")
    name = url.removeprefix(SQLITE_PREFIX)
    if not name or name == ":memory:":
        raise ValueError("DATABASE_URL names no file; write sqlite:///chatops.db")
    if "?" in name or "\0" in name:
        raise ValueError("DATABASE_URL takes a plain file name: no ? and no options after it")
    path = Path(name).absolute()
    if path.is_dir():
        raise ValueError(f"DATABASE_URL names the directory {path}; name a file in it")
    if not path.parent.is_dir():
        raise ValueError(f"DATABASE_URL: the directory {path.parent} does not exist")
    return path


def _postgres(url: str) -> PostgresUrl:
    # The driver, with its libraries, is loaded only where somebody names a PostgreSQL.
    import psycopg2
    from psycopg2.extensions import parse_dsn

    problem = ValueError(
        "DATABASE_URL is no PostgreSQL URL: write postgresql://user:password@host:5432/name, with %-escapes for what "
        "is special in the password"
    )
    try:
        # By libpq's own rules, which differ from those of other URLs: several hosts, an @ in a password.
        parts = parse_dsn(url)
    except (psycopg2.Error, ValueError):
        # Not from the error: it may hold the URL, and the password with it.
        raise problem from None
    name, host, port = parts.get("dbname", ""), parts.get("host", "localhost"), parts.get("port", "")
    if not name or "#" in url or "\0" in url or url.count("@") > 1 or not re.fullmatch(r"[\d,]*", port):
        raise problem
    shown = re.sub(r"[^\x20-\x7e]", "?", f"{name} at {host}{f':{port}' if port else ''}")
    return PostgresUrl(url, f"PostgreSQL {shown}")
