"""All that the service writes can be written to either database, and all that is read can be read from it."""

from chatops.db.store import Store

from .rich import everything_read, fill


def test_something_of_everything(store: Store) -> None:
    tokens = fill(store)
    assert len(dict(everything_read(store, tokens))) > 300
    assert store.audit.verify() is None
