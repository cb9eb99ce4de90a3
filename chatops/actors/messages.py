"""What the actors of webhooks and incidents are told. Commands are imperative, events past tense."""

from concurrent.futures import Future
from datetime import datetime

from msgspec import Struct

from chatops.actors.chat_messages import CatchUp
from chatops.core.alerts import Alert
from chatops.core.incidents.events import Event


class Beaten(Struct, frozen=True):
    """A webhook told of alerts that always fire."""

    source: str
    beats: tuple[Alert, ...]
    at: datetime


class Accept(Struct, frozen=True):
    """Commit this body, then resolve `stored` with its inbox id. Its exception means that nothing was stored."""

    body: bytes
    source: str
    stored: "Future[int]"


class BodiesStored(Struct, frozen=True):
    """These inbox rows are on disk and wait to be routed to their incidents."""

    inbox_ids: tuple[int, ...]


class RouteNext(Struct, frozen=True):
    """Route what is waiting; bodies that are stored meanwhile are routed together."""


class MailArrived(Struct, frozen=True):
    """An inbox row that concerns this incident is on disk."""


class Happened(Struct, frozen=True):
    """Something that is not mail happened to the incident. `update_id`: the Telegram update that caused it."""

    event: Event
    update_id: int | None = None
    token: str = ""
    """The one-time button that must still be unused for this to count."""


class Answered(Struct, frozen=True):
    """What came of a press that the API waits for. `code`: of screens.toasts; `counted`: it changed something."""

    asked: str
    code: str
    text: str
    counted: bool


class SurveyAgain(Struct, frozen=True):
    """Look at the cluster again: somebody pressed refresh, or it is time to."""


class FollowAgain(Struct, frozen=True):
    """Ask again how far this run has come."""

    run_id: str


class LookUpAgain(Struct, frozen=True):
    """Look an interrupted run up again: the cluster could not be asked."""

    run_id: str


class RestIfIdle(Struct, frozen=True):
    """Passivate unless something happened lately."""


NUDGES = (MailArrived, CatchUp)
"""Say only that there is something on disk: one that waits as the last of a mailbox stands for any number more."""
