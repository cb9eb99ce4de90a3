"""Many bodies at once: routed, decided and stored in one transaction. In a storm each by itself is too slow.

What is done here for one is what `route_notification` and the incident's own actor would do one after the other. It is
done only for incidents that nobody can know yet, whose numbers are told to nobody before the transaction is over, and
for what says nothing new of one that is there: a second Alertmanager's copy, and what is sent again for want of a 200.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from chatops.core.alerts import Notification
from chatops.core.audit import Entry
from chatops.core.inbox import InboxState
from chatops.core.incidents import Incident, Look, decide
from chatops.core.incidents.events import AlertsReceived
from chatops.db.audit import append_entries
from chatops.db.columns import clean, time_text
from chatops.db.entities import Tables
from chatops.db.episodes import incidents_holding, write_episodes
from chatops.db.listed import list_new
from chatops.db.maintenance import standing_windows
from chatops.db.numbering import last_incident, numbers_taken
from chatops.db.routing import has_mail, of_the_group
from chatops.db.rows import columns_of, incidents_of

_UNROUTED = "SELECT state, source FROM inbox WHERE id = ?"
_OWNER = "SELECT incident_id FROM group_keys WHERE source = ? AND key_hash = ?"
_OWN = "INSERT INTO group_keys (source, key_hash, incident_id) VALUES (?, ?, ?)"
_MAIL = "INSERT INTO mail (inbox_id, incident_id, home, done_at) VALUES (?, ?, TRUE, ?)"
_ROUTED = "UPDATE inbox SET state = ?, problem = '' WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Opened:
    """`incidents` were opened; the inbox rows of `rest` are as they were, to be routed one by one in this order. All
    others said nothing new.
    """

    incidents: tuple[int, ...]
    rest: tuple[int, ...]


def open_new(tables: Tables, bodies: Sequence[tuple[int, Notification]], now: datetime) -> Opened:
    """Within a session of its own: open an incident for each body that concerns none there is.

    A body that does, and changes it, or whose decision asks for more than a look at the cluster, is the rest; so is one
    that comes behind it and shares its group or an alert, since they are worked through in their order.
    """
    connection = tables.connection
    opened: list[Incident] = []
    rest: list[int] = []
    held_back: set[str] = set()
    entries: list[Entry] = []
    number = last_incident(tables)
    windows = standing_windows(tables, now)
    for inbox_id, notification in bodies:
        row = connection.execute(_UNROUTED, (inbox_id,)).fetchone()
        if row is None or row[0] != InboxState.NEW.value:
            rest.append(inbox_id)
            continue
        source = row[1]
        names = {notification.key_hash, *(alert.fingerprint for alert in notification.alerts)}
        free = not names & held_back
        owner = connection.execute(_OWNER, (source, notification.key_hash)).fetchone() if free else None
        if owner and _says_nothing_new(tables, source, notification, owner[0], now):
            connection.execute(_MAIL, (inbox_id, owner[0], time_text(now)))
            connection.execute(_ROUTED, (InboxState.ROUTED.value, inbox_id))
            continue
        fresh = free and owner is None and _is_new(tables, source, notification, now)
        incident = Incident(number + 1, now, source, notification.receiver, group_labels=notification.group_labels)
        event = AlertsReceived(notification, home=True, windows=windows)
        decision = decide(incident, event, now=now) if fresh else None
        if decision is None or any(not isinstance(effect, Look) for effect in decision.effects):
            held_back |= names
            rest.append(inbox_id)
            continue
        number += 1
        _insert(tables, decision.incident, source)
        connection.execute(_OWN, (source, notification.key_hash, number))
        connection.execute(_MAIL, (inbox_id, number, time_text(now)))
        connection.execute(_ROUTED, (InboxState.ROUTED.value, inbox_id))
        entries += decision.entries
        opened.append(decision.incident)
    numbers_taken(tables, number)
    append_entries(tables, entries)
    list_new(tables, opened)
    return Opened(tuple(incident.id for incident in opened), tuple(rest))


def _is_new(tables: Tables, source: str, notification: Notification, now: datetime) -> bool:
    """Whether it opens an incident and concerns no other; nobody owns its group."""
    if not any(alert.firing for alert in notification.alerts) or notification.beats:
        return False
    if notification.listed and of_the_group(tables, source, notification, now) is not None:
        return False
    return not incidents_holding(tables, source, (alert.fingerprint for alert in notification.alerts))


def _says_nothing_new(tables: Tables, source: str, notification: Notification, owner: int, now: datetime) -> bool:
    """Whether the group's incident is open, has worked through its mail, and has all of it as it is told."""
    if notification.beats or has_mail(tables, owner):
        return False
    if incidents_holding(tables, source, (alert.fingerprint for alert in notification.alerts)) - {owner}:
        return False
    (incident,) = incidents_of(tables, [owner])
    if not incident.open or incident.revision == 0:
        return False
    decision = decide(incident, AlertsReceived(notification, home=True), now=now)
    return decision.incident == incident and not decision.entries and not decision.effects


def _insert(tables: Tables, incident: Incident, source: str) -> None:
    columns: dict[str, Any] = {"id": incident.id, "source": clean(source), **columns_of(incident)}
    values = [time_text(value) if isinstance(value, datetime) else value for value in columns.values()]
    tables.connection.execute(_statement(tuple(columns)), values)
    write_episodes(tables, incident.id, source, incident.episodes, ())


@cache
def _statement(columns: tuple[str, ...]) -> str:
    return f"INSERT INTO incidents ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
