"""What is listed of incidents from before there were lists is completed in the background, a few at a time."""

from chatops.actors import janitor
from chatops.actors.janitor import JanitorActor
from chatops.core.listing import Wanted
from tests.actors.house import house
from tests.actors.scene import Scene, body
from tests.outside import outside


def test_lists_are_completed_after_the_update_that_brought_them(tmp_path, monkeypatch):
    monkeypatch.setattr(janitor, "FILLED_AT_ONCE", 1)
    monkeypatch.setattr(janitor, "FILL_PAUSE", 0.0)
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)

        def rows(**wanted):
            return built.store.listing.page(Wanted(**wanted)).rows

        for name in ("firing_single", "firing_group_of_3"):
            built.post_webhook(body(name))
        built.until(lambda: len(rows()) == 2)
        outside(built.url, "UPDATE listed SET search = NULL, object = ''")
        unfilled = "SELECT count(*) FROM listed WHERE search IS NULL"
        started = JanitorActor.start(
            directory=built.directory, address=("janitor",), store=built.store, clock=built.clock
        )
        built.until(lambda: outside(built.url, unfilled) == [(0,)])
        assert all(row.object for row in rows())
        assert {row.id for row in rows(text=rows()[0].object)} >= {rows()[0].id}
        started.stop(timeout=10)
