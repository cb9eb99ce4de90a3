"""What the actors of webhooks and incidents are told. Commands are imperative, events past tense."""

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from chatops.actors.chat_messages import CatchUp
from chatops.core.alerts import Alert
from chatops.core.incidents.events import Event


@dataclass(frozen=True, slots=True)
class Beaten:
    """A webhook told of alerts that always fire."""

    source: str
    beats: tuple[Alert, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Accept:
    """Commit this body, then resolve `stored` with its inbox id. Its exception means that nothing was stored."""

    body: bytes
    source: str
    stored: "Future[int]"


@dataclass(frozen=True, slots=True)
class BodiesStored:
    """These inbox rows are on disk and wait to be routed to their incidents."""

    inbox_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RouteNext:
    """Route what is waiting; bodies that are stored meanwhile are routed together."""


@dataclass(frozen=True, slots=True)
class MailArrived:
    """An inbox row that concerns this incident is on disk."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that is not mail happened to the incident. `update_id`: the Telegram update that caused it."""

    event: Event
    update_id: int | None = None
    token: str = ""
    """The one-time button that must still be unused for this to count."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a press that the API waits for. `code`: of screens.toasts; `counted`: it changed something."""

    asked: str
    code: str
    text: str
    counted: bool


@dataclass(frozen=True, slots=True)
class SurveyAgain:
    """Look at the cluster again: somebody pressed refresh, or it is time to."""


@dataclass(frozen=True, slots=True)
class FollowAgain:
    """Ask again how far this run has come."""

    run_id: str


@dataclass(frozen=True, slots=True)
class LookUpAgain:
    """Look an interrupted run up again: the cluster could not be asked."""

    run_id: str


@dataclass(frozen=True, slots=True)
class RestIfIdle:
    """Passivate unless something happened lately."""


NUDGES = (MailArrived, CatchUp)
"""Say only that there is something on disk: one that waits as the last of a mailbox stands for any number more."""
