"""Whether this process may act outside at all. The doors ask right before they send what changes something.

Where one process serves alone it may, always. Where several share a PostgreSQL the one that leads may, and only while
it knows that it does: a process that was frozen finds, when it goes on, that its time is over.
"""

from collections.abc import Callable

from chatops.core.failures import Reason, Temporary


def _alone() -> bool:
    return True


_leads: Callable[[], bool] = _alone


def lead_by(leads: Callable[[], bool] | None) -> None:
    """From here on `leads` is asked: it must answer at once. None: this process serves alone."""
    global _leads
    _leads = leads or _alone


def ensure_leading() -> None:
    """Raises Temporary where another process may be acting in this one's place. Then nothing was sent."""
    if not _leads():
        raise Temporary(Reason.UNREACHABLE, "this replica does not lead, or cannot be sure that it does")
