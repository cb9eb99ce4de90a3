"""What is told when a process begins to act, and in which order."""

from pathlib import Path

from chatops.actors.addresses import Address, chat_address, incident_address
from chatops.actors.beginning import resume
from chatops.actors.chat_messages import CatchUp
from chatops.actors.messages import MailArrived
from chatops.core.people import Chat, ChatKind
from chatops.db.database import Database
from chatops.db.store import Store
from tests.databases import database_at
from tests.db.building import body, deliver, told


def test_chats_are_resumed_before_the_incidents(tmp_path: Path) -> None:
    """Of thousands of incidents each begins a thread: whoever waits behind them sees nothing for long."""
    database = Database(database_at(tmp_path / "chatops.db"))
    database.open()
    try:
        store = Store(database)
        store.chats.put(Chat(-100, ChatKind.GROUP, subscribed=True))
        (seen_by_nobody,) = told(store, body("a", firing=["1"]))
        (with_mail,) = deliver(store, body("b", firing=["2"]))
        heard: list[tuple[Address, object]] = []
        resume(store, lambda address, message: heard.append((address, message)))
        assert heard == [
            (chat_address(-100), CatchUp()),
            (incident_address(seen_by_nobody), MailArrived()),
            (incident_address(with_mail), MailArrived()),
        ]
    finally:
        database.close()
