"""The way down and back: a message moves from screen to screen, asking the cluster where a screen needs it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chatops.actors.addresses import DRAWING, POOL, UPSTREAM, Address, chat_address, incident_address
from chatops.actors.chat_messages import ApprovalWanted
from chatops.actors.conversation import outside, views
from chatops.actors.conversation.asides import stands_beside
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.documents import DOCUMENTS
from chatops.actors.conversation.kept_logs import KeptLogs
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.topics import Topics
from chatops.actors.conversation.views import Reader
from chatops.actors.conversation.witness import Trial, Witness
from chatops.actors.messages import SurveyAgain
from chatops.actors.tags import first_tag
from chatops.actors.upstream_messages import UpstreamWork
from chatops.actors.work import Result, Submit, Work
from chatops.core.actions import Preview
from chatops.core.asides import Aside
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.log_asks import SEARCHED
from chatops.core.outgoing import ForPresser, Lane
from chatops.core.people import ChatKind
from chatops.core.presses import for_presser
from chatops.core.reports import Report
from chatops.core.resources import LogText
from chatops.core.safeguards import Safeguard, safeguard
from chatops.core.screens import confirm, merging
from chatops.core.silences import Counted, StandingSilences
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store

FILES = (Verb.LOG_FILE, Verb.DESCRIBE_FILE, Verb.REPORT_FILE, Verb.YAML_FILE, *DOCUMENTS)
"""Screens that are files of their own: the message they are asked from stays where it is."""

ASKING = (Verb.SEARCH, Verb.SCOPE)
"""Screens that are answered by a reply, which only a message that everybody sees is sure to get."""

OPEN_TO_ALL = (Safeguard.SECOND, Safeguard.WORD)
"""A question whether to change something that takes a second person, or a word that is written in the chat."""


@dataclass(frozen=True, slots=True)
class From:
    """The message that somebody moves on from without pressing a button of it."""

    chat_id: int
    message_id: int
    chat_kind: ChatKind
    thread_id: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Work under way for a screen: drawn when it comes back, unless the message has moved on.

    `press`: what it answers, heard of at `heard_at`; None for what somebody wrote.
    """

    position: Position
    reader: Reader
    thread_id: int | None
    trial: Trial | None = None
    press: Tap | None = None
    heard_at: datetime | None = None


class Drilldown:
    """`address` is where the executors' answers are told to."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        topics: Topics,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._topics = topics
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._address = address
        self._tell = tell
        self._kept = KeptLogs()
        self._witness = Witness(store, clock=clock)
        self._asked: dict[int, Asked] = {}
        self._next_work = first_tag()

    def follow(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """Go where the button leads; the code of the toast for it."""
        args = dict(offered.args)
        if offered.verb is Verb.CHOOSE:
            # Chosen with the confirm, so that one confirm is one run however often it is pressed.
            args["run"] = uuid.uuid4().hex
        fresh = args.pop("fresh", "")
        if (fresh or offered.verb is Verb.REFRESH) and offered.incident_id is not None:
            self._tell(incident_address(offered.incident_id), SurveyAgain())
        if offered.verb is Verb.CARD and "new" in args:
            self._look_once(offered.incident_id)
        screen = Verb.CARD if offered.verb is Verb.REFRESH else offered.verb
        wanted = Position(tap.chat_id, tap.message_id, screen, offered.incident_id, args, offered.ref)
        asking = self.go(wanted, tap, reader)
        return "sent_below" if screen in FILES else "looking" if asking else "ok"

    def go(self, wanted: Position, tap: "Tap | From", reader: Reader) -> bool:
        """Move a message to another screen; True where the cluster has to be asked for it.

        In a group the shared card stays, and so does what somebody else looks at: the way down from it is a message of
        its own. So is a graph anywhere.
        """
        wanted = self._remembering(wanted, tap)
        if self._stays_beside(tap, wanted):
            self._open_beside(wanted, tap, reader)
            return False
        trial = self._witness.begin(wanted, reader)
        aside = self._aside_of_another(wanted, tap, reader)
        if aside or self._is_digest(tap) or self._stays(wanted, tap):
            below = aside.below if aside else tap.message_id
            wanted = replace(wanted, message_id=0, args=stands_beside(wanted, below, reader.person.id))
        elif wanted.screen not in FILES:
            self._store.positions.put(replace(wanted, touched_at=self._clock()))
            self._until_it_is_seen(wanted)
        press = tap if isinstance(tap, Tap) else None
        asked = Asked(wanted, reader, tap.thread_id, trial, press, self._clock())
        kept = self._kept.get(wanted.args.get("kept", "")) if wanted.screen is Verb.LOGS else None
        if kept is not None:
            self._show(asked, wanted, kept)
            return False
        if wanted.screen in DOCUMENTS:
            self._send_document(asked, tap.message_id)
            return False
        if self._ask(asked):
            return True
        only = self._only(asked)
        self._canvas.draw(wanted, reader.tongue, Lane.RESULT, thread_id=tap.thread_id, user=reader.user, only=only)
        return False

    def open(self, wanted: Position, reader: Reader, thread_id: int | None) -> None:
        """Show it in a message of its own: somebody wrote a command."""
        if not self._ask(Asked(wanted, reader, thread_id)):
            self._canvas.draw(wanted, reader.tongue, Lane.RESULT, thread_id=thread_id, user=reader.user)

    def search(self, question: Position, text: TextMessage, reader: Reader) -> None:
        """Somebody wrote what to look for in the log that the question was asked about."""
        wanted = " ".join(text.text.split())[:SEARCHED]
        args = {**question.args, "search": wanted}
        at = From(question.chat_id, question.message_id, text.chat_kind, text.thread_id)
        self.go(replace(question, screen=Verb.LOGS, args=args), at, reader)

    def _ask(self, asked: Asked) -> bool:
        """Have asked for what the screen needs; False where it needs nothing."""
        door, work = self._work(asked)
        if work is None:
            return False
        self._asked[self._next_work] = asked
        self._tell(door, Submit(work, self._address, self._next_work, asked.reader.person.id))
        self._next_work += 1
        return True

    def answered(self, tag: object, result: Result) -> None:
        """The cluster told what was asked."""
        asked = self._done(tag)
        if asked is None:
            return
        self._witness.told(asked.trial, result)
        file = views.file_of(asked.position, result, asked.reader)
        if file:
            below = asked.position.message_id or int(asked.position.args.get("card", "0"))
            only = self._only(asked)
            self._shelf.send_file(*file, reply_to=below, thread_id=asked.thread_id, only=only)
            return
        if isinstance(result, Report) and result.picture:
            below = asked.position.message_id or int(asked.position.args.get("card", "0"))
            told = outside.told_by_picture(result, asked.reader.tongue, asked.position.incident_id)
            self._shelf.send_picture(result.picture, *told, reply_to=below, thread_id=asked.thread_id)
            return
        if not self._still_there(asked.position):
            return
        further = views.straight_on(asked.position, result)
        if further is not None:
            self._ask(replace(asked, position=self._moved(further)))
            return
        position = asked.position
        if isinstance(result, LogText):
            again = {views.AGAIN: "1"} if position.args.get("kept") else {}
            args = {**position.args, **again, "kept": self._kept.keep(result)}
            position = self._moved(replace(position, args=args))
        self._show(asked, position, result)
        if isinstance(result, Preview) and safeguard(result, self._canvas.policy.protected) is Safeguard.SECOND:
            self._look_for_second(result, asked)

    def resume(self) -> None:
        """After a start: what was under way when the process ended has no answer any more."""
        self._witness.resume(self._canvas.chat_id)

    def abandon(self) -> None:
        """Nobody waits for the answers any more."""
        for asked in self._asked.values():
            self._witness.abandoned(asked.trial)
        self._asked.clear()

    def failed(self, tag: object, reason: str, detail: str, *, interrupted: bool = False) -> None:
        """`interrupted`: whoever was asked is gone, and it may have happened."""
        asked = self._done(tag)
        if asked:
            self._witness.failed(asked.trial, reason, detail, interrupted=interrupted)
        if asked and self._still_there(asked.position):
            theirs = outside.concerns(asked.position, self._canvas.policy.outside)
            screen = (outside if theirs else views).failed(asked.position, reason, detail, asked.reader)
            only = self._only(asked)
            self._canvas.show(screen, asked.position, Lane.RESULT, thread_id=asked.thread_id, only=only)

    def ask_approval(self, wanted: ApprovalWanted) -> None:
        """Show here what somebody chose in another chat; anybody else who may act can approve it."""
        incident = self._store.incidents.get(wanted.incident_id)
        if incident is None or not self._canvas.may_show(incident):
            return
        screen = confirm.confirm(
            wanted.preview,
            self._canvas.tongue,
            by=wanted.by,
            incident_id=wanted.incident_id,
            run_id=wanted.run_id,
            guard=Safeguard.SECOND,
        )
        position = Position(self._canvas.chat_id, 0, Verb.CHOOSE, wanted.incident_id, {"run": wanted.run_id})
        thread_id = self._topics.thread_of(wanted.incident_id)
        self._shelf.send(replace(screen, silent=False), Lane.PAGE, position=position, thread_id=thread_id)

    def _send_document(self, asked: Asked, below: int) -> None:
        file = self._canvas.document(asked.position, asked.reader.tongue, asked.reader.user)
        if file:
            self._shelf.send_file(*file, reply_to=below, thread_id=asked.thread_id)

    def _look_for_second(self, preview: Preview, asked: Asked) -> None:
        """In a private chat nobody else sees the question: it is put wherever else the incident is shown."""
        position = asked.position
        if preview.refusal or position.chat_id < 0 or position.incident_id is None:
            return
        others = {*self._store.cards.audience(position.incident_id), *self._store.users.admin_ids()}
        wanted = ApprovalWanted(preview, asked.reader.person, position.incident_id, position.args["run"])
        for chat_id in sorted(others - {position.chat_id}):
            self._tell(chat_address(chat_id), wanted)

    def _show(self, asked: Asked, position: Position, result: Result) -> None:
        policy = self._canvas.policy
        if isinstance(result, Counted):
            screen = outside.picked(position, result, asked.reader, self._store, self._clock())
        elif isinstance(result, StandingSilences):
            screen = outside.listed(position, result, asked.reader, self._store)
        else:
            screen = views.drawn(position, result, asked.reader, now=self._clock(), policy=policy)
        only = self._only(asked)
        if isinstance(result, Preview) and safeguard(result, policy.protected) in OPEN_TO_ALL:
            only, position = None, replace(position, message_id=max(0, position.message_id))
        if screen:
            self._canvas.show(screen, position, Lane.RESULT, thread_id=asked.thread_id, only=only)

    def _only(self, asked: Asked) -> ForPresser | None:
        """Whom a message of its own is for that a press asked for: in a group, who pressed; else everybody there."""
        if asked.press is None or asked.heard_at is None:
            return None
        if asked.position.screen in ASKING or outside.is_graph(asked.position):
            return None
        return for_presser(asked.press, asked.heard_at, self._clock())

    def _moved(self, position: Position) -> Position:
        """The same screen with more arguments: written down where its message is known already."""
        position = replace(position, touched_at=self._clock())
        if position.message_id:
            self._store.positions.put(position)
        return position

    def _work(self, asked: Asked) -> tuple[Address, Work | UpstreamWork | None]:
        """Who is asked for the screen, and for what."""
        wanted, policy = asked.position, self._canvas.policy
        if outside.concerns(wanted, policy.outside):
            incident = self._store.incidents.get(wanted.incident_id) if wanted.incident_id else None
            door = DRAWING if outside.is_graph(wanted) else UPSTREAM
            return door, outside.needed(wanted, incident, asked.reader.tongue, policy.graph_theme)
        return POOL, views.needed(wanted, self._clock())

    def _done(self, tag: object) -> Asked | None:
        return self._asked.pop(tag, None) if isinstance(tag, int) else None

    def _remembering(self, wanted: Position, tap: "Tap | From") -> Position:
        """A pod's screens keep the workload it was reached from, for the way back."""
        old = self._store.positions.get(tap.chat_id, tap.message_id)
        if not (wanted.ref and old and old.ref and wanted.ref.same_place(old.ref)):
            return wanted
        above = {name: value for name, value in old.args.items() if name in ("above", "above_kind")}
        return replace(wanted, args={**above, **wanted.args})

    def _until_it_is_seen(self, wanted: Position) -> None:
        """A message that goes back to its card is behind until that was delivered: it may never be."""
        card = self._store.cards.by_message(wanted.chat_id, wanted.message_id) if wanted.screen is Verb.CARD else None
        if card is not None and card.incident_id == wanted.incident_id:
            self._store.cards.put(replace(card, revision=0))

    def _stays(self, wanted: Position, tap: "Tap | From") -> bool:
        """Whether the message stays as it is, and what is wanted is shown below it."""
        if outside.is_graph(wanted):
            old = self._store.positions.get(tap.chat_id, tap.message_id)
            return old is None or not outside.is_graph(old)
        if tap.message_id < 0 and wanted.screen in ASKING:
            return True
        return self._is_shared_card(tap) and wanted.screen is not Verb.CARD

    def _aside_of_another(self, wanted: Position, tap: "Tap | From", reader: Reader) -> Aside | None:
        if tap.chat_kind is ChatKind.PRIVATE or wanted.screen is Verb.CARD or wanted.screen in FILES:
            return None
        aside = self._store.asides.get(tap.chat_id, tap.message_id)
        return aside if aside and aside.user_id != reader.person.id else None

    def _is_shared_card(self, tap: "Tap | From") -> bool:
        if tap.chat_kind is ChatKind.PRIVATE:
            return False
        return self._store.cards.by_message(tap.chat_id, tap.message_id) is not None

    def _is_digest(self, tap: "Tap | From") -> bool:
        return self._store.storms.by_message(tap.chat_id, tap.message_id) is not None

    def _stays_beside(self, tap: "Tap | From", wanted: Position) -> bool:
        """Whether an incident is opened from a digest, its list or another incident: these stay where they are."""
        if wanted.screen is not Verb.CARD or wanted.incident_id is None:
            return False
        if merging.BESIDE.items() <= wanted.args.items():
            return True
        at = self._store.positions.get(tap.chat_id, tap.message_id)
        # A digest may be older than what is remembered of where messages stand.
        return self._is_digest(tap) or (at is not None and at.screen is Verb.STORM_ALL)

    def _open_beside(self, wanted: Position, tap: "Tap | From", reader: Reader) -> None:
        """An incident that a digest stood for, or another leads to, gets its own card, below."""
        incident = self._store.incidents.get(wanted.incident_id) if wanted.incident_id else None
        if incident is None:
            return
        at = Position(tap.chat_id, 0, Verb.CARD, incident.id)
        screen = self._canvas.screen(at, incident, reader.tongue, reader.user)
        own = self._store.cards.get(tap.chat_id, incident.id) is None
        if screen:
            card = own and self._shelf.card_under_way(incident.id) is None
            self._shelf.send(
                screen,
                Lane.RESULT,
                position=at,
                revision=incident.revision,
                card=card,
                reply_to=tap.message_id,
                thread_id=tap.thread_id,
            )

    def _look_once(self, incident_id: int | None) -> None:
        """Of an incident that only a digest stood for nobody has looked at the objects so far."""
        incident = self._store.incidents.get(incident_id) if incident_id is not None else None
        if incident is not None and incident.open and incident.survey is None:
            self._tell(incident_address(incident.id), SurveyAgain())

    def _still_there(self, position: Position) -> bool:
        """Whether the message still waits for this screen: the person may have gone elsewhere meanwhile."""
        if not position.message_id or position.screen in FILES:
            return True
        at = self._store.positions.get(position.chat_id, position.message_id)
        return at is not None and replace(at, touched_at=None) == replace(position, touched_at=None)
