"""A card that nobody drew is found by the self-audit, told to the admins once, and held against the heartbeat."""

from prometheus_client import REGISTRY

from chatops.actors.self_audit import Look, SelfAuditActor
from chatops.core.audit import EntryType
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body
from tests.actors.test_unaudited import Broken

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
        assert breaches(built) == [(EntryType.BREACH_FOUND, "not_shown", 1)]
        # Somebody wants no more of it: then nothing is missing, and the log has when that was.
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP))
        assert look(minutes=1) == built.clock().timestamp()
        look(minutes=1)
        assert breaches(built)[1:] == [(EntryType.BREACH_OVER, "not_shown", None)]
        auditor.stop(timeout=10)


def breaches(built: House) -> list[tuple[EntryType, str, int | None]]:
    entries = [stored.entry for stored in built.store.audit.page(limit=1_000)]
    kinds = (EntryType.BREACH_FOUND, EntryType.BREACH_OVER)
    return [(entry.type, entry.detail["breach"], entry.incident_id) for entry in entries if entry.type in kinds]


def test_p4_a_breach_that_cannot_be_written_down_is_told_and_written_later(tmp_path):
    """P4: whoever cannot write must still be able to say so."""
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.post_webhook(body("firing_single"))
        built.post.wait_text("keeps crashing")
        built.until(lambda: not built.store.cards.stale(ANNA))
        auditor = SelfAuditActor.start(
            directory=built.directory, address=("self_audit",), store=built.store, clock=built.clock
        )
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
        broken = Broken(built, EntryType.BREACH_FOUND)
        for seconds in (60, 60, 60):
            built.clock.move(seconds=seconds)
            auditor.ask(Look(), timeout=10)
        built.post.wait_text("Cards that are missing where an incident should be shown: 1")
        assert breaches(built) == []
        broken.mended()
        built.clock.move(minutes=1)
        auditor.ask(Look(), timeout=10)
        assert breaches(built) == [(EntryType.BREACH_FOUND, "not_shown", 1)]
        told = [m for m in built.post.messages.values() if "Cards that are" in m.html]
        assert len(told) == 1
        auditor.stop(timeout=10)
