"""Which incidents a notification belongs to: the identity rules of DESIGN, read against what is stored.

Routing and the incidents' own work are separate transactions. A body that is routed and not yet worked through has
its group key registered already, but its alerts are not stored yet: a second body that brings the same alerts under
another group key in that moment opens an incident of its own.
"""

from datetime import datetime
from typing import Any

from chatops.core.alerts import Notification, Severity
from chatops.core.inbox import InboxState
from chatops.core.incidents.values import REOPEN_WINDOW, Status
from chatops.db.columns import clean, naive, time_text, to_json
from chatops.db.entities import Tables
from chatops.db.episodes import fires, incidents_holding

UNKNOWN_RESOLVED = "resolved alerts of no known incident"
"""The problem of a row that only tells the end of alerts nobody knew."""

_OF_THE_GROUP = """
SELECT id FROM incidents WHERE source = ?1 AND receiver = ?2 AND group_labels = ?3 AND status = 'active'
UNION SELECT id FROM incidents WHERE source = ?1 AND receiver = ?2 AND group_labels = ?3 AND closed_at >= ?4
UNION SELECT incident_id FROM alerts JOIN incidents ON incidents.id = incident_id
WHERE ends_at IS NULL AND incidents.source = ?1 AND receiver = ?2 AND group_labels = ?3
"""


_WAITING = """
SELECT EXISTS (SELECT 1 FROM mail WHERE incident_id = ?1 AND done_at IS NULL)
    OR EXISTS (SELECT 1 FROM merges WHERE into_id = ?1 AND done_at IS NULL)
"""


def has_mail(tables: Tables, incident_id: int) -> bool:
    """Within the caller's session: whether the incident has not worked through all that is there for it."""
    return bool(tables.connection.execute(_WAITING, (incident_id,)).fetchone()[0])


def route_notification(tables: Tables, inbox_id: int, notification: Notification, now: datetime) -> tuple[int, ...]:
    """Within the caller's session: leave the row as mail with its incidents and return their ids, the home first.

    The home, to which the whole group belongs, is the first that exists of
    1. the incident that owns (source, group key), while it is live (see `_live`); where it was made of a list, which
       has no group keys, else the newest live one of its receiver and group labels;
    2. the oldest incident of the same source in which an alert fires that fires here too;
    3. a new one, if any alert fires here or some were truncated.
    The group key is the home's from then on. Other incidents of the source in which any of these alerts fires get the
    row as well, for those alerts alone. A row routed before is left as it is.
    """
    row = tables.Inbox.get(id=inbox_id)
    if row is None:
        return ()
    if row.state == InboxState.ROUTED.value:
        return _routed_to(tables, inbox_id)
    source = row.source
    fired = [alert.fingerprint for alert in notification.alerts if alert.firing]
    holding = incidents_holding(tables, source, (alert.fingerprint for alert in notification.alerts))
    home = _owner(tables, source, notification.key_hash, now)
    if home is None and fired and notification.listed:
        home = of_the_group(tables, source, notification, now)
    if home is None:
        home = min(incidents_holding(tables, source, fired), default=None)
    if home is None and (fired or notification.truncated):
        home = _open(tables, source, notification, now)
    row.set(state=InboxState.ROUTED.value, problem="" if home or holding or notification.beats else UNKNOWN_RESOLVED)
    if home is not None:
        _register(tables, source, notification.key_hash, home)
        tables.Mail(inbox_id=inbox_id, incident_id=home, home=True, done_at=None)
    others = sorted(holding - {home})
    for incident_id in others:
        tables.Mail(inbox_id=inbox_id, incident_id=incident_id, home=False, done_at=None)
    return (home, *others) if home is not None else tuple(others)


def _routed_to(tables: Tables, inbox_id: int) -> tuple[int, ...]:
    mail = tables.Mail.select(lambda mail: mail.inbox_id == inbox_id)
    return tuple(one.incident_id for one in sorted(mail, key=lambda one: (not one.home, one.incident_id)))


def _owner(tables: Tables, source: str, key_hash: str, now: datetime) -> int | None:
    statement = "SELECT incident_id FROM group_keys WHERE source = ? AND key_hash = ?"
    owner = tables.connection.execute(statement, (source, key_hash)).fetchone()
    incident = tables.Incident.get(id=owner[0]) if owner else None
    return int(incident.id) if incident and _live(tables, incident, now) else None


def of_the_group(tables: Tables, source: str, notification: Notification, now: datetime) -> int | None:
    """The newest live incident that was last told with this receiver and these group labels."""
    values = (source, clean(notification.receiver), to_json(notification.group_labels), time_text(now - REOPEN_WINDOW))
    found = tables.connection.execute(_OF_THE_GROUP, values).fetchall()
    ids = sorted((number for (number,) in found), reverse=True)
    return next((each for each in ids if _live(tables, tables.Incident[each], now)), None)


def _live(tables: Tables, incident: Any, now: datetime) -> bool:
    """Active; or closed by hand while alerts fire; or resolved a moment ago, so that its group may reopen it."""
    if incident.status == Status.ACTIVE.value or fires(tables, incident.id):
        return True
    if incident.status != Status.RESOLVED.value or incident.closed_at is None:
        return False
    return bool(naive(now) - incident.closed_at <= REOPEN_WINDOW)


def _open(tables: Tables, source: str, notification: Notification, now: datetime) -> int:
    """An incident of which nothing is known yet: revision 0, shown nowhere until its first mail is worked through."""
    incident = tables.Incident(
        source=source,
        receiver=clean(notification.receiver),
        status=Status.ACTIVE.value,
        revision=0,
        severity=Severity.NONE.value,
        list_rank=Severity.NONE.rank * 2,
        title="",
        cluster="",
        namespace="",
        group_labels=to_json(notification.group_labels),
        truncated=0,
        skipped=0,
        opened_at=naive(now),
        closed_at=None,
        closed_by_id=None,
        closed_by_name="",
        taken_by_id=None,
        taken_by_name="",
        taken_at=None,
        acknowledged_at=None,
        handed_at=None,
        handed_by="",
        reason="",
        reopened=0,
        survey="",
        run_id="",
        escalated_at=None,
        standing="",
        verdicts="",
        said_real=0,
        said_noise=0,
        escalation="",
        waits_since=None,
        flapping="",
        maintenance="",
        merged_into=None,
    )
    incident.flush()
    return int(incident.id)


def _register(tables: Tables, source: str, key_hash: str, incident_id: int) -> None:
    # Not an entity: pony takes no empty text in a key, and an intake with one sender may have no name for it.
    tables.connection.execute(
        "INSERT INTO group_keys (source, key_hash, incident_id) VALUES (?, ?, ?) "
        "ON CONFLICT (source, key_hash) DO UPDATE SET incident_id = excluded.incident_id",
        (source, key_hash, incident_id),
    )
