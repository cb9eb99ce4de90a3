"""Incidents: their state, their alerts, their latest action and the mail they have still to work through."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chatops.core.actions import ActionRun, ActionState
from chatops.core.audit import Entry
from chatops.core.inbox import Mail
from chatops.core.incidents.values import CALM, Episode, Escalation, Incident, Status
from chatops.core.maintenance import Maintenance
from chatops.core.past import PastIncident
from chatops.core.remedies import Trial
from chatops.db.audit import append_entries
from chatops.db.buttons import use_token
from chatops.db.columns import clean, from_json, naive, time_of, time_text, to_json
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.episodes import episodes_of, incidents_firing, write_episodes
from chatops.db.handled import write_off
from chatops.db.inbox import inbox_row
from chatops.db.listed import list_again
from chatops.db.places import Readable, only, places_of
from chatops.db.querying import count, desc, select
from chatops.db.routes import open_in_order
from chatops.db.rows import columns_of, incidents_of, loaded
from chatops.db.runs import interrupted_on, is_known, runs_on, write_run
from chatops.db.silences import write_silence
from chatops.db.storms import member_changed, only_in_digests
from chatops.db.surveys import unseen_incidents
from chatops.db.trials import write_trial

ACTIVE = Status.ACTIVE.value
RUNNING = [state.value for state in ActionState if state.running]

_UNATTENDED = f"""
SELECT id, waits_since FROM incidents WHERE waits_since <= ? AND NOT {only_in_digests("incidents.id")}
ORDER BY waits_since, id LIMIT ?
"""

_WITH_MAIL = """
SELECT incident_id FROM mail WHERE done_at IS NULL UNION SELECT into_id FROM merges WHERE done_at IS NULL ORDER BY 1
"""

_WAITS = "SELECT EXISTS (SELECT 1 FROM merges WHERE merged_id = ? AND done_at IS NULL)"
_SOURCE = "SELECT source FROM inbox WHERE id = ?"

_BRING = """
INSERT INTO alerts (incident_id, source, fingerprint, starts_at, ends_at, late_at, listed_at, told_firing,
    told_starts_at, told_ends_at, labels, annotations, generator_url)
SELECT ?, source, fingerprint, starts_at, ends_at, late_at, listed_at, told_firing, told_starts_at, told_ends_at,
    labels, annotations, generator_url
FROM alerts WHERE incident_id = ?
ON CONFLICT DO NOTHING
"""
"""The alerts of a merged incident, for where they come from and that they were listed: the rest is written after."""

_TAKEN_IN = "UPDATE merges SET done_at = ?, brought = '' WHERE merged_id = ?"


class Incidents:
    """Incidents come in by routing (see Inbox.route) and change only by `apply`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, incident_id: int) -> Incident | None:
        """The incident with its episodes, survey and latest action."""
        return next(iter(self.many((incident_id,))), None)

    def many(self, incident_ids: Sequence[int]) -> tuple[Incident, ...]:
        """The incidents of these ids in the same order; an unknown one is left out."""
        wanted = list(incident_ids)
        return self._database.read(lambda: incidents_of(self._tables, wanted)) if wanted else ()

    def pending_mail(self, incident_id: int) -> tuple[Mail, ...]:
        """What the incident has still to work through, in the order it was accepted."""
        tables = self._tables

        def work() -> tuple[Mail, ...]:
            mine = tables.Mail.select(lambda mail: mail.incident_id == incident_id and mail.done_at is None)
            homes = {mail.inbox_id: mail.home for mail in mine}
            ids = sorted(homes)
            rows = tables.Inbox.select(lambda row: row.id in ids).order_by(tables.Inbox.id) if ids else ()
            return tuple(Mail(inbox_row(row), incident_id, homes[row.id]) for row in rows)

        return self._database.read(work)

    def incidents_with_mail(self) -> tuple[int, ...]:
        """Ids of the incidents that have mail to work through, or a merged one to take in."""
        return self._database.read(
            lambda: tuple(row[0] for row in self._tables.connection.execute(_WITH_MAIL).fetchall())
        )

    def running(self) -> tuple[int, ...]:
        """Ids of the incidents with an action that has no outcome yet."""
        actions = self._tables.Action
        return self._database.read(
            lambda: tuple(sorted(select(run.incident_id for run in actions if run.state in RUNNING))),
        )

    def interrupted(self) -> tuple[int, ...]:
        """Ids of the incidents with an interrupted action of which nobody has looked up yet whether it happened."""
        return self._database.read(lambda: interrupted_on(self._tables))

    def unseen(self) -> tuple[int, ...]:
        """Ids of the active incidents whose objects nobody has looked at, or could not and may next time."""
        return self._database.read(lambda: unseen_incidents(self._tables))

    def calling(self) -> tuple[int, ...]:
        """Ids of the active incidents of which people were called, by somebody or by the bot, however long ago."""
        incidents = self._tables.Incident

        def work() -> tuple[int, ...]:
            active = incidents.select(
                lambda row: row.status == ACTIVE and (row.escalated_at is not None or row.escalation != "")
            )
            told = ((row.id, row.escalated_at, from_json(row.escalation, Escalation) or CALM) for row in active)
            return tuple(sorted(id for id, asked_at, escalation in told if asked_at or escalation.at))

        return self._database.read(work)

    def owing(self) -> tuple[int, ...]:
        """Ids of the incidents that are flapping and whose card is to be let change later."""
        query = "SELECT id FROM incidents WHERE instr(flapping, ?) > 0 ORDER BY id"
        owes = to_json({"owes": True}).strip("{}")
        return self._database.read(
            lambda: tuple(row[0] for row in self._tables.connection.execute(query, (owes,)).fetchall())
        )

    def maintained(self) -> tuple[tuple[int, int], ...]:
        """Incidents that began inside a window of maintenance, each with the window's number."""
        query = "SELECT id, maintenance FROM incidents WHERE maintenance <> '' ORDER BY id"

        def work() -> tuple[tuple[int, int], ...]:
            rows = self._tables.connection.execute(query).fetchall()
            known = ((id, from_json(text, Maintenance)) for id, text in rows)
            return tuple((id, each.window) for id, each in known if each is not None)

        return self._database.read(work)

    def unattended(self, before: datetime, limit: int) -> tuple[tuple[int, datetime], ...]:
        """Incidents nobody took, for which nothing was said since `before`, and since when; the longest wait first.

        Not those that only a storm's digest shows: a call for each would be the flood that it is there against.
        """
        values = (time_text(before), limit)
        return self._database.read(
            lambda: tuple(
                (number, time_of(since))
                for number, since in self._tables.connection.execute(_UNATTENDED, values).fetchall()
            )
        )

    def handed(self) -> tuple[int, ...]:
        """Ids of the active incidents that whoever has them was handed, however long ago."""
        incidents = self._tables.Incident

        def work() -> tuple[int, ...]:
            given = incidents.select(lambda row: row.status == ACTIVE and row.handed_at is not None)
            return tuple(sorted(row.id for row in given))

        return self._database.read(work)

    def firing(self, fingerprints: Sequence[str]) -> tuple[Incident, ...]:
        """The active incidents in which any of these alerts fires, oldest first."""
        found = self._database.read(lambda: tuple(sorted(incidents_firing(self._tables, fingerprints))))
        return self.many(found) if found else ()

    def silencing(self, silence_ids: Sequence[str]) -> dict[str, Incident]:
        """The incidents whose silence, as far as is known, stands in Alertmanager under one of these ids."""
        wanted, silences = [clean(each) for each in silence_ids if each], self._tables.Silence
        if not wanted:
            return {}

        def work() -> tuple[int, ...]:
            open_now = silences.select(lambda row: row.ended_at is None and row.silence_id != "")
            return tuple(sorted({row.incident_id for row in open_now if row.silence_id in wanted}))

        found = self.many(self._database.read(work))
        return {each.silence.id: each for each in found if each.silence and each.silence.standing}

    def silenced(self) -> tuple[int, ...]:
        """Ids of the incidents with a silence that is not known to have ended."""
        silences = self._tables.Silence
        return self._database.read(
            lambda: tuple(sorted(select(each.incident_id for each in silences if each.ended_at is None))),
        )

    def active_ids(self) -> tuple[int, ...]:
        """Ids of the active incidents, oldest first."""
        incidents = self._tables.Incident
        return self._database.read(
            lambda: tuple(sorted(select(each.id for each in incidents if each.status == ACTIVE))),
        )

    def apply(
        self,
        incident: Incident,
        entries: Sequence[Entry] = (),
        *,
        now: datetime,
        before: Incident | None = None,
        mail_done: Sequence[int] = (),
        update_id: int | None = None,
        token: str | None = None,
        used_by: str = "",
        trials: Sequence[Trial] = (),
        merges_done: Sequence[int] = (),
    ) -> bool:
        """Store what a decision made of an incident in one transaction, all of it or nothing.

        That is its state, the episodes that changed, its action, the audit entries, "done" on the mail (inbox ids) and
        the Telegram update it came from, "used" on the one-time button, what was learned of actions, and that merged
        incidents were taken in. False, and nothing is stored, when that button was used or has expired, the run that
        begins was begun before, or a merged incident was taken in before. `before` is the incident as it was last
        stored; it saves reading the episodes again to see which changed. Raises LookupError for an incident that was
        never routed.
        """

        def work() -> bool:
            tables = self._tables
            if any(not _waits(tables, merged_id) for merged_id in merges_done):
                return False
            for merged_id in merges_done:
                tables.connection.execute(_BRING, (incident.id, merged_id))
            if not store_decision(
                tables,
                incident,
                entries,
                now=now,
                before=before,
                mail_done=mail_done,
                update_id=update_id,
                token=token,
                used_by=used_by,
            ):
                return False
            for merged_id in merges_done:
                tables.connection.execute(_TAKEN_IN, (time_text(now), merged_id))
            for trial in trials:
                write_trial(tables, trial)
            return True

        return self._database.write(work)

    def open_page(
        self, offset: int, limit: int, readable: Readable | None = None, *, routed_to: int | None = None
    ) -> tuple[int, tuple[Incident, ...]]:
        """How many are active, and a page of them: worst severity first, then those nobody has, then the newest.

        Without `readable` all of them count; with `routed_to` only those that the routes of this chat take.
        """
        incidents = self._tables.Incident

        def work() -> tuple[int, tuple[Incident, ...]]:
            shown = incidents.select(lambda row: row.status == ACTIVE and row.revision > 0)
            if readable is not None:
                shown = only(self._tables, shown, readable)
            order = (incidents.list_rank, desc(incidents.opened_at), desc(incidents.id))
            if routed_to is not None:
                ids = open_in_order(self._tables, routed_to, readable)
                page = [incidents[each] for each in ids[offset : offset + limit]]
                return len(ids), loaded(self._tables, page)
            rows = shown.order_by(*order).limit(limit, offset=offset)
            return shown.count(), loaded(self._tables, list(rows))

        return self._database.read(work)

    def closed_page(
        self, offset: int, limit: int, readable: Readable | None = None
    ) -> tuple[int, tuple[Incident, ...]]:
        """How many have ended, and a page of them, the newest end first. Without `readable` all of them count."""
        incidents = self._tables.Incident

        def work() -> tuple[int, tuple[Incident, ...]]:
            shown = incidents.select(lambda row: row.closed_at is not None)
            if readable is not None:
                shown = only(self._tables, shown, readable)
            rows = shown.order_by(desc(incidents.closed_at), desc(incidents.id)).limit(limit, offset=offset)
            return shown.count(), loaded(self._tables, list(rows))

        return self._database.read(work)

    def places(self) -> tuple[tuple[str, str], ...]:
        """Cluster and namespace of every incident there was, each pair once."""
        return self._database.read(lambda: places_of(self._tables))

    def alike_before(self, incident: Incident, *, days: int = 7) -> int:
        """How many earlier incidents of the same title and place were opened within `days` before this one."""
        incidents, since = self._tables.Incident, naive(incident.opened_at) - timedelta(days=days)
        title, namespace, cluster, this = incident.title, incident.namespace, incident.cluster, incident.id
        return self._database.read(
            lambda: int(
                count(
                    row
                    for row in incidents
                    if row.title == title
                    and row.namespace == namespace
                    and row.cluster == cluster
                    and row.opened_at >= since
                    and row.id < this
                    and row.merged_into is None
                )
            )
        )

    def past(self, incident: Incident) -> PastIncident:
        """The incident with everything that was run on it, oldest first."""
        return self._database.read(
            lambda: PastIncident(incident, runs_on(self._tables, [incident.id]).get(incident.id, ()))
        )

    def alike(self, incident: Incident, limit: int = 8) -> tuple[PastIncident, ...]:
        """The newest `limit` earlier incidents of the same title and place, with what was run on them."""
        tables, incidents = self._tables, self._tables.Incident
        title, namespace, cluster, this = incident.title, incident.namespace, incident.cluster, incident.id

        def work() -> tuple[PastIncident, ...]:
            same = incidents.select(
                lambda row: (
                    row.title == title and row.namespace == namespace and row.cluster == cluster and row.id < this
                )
            )
            found = loaded(tables, list(same.order_by(desc(incidents.id)).limit(limit)))
            runs = runs_on(tables, [each.id for each in found])
            return tuple(PastIncident(each, runs.get(each.id, ())) for each in found)

        return self._database.read(work)


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


def _waits(tables: Tables, merged_id: int) -> bool:
    """Whether what a merged incident brought was not taken in yet."""
    return bool(tables.connection.execute(_WAITS, (merged_id,)).fetchone()[0])


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
