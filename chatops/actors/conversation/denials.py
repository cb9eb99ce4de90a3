"""Writes down what was refused in a chat: each attempt, or of a flood among people only that there was one."""

from collections.abc import Callable
from datetime import datetime

from chatops.core.budgets import Budgets
from chatops.core.denials import denied
from chatops.core.resources import ObjectRef
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store

_NOBODY = 0
"""All who have no name share a budget."""


class Denials:
    """Presses and commands have a budget before they come here (Restraint); what people say in a group has it here."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._budgets = Budgets()

    def write(
        self,
        at: Tap | TextMessage,
        what: str,
        why: str,
        *,
        incident_id: int | None = None,
        ref: ObjectRef | None = None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """Raises Failure where it cannot be written."""
        entry = denied(at, what, why, self._clock(), incident_id=incident_id, ref=ref, detail=detail)
        self._store.audit.append([entry], update_id=at.update_id)

    def write_of_talk(
        self,
        at: TextMessage,
        what: str,
        why: str,
        *,
        incident_id: int | None = None,
        ref: ObjectRef | None = None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """Like `write` for what costs nothing to say; beyond its budget a burst is written down once."""
        ruling = self._budgets.spend(at.sender.id if at.sender else _NOBODY, self._clock())
        if not ruling.wait:
            self.write(at, what, why, incident_id=incident_id, ref=ref, detail=detail)
        elif ruling.first:
            self.write(at, what, "too_fast", incident_id=incident_id)
