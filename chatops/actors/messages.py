"""What actors tell each other. Commands are imperative, events past tense; all frozen, none is ever asked."""

from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from chatops.actors.upstream_messages import UpstreamWork
from chatops.core.absence import Absence
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.alerts import Alert
from chatops.core.audit import EntryType
from chatops.core.cards import Position
from chatops.core.incidents import Person
from chatops.core.incidents.events import Event
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.log_asks import TAIL
from chatops.core.objects import ObjectView
from chatops.core.outgoing import Lane, Outgoing, SendMessage
from chatops.core.people import Grant
from chatops.core.reports import Report
from chatops.core.resources import Description, EventLine, LogText, ObjectRef, PodView, WorkloadView
from chatops.core.roll_call import Rolls
from chatops.core.silences import Counted, SilencePlace, SilenceWatch, StandingSilences
from chatops.core.surveys import Survey
from chatops.core.updates import Update
from chatops.core.victims import Suspicion

LOG_BYTES = 256 * 1024
"""The most of a container's log that is read for one screen."""

Address = tuple[Hashable, ...]
"""("incident", 42), ("chat", -100123), ("executor", 0), ("webhook",), ("telegram",), ("pool",), ("upstream",),
("supervisor",)."""

SUPERVISOR: Address = ("supervisor",)
WEBHOOK: Address = ("webhook",)
TELEGRAM: Address = ("telegram",)
POOL: Address = ("pool",)
"""Where all work for clusters goes; each cluster's own pool stands behind it."""


def pool_address(context: str) -> Address:
    """The pool of one context; of the current context, or the pod's own account, where it is empty."""
    return ("pool", context)


HEARTBEATS: Address = ("heartbeats",)
UPSTREAM: Address = ("upstream",)
"""The pool in front of Alertmanager and Prometheus; nobody is there when neither is configured."""
DRAWING: Address = ("drawing",)
"""The pool that reads graphs of Prometheus and draws them, for which nothing else waits."""


def incident_address(incident_id: int) -> Address:
    return ("incident", incident_id)


def chat_address(chat_id: int) -> Address:
    return ("chat", chat_id)


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
class IncidentChanged:
    """The incident reads differently: chats that show it bring their cards up to date."""

    incident_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class IncidentsOpened:
    """Many at once, in a storm: nobody has looked at their objects, and their actors sleep until somebody does."""

    incident_ids: tuple[int, ...]


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
class SilenceEnds:
    """The silence of this key is about to end, and what it hides is critical: said aloud."""

    incident_id: int
    key: str


@dataclass(frozen=True, slots=True)
class HelpWanted:
    """Tell the people of this chat, loudly, that somebody asks for help with an incident."""

    incident_id: int
    by_name: str
    target: Target = EVERYBODY
    """Whom the chain names; everybody where there is none."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """Say, loudly, that nobody takes the incident: as it says itself, if it still stands at this step."""

    incident_id: int
    step: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """New messages whose key begins so are not to be sent any more, in whatever chat they wait."""

    keys: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Tell whose private chat this is that an incident is theirs now."""

    incident_id: int
    by_name: str


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """Tell this chat how the week went that ended at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class RestIfIdle:
    """Passivate unless something happened lately."""


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Bring every card of this chat up to date: after a start, a subscription, a migration."""


NUDGES = (MailArrived, CatchUp)
"""Say only that there is something on disk: one that waits as the last of a mailbox stands for any number more."""


@dataclass(frozen=True, slots=True)
class WasAway:
    """The bot heard nothing of Telegram for longer than a press is kept: open cards say so, with buttons that work."""

    absence: Absence


@dataclass(frozen=True, slots=True)
class NotesOver:
    """Cards that still say that the bot was away have said it for long enough."""


@dataclass(frozen=True, slots=True)
class DrawNext:
    """One of the incidents that changed is drawn; what people do and what arrived comes between it and the next."""


@dataclass(frozen=True, slots=True)
class ReturnToCard:
    """A card that was left in the drill-down shows the incident again, unless it was used since."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell the people of this chat about the bot itself: `code` names a sentence of screens.notices."""

    code: str
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """An admin decided what the person whose private chat this is may do: `type` as in core.granting.Act."""

    type: EntryType
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class ApprovalWanted:
    """Somebody chose in another chat what takes a second person: show it here, for approval."""

    preview: Preview
    by: Person
    incident_id: int
    run_id: str


@dataclass(frozen=True, slots=True)
class UpdateArrived:
    """An update for this chat is on disk. A press that came `late`, after an absence, does not count."""

    update: Update
    late: Absence | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """Carry this out when the chat's budget allows. A waiting one with the same `key` is replaced by this.

    `key` names what is delivered (a card, a screen), unique within the chat; empty means never replaced. A message
    whose key was sent already is answered with NotDelivered(superseded).
    """

    outgoing: Outgoing
    lane: Lane
    key: str = ""
    reply_to: Address | None = None
    tag: Hashable = None


@dataclass(frozen=True, slots=True)
class ChatBegan:
    """The chat's actor begins a life: new messages with a key that a former one left are not sent, since nobody would
    know them when they arrive. What should be shown is asked for anew.
    """

    chat_id: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """Telegram took it. `message_id` is the message sent or edited, 0 for answers."""

    tag: Hashable
    message_id: int


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """Telegram refused it for good: `reason` is a failures.Reason value.

    For a chat that lives on under `new_chat_id`, `refused` is what was to be delivered.
    """

    tag: Hashable
    reason: str
    detail: str
    new_chat_id: int | None = None
    refused: Outgoing | None = None


@dataclass(frozen=True, slots=True)
class SendHere:
    """A message on its way to this chat when it still had another id. Its buttons' tokens are this chat's by now."""

    message: SendMessage
    tokens: tuple[str, ...]
    position: Position | None
    key: str


@dataclass(frozen=True, slots=True)
class TakeSurvey:
    suspects: tuple[Suspicion, ...]


@dataclass(frozen=True, slots=True)
class ReadPods:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadPod:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadWorkload:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadLogs:
    """The last `tail` lines of a container, at most `limit_bytes` of them; an empty `container` is the failing one.

    `ref` is a pod, or what makes pods: then the most telling of them. `since` is in seconds, 0 for no limit.
    """

    ref: ObjectRef
    container: str = ""
    previous: bool = False
    tail: int = TAIL
    since: int = 0
    limit_bytes: int = LOG_BYTES


@dataclass(frozen=True, slots=True)
class ReadDescription:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadEvents:
    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadReport:
    """Look at an object in the way `action` (an investigation's id) names; `params` narrow it."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadYaml:
    """The object as text for a file."""

    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class ReadObject:
    """One object that is neither pod nor workload, with what can be done to it."""

    ref: ObjectRef


@dataclass(frozen=True, slots=True)
class MakePreview:
    """Try an action without effect; `params` are what the person chose."""

    action: str
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PerformPlan:
    """Make the change, once."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class ProceedPlan:
    """Make the next changes of a plan that takes many (a drain). It changes the cluster, as PerformPlan does."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class FollowPlan:
    """How far has the performed plan come?"""

    plan: Plan


@dataclass(frozen=True, slots=True)
class LookUpPlan:
    """Is this plan's change in the cluster? Asked when the answer to it was lost."""

    plan: Plan


Work = (
    TakeSurvey
    | ReadPods
    | ReadPod
    | ReadWorkload
    | ReadLogs
    | ReadDescription
    | ReadEvents
    | ReadReport
    | ReadYaml
    | ReadObject
    | MakePreview
    | PerformPlan
    | ProceedPlan
    | FollowPlan
    | LookUpPlan
)


Result = (
    Survey
    | tuple[PodView, ...]
    | PodView
    | WorkloadView
    | LogText
    | Description
    | tuple[EventLine, ...]
    | Report
    | ObjectView
    | str
    | Preview
    | Performed
    | Progress
    | Counted
    | SilencePlace
    | SilenceWatch
    | StandingSilences
    | Rolls
    | bool
)


@dataclass(frozen=True, slots=True)
class Submit:
    """Have an executor do this work and tell `reply_to` the result under `tag`.

    `by` is the person who asked for it, whom the cluster may be told; 0 is the bot of its own accord.
    """

    work: Work | UpstreamWork
    reply_to: Address
    tag: Hashable
    by: int = 0


@dataclass(frozen=True, slots=True)
class WorkDone:
    tag: Hashable
    result: Result


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """The door said no. `reason` is a failures.Reason value, `temporary` whether trying later may help."""

    tag: Hashable
    reason: str
    detail: str
    temporary: bool


@dataclass(frozen=True, slots=True)
class WorkInterrupted:
    """The executor died on it: for a change, nobody knows whether it happened."""

    tag: Hashable
