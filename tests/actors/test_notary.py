"""Checkpoints of the audit log: told of when there is something new, to the chat once an hour at most."""

from datetime import timedelta

import pytest
import structlog
from prometheus_client import REGISTRY

from chatops.actors import notary
from chatops.actors.addresses import TELEGRAM, chat_address
from chatops.actors.chat_messages import Notice
from chatops.actors.directory import Directory
from chatops.actors.health import Health, PartStatus
from chatops.actors.notary import CHAT_PAUSE, NOTARY, PART, ROUND_SECONDS, Attest, GoThrough, NotaryActor
from chatops.actors.telegram_messages import Deliver, Delivered, NotDelivered
from chatops.core.audit import SYSTEM, Checkpoint, Entry, EntryType
from chatops.core.failures import Reason
from chatops.core.people import Role, User, everywhere
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
from tests.actors.house import ANNA, Clock

AUDIT_CHAT = -100_900


class Office:
    """A notary by hand: what it says is caught, time moves when told to."""

    def __init__(self, folder, chat_id):
        url = f"sqlite:///{folder}/audit.db"
        migrate(url)
        self.database = Database(url)
        self.database.open()
        self.store, self.clock, self.chat_id = Store(self.database), Clock(), chat_id
        self.sent, self.notices, self.again = [], [], []
        self.health = Health()
        self.store.users.put(User(ANNA, "@anna", everywhere(Role.ADMIN)))
        self.directory = Directory()
        self.directory.tell = self._told
        self.notary = None
        self.open()

    def open(self):
        if self.notary:
            self.directory.unregister(NOTARY, self.notary.actor_ref)
        self.notary = NotaryActor(
            directory=self.directory,
            address=NOTARY,
            store=self.store,
            clock=self.clock,
            chat_id=self.chat_id,
            health=self.health,
        )

    def _told(self, address, message):
        if address == TELEGRAM:
            self.sent.append(message)
        elif isinstance(message, Notice):
            self.notices.append((address, message))

    def happen(self, count=1):
        entry = Entry(EntryType.LOOKED, SYSTEM, self.clock())
        return Checkpoint(*(self.store.audit.append([entry] * count)[-1].id, self.store.audit.head()[1]))

    def round(self):
        with structlog.testing.capture_logs() as logged:
            self.notary.receive(Attest())
        return [(each["event"], each.get("number")) for each in logged]

    def change(self, *statements):
        """Somebody with the file at hand."""

        def work():
            connection = self.database.tables.connection
            for guard in ("audit_refuses_delete", "audit_refuses_update"):
                connection.execute(f"DROP TRIGGER IF EXISTS {guard}")
            for statement in statements:
                connection.execute(statement)

        self.database.write(work, alone=True)

    def go_through(self):
        """The whole chain, slice by slice; what the log says of it."""
        slices, self.notary.later = [GoThrough()], lambda seconds, message: slices.append(message)
        with structlog.testing.capture_logs() as logged:
            for each in slices:
                self.notary.receive(each)
        return len(slices), [(each["event"], each.get("number", each.get("lines"))) for each in logged]

    def answer(self, answer=None):
        deliver = self.sent[-1]
        assert isinstance(deliver, Deliver)
        assert deliver.reply_to == NOTARY
        self.notary.receive(answer(deliver.tag) if answer else Delivered(deliver.tag, 5))


@pytest.fixture(params=[AUDIT_CHAT])
def office(tmp_path, request):
    built = Office(tmp_path, request.param)
    yield built
    built.directory.timers.stop()
    built.database.close()


def test_the_log_is_told_when_there_is_something_new(office):
    assert office.round() == [("audit_checkpoint", 0)]
    assert office.round() == []
    office.happen(3)
    assert office.round() == [("audit_checkpoint", 3)]
    assert office.round() == []


def test_the_last_line_is_told_at_the_end(office):
    office.round()
    newest = office.happen()
    with structlog.testing.capture_logs() as logged:
        office.notary.teardown()
    assert [(each["number"], each["hash"]) for each in logged] == [(1, newest.hash)]


def test_the_chat_is_told_once_an_hour_at_most_and_only_of_something_new(office):
    office.round()
    assert office.sent == []
    newest = office.happen()
    office.round()
    (first,) = office.sent
    assert (first.outgoing.chat_id, first.outgoing.silent) == (AUDIT_CHAT, True)
    assert first.outgoing.html == f"<code>audit verify --head {newest}</code>"
    assert Checkpoint.of(first.outgoing.html.removesuffix("</code>").split()[-1]) == newest
    office.answer()
    office.happen()
    office.clock.now += CHAT_PAUSE - timedelta(seconds=1)
    office.round()
    # A restart forgets nothing.
    office.open()
    office.round()
    assert len(office.sent) == 1
    office.clock.move(seconds=1)
    office.round()
    assert len(office.sent) == 2
    office.answer()
    office.clock.move(days=1)
    office.round()
    assert len(office.sent) == 2


def test_while_telegram_is_down_one_message_waits_and_a_refusal_is_logged(office):
    for _ in range(5):
        office.happen()
        office.round()
        office.clock.move(hours=2)
    assert len(office.sent) == 1
    with structlog.testing.capture_logs() as logged:
        office.answer(lambda tag: NotDelivered(tag, Reason.FORBIDDEN, "kicked"))
    assert [each["reason"] for each in logged] == [Reason.FORBIDDEN]
    office.round()
    assert len(office.sent) == 2


@pytest.mark.parametrize("office", [None], indirect=True)
def test_without_a_chat_nobody_is_told(office):
    office.happen()
    assert office.round() == [("audit_checkpoint", 1)]
    assert office.sent == []


def test_a2_a_log_that_was_cut_while_it_runs_is_an_error_in_the_log(office):
    known = office.happen(5)
    office.round()
    office.change("DELETE FROM audit WHERE id > 2")
    assert office.round() == [("audit_log_changed", 5), ("audit_checkpoint", 2)]
    command = f"audit verify --head {known}"
    assert office.notices == [(chat_address(ANNA), Notice("audit_log_changed", {"line": "5", "run": command}))]
    assert REGISTRY.get_sample_value("chatops_audit_log_changed") == 1
    assert office.health.snapshot()[PART].status is PartStatus.DOWN
    # Once: whoever cuts it again and again is not to fill the chats.
    office.happen(3)
    office.round()
    office.change("DELETE FROM audit WHERE id > 1")
    assert office.round()[0] == ("audit_log_changed", 5)
    assert len(office.notices) == 1


def test_a2_what_the_chat_was_told_is_compared_after_a_start(office):
    office.happen(3)
    office.round()
    office.answer()
    office.change("DELETE FROM audit WHERE id = 3")
    office.clock.move(minutes=5)
    office.happen(2)
    office.open()
    assert ("audit_log_changed", 3) in office.round()
    assert len(office.notices) == 1


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit SET detail = '{}' WHERE id = 7", 7),
        ("UPDATE audit SET subject_name = 'Eve' WHERE id = 23", 23),
        ("DELETE FROM audit WHERE id = 1", 1),
    ],
)
def test_a2_a_chain_that_does_not_hold_at_a_start_is_told(office, monkeypatch, statement, bad):
    monkeypatch.setattr(notary, "SLICE", 5)
    entry = Entry(EntryType.LOOKED, SYSTEM, office.clock(), detail={"what": "logs"})
    office.store.audit.append([entry] * 23)
    office.change()
    assert office.go_through() == (5, [("audit_log_holds", 23)])
    assert (office.notices, office.health.snapshot()) == ([], {})
    office.change(statement)
    _, logged = office.go_through()
    assert logged == [("audit_log_changed", bad)]
    told = Notice("audit_log_changed", {"line": str(bad), "run": "audit verify"})
    assert office.notices == [(chat_address(ANNA), told)]
    assert f"line {bad}: " in office.health.snapshot()[PART].detail


def test_the_chain_waits_for_a_database_that_is_gone(office):
    office.happen()
    office.database.close()
    waits = []
    office.notary.later = lambda seconds, message: waits.append((seconds, message))
    office.notary.receive(GoThrough())
    assert waits == [(ROUND_SECONDS, GoThrough())]


def test_a_database_that_is_gone_ends_nothing(office):
    office.database.close()
    assert office.round() == [("a checkpoint waits for the database", None)]
