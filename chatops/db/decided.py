"""What was decided of an incident, as it is written: its state and all that goes with it, or nothing.

All of it is within a session of whoever stores the decision. What a person decided of something else by a one-time
button is `decisions`.
"""

from collections.abc import Sequence
from datetime import datetime

from chatops.core.actions import ActionRun
from chatops.core.audit import Entry
from chatops.core.incidents.values import Episode, Incident
from chatops.db.audit import append_entries
from chatops.db.buttons import use_token
from chatops.db.columns import naive
from chatops.db.entities import Tables
from chatops.db.episodes import episodes_of, write_episodes
from chatops.db.handled import write_off
from chatops.db.listed import list_again
from chatops.db.rows import columns_of
from chatops.db.runs import is_known, write_run
from chatops.db.silences import write_silence
from chatops.db.storms import member_changed

_SOURCE = "SELECT source FROM inbox WHERE id = ?"


def store_decision(
    tables: Tables,
    incident: Incident,
    entries: Sequence[Entry],
    *,
    now: datetime,
    before: Incident | None = None,
    mail_done: Sequence[int] = (),
    update_id: int | None = None,
    token: str | None = None,
    used_by: str = "",
) -> bool:
    """Within a session: what `Incidents.apply` says. Where it returns False nothing was written."""
    if before is not None and _begins_again(tables, before.run, incident.run):
        return False
    if token is not None and not use_token(tables, token, used_by, now):
        return False
    done = list(mail_done)
    _write(tables, incident, before.episodes if before else None, _source_of(tables, done))
    if done:
        mine = tables.Mail.select(
            lambda mail: mail.incident_id == incident.id and mail.inbox_id in done and mail.done_at is None
        )
        for mail in mine:
            mail.done_at = naive(now)
    write_off(tables, update_id, now)
    append_entries(tables, entries)
    return True


def _source_of(tables: Tables, inbox_ids: Sequence[int]) -> str | None:
    """Where the alerts come from that are told now: of a merged incident's group it is not where the other's do."""
    row = tables.connection.execute(_SOURCE, (inbox_ids[0],)).fetchone() if inbox_ids else None
    return str(row[0]) if row else None


def _begins_again(tables: Tables, before: ActionRun | None, after: ActionRun | None) -> bool:
    """Whether the run was begun once already. A request to approve stands in several chats, each with its own token."""
    begins = after is not None and (before is None or before.id != after.id)
    return after is not None and begins and is_known(tables, after.id)


def _write(tables: Tables, incident: Incident, before: Sequence[Episode] | None, source: str | None) -> None:
    row = tables.Incident.get(id=incident.id)
    if row is None:
        raise LookupError(f"incident {incident.id} does not exist")
    if row.revision and row.revision != incident.revision:
        member_changed(tables, incident.id)
    columns = columns_of(incident)
    row.set(**{name: value for name, value in columns.items() if getattr(row, name) != value})
    if before is None:
        before = episodes_of(tables, (incident.id,)).get(incident.id, ())
    write_episodes(tables, incident.id, row.source if source is None else source, incident.episodes, before)
    if incident.run is not None:
        write_run(tables, incident.id, incident.run)
    if incident.silence is not None:
        write_silence(tables, incident.id, incident.silence)
    for card in tables.Card.select(lambda card: card.incident_id == incident.id):
        if card.wanted != incident.revision:
            card.wanted = incident.revision
    if incident.revision:
        list_again(tables, incident)
