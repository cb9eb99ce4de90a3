"""The database cannot be written: a webhook gets a 503, never a 200 and never a 4xx, and all recovers alone."""

import sqlite3

from tests.flows.town import crash_loop, until


def test_a_locked_database_is_a_503_until_it_is_free(place):
    holder = sqlite3.connect(place.folder / "chatops.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert place.post(crash_loop()) == 503
        assert place.ready()["ready"]
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    until(lambda: place.post(crash_loop()) == 200, "it takes alerts again")
    place.card("keeps crashing")
    assert len(place.cards()) == 1


def test_a_wrong_token_stores_nothing(place):
    assert place.post(crash_loop(), token="somebody-else") == 401
    assert place.post(b"x" * (16 * 1024 * 1024 + 1)) == 413
    with place.store() as store:
        assert store.inbox.new_ids() == ()
        assert store.incidents.active_ids() == ()
