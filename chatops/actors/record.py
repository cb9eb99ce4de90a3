"""One incident as it is on disk: read once, then kept the same as what is stored of it with each decision.

It decides nothing and tells nobody.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from chatops.core.audit import Entry
from chatops.core.incidents import Decision, Event, Incident
from chatops.core.incidents.events import MergeInto
from chatops.core.incidents.lessons import lessons
from chatops.db.store import Store

USED = "used"
"""Why what was decided was not stored: the one-time button was used up."""


class Origin(NamedTuple):
    """What an event came by, which is done with in the transaction that stores what was decided of it.

    Inbox ids of mail, ids of incidents merged into this one, the Telegram update, the one-time button it uses up.
    """

    mail: tuple[int, ...] = ()
    merges: tuple[int, ...] = ()
    update_id: int | None = None
    token: str = ""


ITSELF = Origin()
"""Of what nobody told: a timer, work that came to its end."""


class Record:
    """For one thread. All methods raise Failure when the database does not answer."""

    def __init__(self, incident_id: int, store: Store, clock: Callable[[], datetime]) -> None:
        self._id = incident_id
        self._store = store
        self._clock = clock
        self._incident: Incident | None = None

    def load(self) -> bool:
        """Whether there is such an incident."""
        self._incident = self._store.incidents.get(self._id)
        return self._incident is not None

    @property
    def found(self) -> bool:
        """Whether it is loaded: else nothing can be asked of it or happen to it."""
        return self._incident is not None

    @property
    def known(self) -> Incident:
        assert self._incident is not None
        return self._incident

    def write(self, decision: Decision, event: Event, origin: Origin) -> str:
        """Empty once it is stored; else why it is not, and nothing is: USED, or as `Merges.merge` says."""
        problem = self._written(decision, event, origin)
        if not problem:
            self._incident = decision.incident
        return problem

    def note(self, entries: Iterable[Entry], origin: Origin) -> None:
        """Only lines of the audit log: the incident stays as it is."""
        self._store.incidents.apply(
            self.known,
            tuple(entries),
            before=self.known,
            mail_done=origin.mail,
            update_id=origin.update_id,
            now=self._clock(),
        )

    def _written(self, decision: Decision, event: Event, origin: Origin) -> str:
        before, now = self.known, self._clock()
        if isinstance(event, MergeInto) and decision.incident.merged_into != before.merged_into:
            return self._store.merges.merge(
                before, decision.incident, decision.entries, by=event.press.by, update_id=origin.update_id, now=now
            )
        stored = self._store.incidents.apply(
            decision.incident,
            decision.entries,
            before=before,
            mail_done=origin.mail,
            merges_done=origin.merges,
            update_id=origin.update_id,
            token=origin.token or None,
            used_by=decision.entries[0].subject.id if decision.entries else "",
            trials=lessons(before, decision.incident),
            now=now,
        )
        return "" if stored else USED
