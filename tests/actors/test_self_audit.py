"""A card that nobody drew is found by the self-audit, told to the admins once, and held against the heartbeat."""

from prometheus_client import REGISTRY

from chatops.actors.self_audit import Look, SelfAuditActor
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind
from tests.actors.house import ANNA, house
from tests.actors.scene import Scene, body

GROUP = -100_500
HEARTBEAT = "chatops_self_audit_ok_timestamp_seconds"


def test_p4_a_card_that_is_missing_is_found_and_told_once(tmp_path):
    """P4: opened is compared with shown; the heartbeat stands still while they differ."""
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.post_webhook(body("firing_single"))
        built.post.wait_text("keeps crashing")
        built.until(lambda: not built.store.cards.stale(ANNA))
        auditor = SelfAuditActor.start(
            directory=built.directory, address=("self_audit",), store=built.store, clock=built.clock
        )

        def look(**later: float) -> float | None:
            built.clock.move(**later)
            auditor.ask(Look(), timeout=10)
            return REGISTRY.get_sample_value(HEARTBEAT)

        clean = look(minutes=1)
        assert clean == built.clock().timestamp()
        # Nobody tells this chat's actor that there is anything to show.
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
        look(minutes=1)
        assert look(seconds=15) != built.clock().timestamp()
        built.post.wait_text("Cards that are missing where an incident should be shown: 1")
        stopped = look(minutes=1)
        assert stopped is not None
        assert stopped < built.clock().timestamp()
        assert REGISTRY.get_sample_value("chatops_self_audit_breached", {"breach": "not_shown"}) == 1
        told = [m for m in built.post.messages.values() if isinstance(m, SendMessage) and "Cards that are" in m.html]
        assert len(told) == 1
        assert not told[0].silent
        auditor.stop(timeout=10)
