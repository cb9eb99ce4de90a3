"""The rules of chats: which incidents one is shown. A change and the line of the log that says so are one transaction.

Whoever asks which chats concern an incident asks here, within their own session.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chatops.core.alerts import Severity
from chatops.core.audit import Entry
from chatops.core.routes import (
    EVERYTHING,
    ChatRules,
    Directions,
    Route,
    Traits,
    chain_of,
    directions,
    quiet_of,
    read,
    route_for,
    written,
)
from chatops.db.audit import append_entries
from chatops.db.columns import clean, strings_of
from chatops.db.database import Database
from chatops.db.decisions import decide
from chatops.db.entities import Tables
from chatops.db.places import Readable

_COLUMNS = "chat_id, from_file, routes, quiet, zone"
_ALL = f"SELECT {_COLUMNS} FROM chat_routes ORDER BY from_file DESC, place, chat_id"
_PUT = (
    "INSERT INTO chat_routes (chat_id, from_file, place, routes, quiet, zone) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (chat_id, from_file) DO UPDATE SET place = excluded.place, routes = excluded.routes, "
    "quiet = excluded.quiet, zone = excluded.zone"
)
_STORED = "SELECT chat_id, from_file, place, routes, quiet, zone FROM chat_routes WHERE from_file = ?"
_PLACES = (
    "SELECT id, severity, cluster, namespace FROM incidents WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_LABELS = """
SELECT incident_id, labels, ends_at IS NULL FROM alerts
WHERE incident_id IN (SELECT value FROM json_each(?)) ORDER BY id
"""

_OPEN = """
SELECT id, cluster, namespace FROM incidents WHERE status = 'active' AND revision > 0
ORDER BY list_rank, opened_at DESC, id DESC
"""

OF_CHAT, OF_FILE = 0, 1


class ChatRoutes:
    """Not entities: they are few, and read whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def of(self, chat_id: int) -> ChatRules:
        """The rules that hold in the chat: the file's, where it has any."""
        return self._database.read(lambda: rules_of(self._tables, chat_id))

    def change(
        self,
        chat_id: int,
        made: Callable[[ChatRules], ChatRules | None],
        entry: Entry,
        *,
        token: str,
        by: str,
        now: datetime,
    ) -> bool:
        """`made`: of the rules as they are now those to be. False, and nothing is stored, for None, or when the button
        was used or expired.
        """

        def work() -> bool:
            rules = made(rules_of(self._tables, chat_id))
            if rules is None:
                return False
            values = _row(chat_id, OF_CHAT, 0, rules)
            return decide(self._tables, _PUT, values, entry, token=token, by=by, now=now)

        return self._database.write(work)

    def follow_file(self, rules: Sequence[tuple[int, ChatRules]], entry: Callable[[int, bool], Entry]) -> None:
        """From now on the file says this of its chats, the first of them first, and nothing of others.

        `entry(chat_id, told)` is the line of the log for each chat of which it says something new, or nothing any more.
        """
        wanted = {chat_id: _row(chat_id, OF_FILE, place, each) for place, (chat_id, each) in enumerate(rules)}

        def stored() -> dict[int, tuple[Any, ...]]:
            rows: Any = self._tables.connection.execute(_STORED, (OF_FILE,))
            return {row[0]: tuple(row) for row in rows}

        def work() -> None:
            execute, known = self._tables.connection.execute, stored()
            # Only a new order of chats is no news of any of them.
            told = [chat_id for chat_id, row in wanted.items() if known.get(chat_id, ())[3:] != row[3:]]
            gone = [chat_id for chat_id in known if chat_id not in wanted]
            execute("DELETE FROM chat_routes WHERE from_file = ?", (OF_FILE,))
            self._tables.connection.executemany(_PUT, wanted.values())
            append_entries(self._tables, [entry(each, True) for each in told] + [entry(each, False) for each in gone])

        if self._database.read(stored) != wanted:
            self._database.write(work)

    def directions(
        self, chat_id: int, incident_ids: Collection[int], now: datetime, zone: tzinfo
    ) -> dict[int, Directions]:
        """What the chat's rules say of each of the incidents; `zone` is that of the settings."""

        def work() -> dict[int, Directions]:
            rules = rules_of(self._tables, chat_id)
            seen = traits_in(self._tables, incident_ids, labels=rules.needs_labels)
            return {each: directions(rules, traits, now, zone) for each, traits in seen.items()}

        return self._database.read(work)

    def wanted_by(self, chat_ids: Sequence[int], incident_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Of each of the chats those of the incidents that its routes take."""

        def work() -> dict[int, tuple[int, ...]]:
            known = all_rules(self._tables)
            rules = {chat_id: known.get(chat_id, EVERYTHING) for chat_id in chat_ids}
            routed = [each for each in rules.values() if each.routes]
            labels = any(each.needs_labels for each in routed)
            seen = traits_in(self._tables, incident_ids, labels=labels) if routed else {}
            left_out = {chat_id: untaken(each, seen) for chat_id, each in rules.items()}
            return {
                chat_id: tuple(each for each in incident_ids if each not in left_out[chat_id]) for chat_id in chat_ids
            }

        return self._database.read(work)

    def unwanted(self, chat_id: int, incident_ids: Collection[int]) -> frozenset[int]:
        """Those that the chat's routes do not take."""
        return self._database.read(lambda: frozenset(unwanted(self._tables, chat_id, incident_ids)))

    def chain(self, incident_id: int) -> str:
        """The chain that the first subscribed chat names for the incident, the file's chats first; "" for none."""

        def work() -> str:
            tables = self._tables
            subscribed = {row[0] for row in tables.connection.execute("SELECT id FROM chats WHERE subscribed")}
            rules = [each for chat_id, each in all_rules(tables).items() if chat_id in subscribed and each.routes]
            seen = traits_in(tables, (incident_id,), labels=True) if rules else {}
            return chain_of(rules, seen[incident_id]) if incident_id in seen else ""

        return self._database.read(work)


def rules_of(tables: Tables, chat_id: int) -> ChatRules:
    """Within the caller's session."""
    statement = f"SELECT {_COLUMNS} FROM chat_routes WHERE chat_id = ? ORDER BY from_file DESC LIMIT 1"
    row = tables.connection.execute(statement, (chat_id,)).fetchone()
    return EVERYTHING if row is None else _rules(row)


def all_rules(tables: Tables) -> dict[int, ChatRules]:
    """Those of every chat of which anything is said, within the caller's session: the file's first, in its order."""
    found: dict[int, ChatRules] = {}
    for row in tables.connection.execute(_ALL):
        found.setdefault(row[0], _rules(row))
    return found


def unwanted(tables: Tables, chat_id: int, incident_ids: Collection[int]) -> set[int]:
    """Those that the chat's routes do not take, within the caller's session."""
    rules = rules_of(tables, chat_id)
    return untaken(rules, traits_in(tables, incident_ids, labels=rules.needs_labels)) if rules.routes else set()


def untaken(rules: ChatRules, seen: Mapping[int, Traits]) -> set[int]:
    return {each for each, traits in seen.items() if route_for(rules, traits) is None}


def wanting(tables: Tables, incident_id: int, chat_ids: Iterable[int]) -> set[int]:
    """Those of the chats whose rules take the incident, within the caller's session."""
    rules = {chat_id: each for chat_id, each in all_rules(tables).items() if each.routes}
    found = set(chat_ids)
    if not rules.keys() & found:
        return found
    seen = traits_in(tables, (incident_id,), labels=any(each.needs_labels for each in rules.values()))
    return {chat_id for chat_id in found if chat_id not in rules or not untaken(rules[chat_id], seen)}


def traits_in(tables: Tables, incident_ids: Collection[int], *, labels: bool) -> dict[int, Traits]:
    """What routes look at, of each of the incidents that is there; without `labels` those are left out."""
    wanted = json.dumps(sorted(incident_ids))
    rows = tables.connection.execute(_PLACES, (wanted,)).fetchall()
    told: defaultdict[int, list[Mapping[str, str]]] = defaultdict(list)
    if labels:
        alerts = tables.connection.execute(_LABELS, (wanted,)).fetchall()
        firing = {row[0] for row in alerts if row[2]}
        for incident_id, text, fires in alerts:
            if fires or incident_id not in firing:
                told[incident_id].append(strings_of(text))
    return {id: Traits(Severity(severity), cluster, namespace, told[id]) for id, severity, cluster, namespace in rows}


def open_in_order(tables: Tables, chat_id: int, readable: Readable | None) -> list[int]:
    """Active incidents that the chat's routes take, in the order of lists; there may be thousands, so no more of each
    is read than that takes.
    """
    rows = tables.connection.execute(_OPEN).fetchall()
    ids = [id for id, cluster, namespace in rows if readable is None or readable(cluster, namespace)]
    left_out = unwanted(tables, chat_id, ids)
    return [each for each in ids if each not in left_out]


def move_rules(tables: Tables, old: int, new: int) -> None:
    """A group became a supergroup. The file knows its old number only, so what it said is kept as the chat's own."""
    execute = tables.connection.execute
    execute(
        f"INSERT INTO chat_routes (chat_id, from_file, place, routes, quiet, zone) SELECT ?, {OF_CHAT}, 0, "
        "routes, quiet, zone FROM chat_routes WHERE chat_id = ? ORDER BY from_file DESC LIMIT 1 "
        "ON CONFLICT DO NOTHING",
        (new, old),
    )
    execute("DELETE FROM chat_routes WHERE chat_id = ?", (old,))


def _row(chat_id: int, from_file: int, place: int, rules: ChatRules) -> tuple[Any, ...]:
    routes = clean(json.dumps([written(route) for route in rules.routes]))
    return (chat_id, from_file, place, routes, rules.quiet.text if rules.quiet else "", str(rules.zone or ""))


def _rules(row: Any) -> ChatRules:
    _, from_file, routes, quiet, zone = row
    return ChatRules(_routes(routes), quiet_of(quiet) if quiet else None, zone_of(zone), bool(from_file))


@lru_cache(maxsize=256)
def _routes(text: str) -> tuple[Route, ...]:
    kept = (read(each) for each in msgspec.json.decode(text, type=list[str]))
    return tuple(route for route in kept if route is not None)


def zone_of(name: str) -> tzinfo | None:
    """None for the empty name, and for one that this machine does not know."""
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, LookupError):
        return None
