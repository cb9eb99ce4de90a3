"""What is old goes, what is young or still needed stays."""

from chatops.actors.janitor import JanitorActor, Tidy
from tests.actors.house import ANNA, house
from tests.actors.scene import Scene, body


def test_old_updates_and_worked_through_bodies_go(tmp_path):
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.post_webhook(body("firing_single"))
        built.post_webhook(b"nonsense")
        built.post.wait_text("could not be understood")
        built.write("/help")
        built.post.wait_text("One message is one incident")
        built.until(lambda: not built.store.updates.pending())
        built.clock.move(days=31)
        built.write("/start")
        built.post.wait_text("role <b>admin</b>")
        built.until(lambda: not built.store.updates.pending())
        janitor = JanitorActor.start(
            directory=built.directory, address=("janitor",), store=built.store, clock=built.clock
        )
        janitor.ask(Tidy(), timeout=10)
        assert built.store.inbox.get(1) is None
        assert [row.body for row in built.store.inbox.quarantined()] == [b"nonsense"]
        assert built.store.incidents.get(1) is not None
        assert built.store.cards.get(ANNA, 1) is not None
        janitor.stop(timeout=10)
