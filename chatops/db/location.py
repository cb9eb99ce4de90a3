"""Where the database is, read from DATABASE_URL. It opens nothing."""

from pathlib import Path

SQLITE_PREFIX = "sqlite:///"


def sqlite_path(url: str) -> Path:
    """The absolute path of the SQLite file `url` names; a relative one starts at the working directory.

    Raises ValueError, in words for whoever sets DATABASE_URL, when the URL names something else.
    """
    if not url.startswith(SQLITE_PREFIX):
        scheme = url.partition(":")[0] or "nothing"
        raise ValueError(
            f"DATABASE_URL begins with {scheme}, and only SQLite files are supported: "
            "sqlite:///chatops.db (beside the working directory) or sqlite:////var/lib/chatops/chatops.db"
        )
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
