"""What the self-audit looks at: what should be shown and is not, and what still waits to be read."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from chatops.core.routes import ChatRules
from chatops.core.self_audit import DELIVERED_WITHIN, Books, Gap
from chatops.db.columns import time_of, time_of_or_none, time_text
from chatops.db.database import Database
from chatops.db.routes import all_rules, traits_in, untaken

MOST = 500
"""Gaps of one kind that are looked at, of the oldest incidents."""

_ALL = 2**62
"""Of what has a limit; only SQLite takes -1 for that."""

_REACHED = "coalesce(chats.unreachable, '') = ''"

_SHOWN_BY_DIGEST = """
storm_members JOIN storms ON storms.id = storm_members.storm_id WHERE storm_members.incident_id = incidents.id
AND storms.message_id <> 0 AND storm_members.number <= storms.shown
"""
"""A digest's message that was seen to stand since the incident joined it."""

_MISSING = f"""
SELECT chats.id, incidents.id, incidents.opened_at, 0 FROM incidents JOIN chats ON chats.subscribed AND {_REACHED}
WHERE incidents.status = 'active' AND incidents.revision > 0 AND NOT EXISTS
    (SELECT 1 FROM cards WHERE cards.chat_id = chats.id AND cards.incident_id = incidents.id)
AND NOT EXISTS (SELECT 1 FROM {_SHOWN_BY_DIGEST} AND storms.chat_id = chats.id)
AND (chats.id IN (SELECT value FROM json_each(?1))) = ?2
ORDER BY incidents.opened_at LIMIT ?3
"""
"""In the chats of a list, or in all others."""

_NOWHERE = """
SELECT id, opened_at, severity = 'critical' FROM incidents WHERE status = 'active' AND revision > 0
AND NOT EXISTS (SELECT 1 FROM cards WHERE cards.incident_id = incidents.id)
AND NOT EXISTS (SELECT 1 FROM storm_members WHERE storm_members.incident_id = incidents.id)
ORDER BY opened_at
"""

_BEHIND = f"""
SELECT cards.chat_id, incidents.id, incidents.opened_at, cards.revision FROM cards
JOIN incidents ON incidents.id = cards.incident_id
LEFT JOIN chats ON chats.id = cards.chat_id
LEFT JOIN positions AS at ON at.chat_id = cards.chat_id AND at.message_id = cards.message_id
WHERE cards.revision <> cards.wanted AND {_REACHED} AND NOT (at.screen IS NOT NULL AND at.screen <> 'card'
    AND at.touched_at IS NOT NULL AND at.touched_at > ?)
UNION ALL
SELECT storms.chat_id, (SELECT min(incident_id) FROM storm_members WHERE storm_id = storms.id), storms.began_at,
    storms.shown FROM storms LEFT JOIN chats ON chats.id = storms.chat_id
WHERE storms.shown <> storms.wanted AND {_REACHED}
ORDER BY 3 LIMIT {MOST}
"""
"""Cards, and digests as the oldest of what they stand for.

Not those in the drill-down, which are left alone while somebody reads on them.
"""

_WAITING = """
SELECT count(*), min(received_at) FROM
    (SELECT received_at FROM inbox WHERE state = 'new'
     UNION ALL SELECT inbox.received_at FROM mail JOIN inbox ON inbox.id = mail.inbox_id WHERE mail.done_at IS NULL
     UNION ALL SELECT at FROM merges WHERE done_at IS NULL) AS waiting
"""

_UNSEEN = f"""
SELECT count(*) FROM incidents WHERE status = 'active' AND revision > 0 AND NOT EXISTS
    (SELECT 1 FROM cards LEFT JOIN chats ON chats.id = cards.chat_id
     WHERE cards.incident_id = incidents.id AND {_REACHED})
AND NOT EXISTS (SELECT 1 FROM {_SHOWN_BY_DIGEST})
"""


class BooksOfAll:
    """Reads them in one transaction, so that they are of one moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def read(self, now: datetime) -> Books:
        """As they are; `now` says who reads on a card at this moment."""

        def work() -> Books:
            rows: Any = self._tables.connection.execute
            routed = {chat_id: each for chat_id, each in all_rules(self._tables).items() if each.routes}
            waiting, since = rows(_WAITING).fetchone()
            return Books(
                missing=self._missing(routed),
                behind=_gaps(rows(_BEHIND, (time_text(now - DELIVERED_WITHIN),))),
                waiting=waiting,
                waiting_since=time_of_or_none(since),
                unseen=rows(_UNSEEN).fetchone()[0],
                unrouted=self._unrouted(routed),
            )

        return self._database.read(work)

    def _missing(self, routed: Mapping[int, ChatRules]) -> tuple[Gap, ...]:
        """Not those that the chat's routes do not take; they would take up the room of what is missed."""
        rows, listed = self._tables.connection.execute, json.dumps(sorted(routed))
        found = _gaps(rows(_MISSING, (listed, False, MOST)))
        if not routed:
            return found
        open_there = _gaps(rows(_MISSING, (listed, True, _ALL)))
        unwanted = self._unwanted(routed, {gap.incident_id for gap in open_there})
        wanted = [gap for gap in open_there if gap.incident_id not in unwanted[gap.chat_id]]
        return tuple(sorted([*found, *wanted], key=lambda gap: gap.opened_at)[:MOST])

    def _unrouted(self, routed: Mapping[int, ChatRules]) -> tuple[Gap, ...]:
        """Open incidents that nobody is shown because no chat's routes take them. Of no chat, so its number is 0."""
        subscribed = {row[0] for row in self._tables.connection.execute("SELECT id FROM chats WHERE subscribed")}
        if not subscribed or subscribed - routed.keys():
            return ()
        rows = self._tables.connection.execute(_NOWHERE).fetchall()
        unwanted = self._unwanted({each: routed[each] for each in subscribed}, {row[0] for row in rows})
        nobodys = set.intersection(*unwanted.values())
        found = (Gap(0, id, time_of(opened), critical=bool(critical)) for id, opened, critical in rows if id in nobodys)
        return tuple(found)[:MOST]

    def _unwanted(self, rules: Mapping[int, ChatRules], incident_ids: Collection[int]) -> dict[int, set[int]]:
        """Of each chat those of the incidents that its routes do not take."""
        labels = any(each.needs_labels for each in rules.values())
        seen = traits_in(self._tables, incident_ids, labels=labels)
        return {chat_id: untaken(each, seen) for chat_id, each in rules.items()}


def _gaps(rows: Any) -> tuple[Gap, ...]:
    return tuple(Gap(chat, incident, time_of(opened), shown) for chat, incident, opened, shown in rows)
