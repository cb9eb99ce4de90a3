"""What a report reads beside its object: worth knowing, and not worth failing for."""

from collections.abc import Callable
from typing import TypeVar

from chatops.cluster.plain import safe_text
from chatops.core.failures import Failure, Reason
from chatops.core.reports import Note

T = TypeVar("T")


class Beside:
    """Collects the notes of one report. A missing right becomes one; what is gone is simply not there."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}
        self.refused = False
        """Whether something could not be read for want of a right: then what is missing says nothing."""

    def read(self, what: str, look: Callable[[], T], otherwise: T) -> T:
        """What `look` gives, or `otherwise`. A cluster out of reach is still raised. `what` is in RBAC's words."""
        try:
            return look()
        except Failure as failure:
            if failure.reason is Reason.FORBIDDEN:
                self.refused = True
                self.note("not_allowed", what)
            elif failure.reason not in (Reason.NOT_FOUND, Reason.REPLACED, Reason.NOT_SERVED):
                raise
            return otherwise

    def note(self, code: str, detail: str = "") -> None:
        self._notes[Note(code, safe_text(detail))] = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noted, each once, in the order in which it came up."""
        return tuple(self._notes)
