"""Incidents: their state, their alerts, their latest action and the mail they have still to work through."""

from collections.abc import Sequence
from datetime import datetime

from chatops.core.audit import Entry
from chatops.core.inbox import Mail
from chatops.core.incidents.values import Incident, Status
from chatops.core.remedies import Trial
from chatops.db.columns import clean, time_text
from chatops.db.database import Database
from chatops.db.decided import store_decision
from chatops.db.entities import Tables
from chatops.db.episodes import incidents_firing
from chatops.db.inbox import inbox_row
from chatops.db.querying import select
from chatops.db.rows import incidents_of
from chatops.db.trials import write_trial

ACTIVE = Status.ACTIVE.value

_WAITS = "SELECT EXISTS (SELECT 1 FROM merges WHERE merged_id = ? AND done_at IS NULL)"

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


def _waits(tables: Tables, merged_id: int) -> bool:
    """Whether what a merged incident brought was not taken in yet."""
    return bool(tables.connection.execute(_WAITS, (merged_id,)).fetchone()[0])
