"""The way down and back: a message moves from screen to screen, asking the cluster where a screen needs it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chatops.actors.addresses import Address, incident_address
from chatops.actors.conversation import cluster_screens, outside
from chatops.actors.conversation.approvals import Approvals
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.documents import DOCUMENTS
from chatops.actors.conversation.inquiries import Asked, Inquiries
from chatops.actors.conversation.kept_logs import KeptLogs
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.whereabouts import FILES, From, Whereabouts
from chatops.actors.conversation.witness import Witness
from chatops.actors.messages import SurveyAgain
from chatops.actors.work import Result
from chatops.core.actions import Preview
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.log_asks import SEARCHED
from chatops.core.outgoing import Lane
from chatops.core.reports import Report
from chatops.core.resources import LogText
from chatops.core.safeguards import Safeguard, safeguard
from chatops.core.silences import Counted, StandingSilences
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store

OPEN_TO_ALL = (Safeguard.SECOND, Safeguard.WORD)
"""A question whether to change something that takes a second person, or a word that is written in the chat."""


class Drilldown:
    """`address` is where the executors' answers are told to."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        approvals: Approvals,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._tell = tell
        self._kept = KeptLogs()
        self._witness = Witness(store, clock=clock)
        self._whereabouts = Whereabouts(store, clock)
        self._inquiries = Inquiries(canvas.policy, store=store, clock=clock, address=address, tell=tell)
        self._approvals = approvals

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

    def go(self, wanted: Position, at: Tap | From, reader: Reader) -> bool:
        """Move a message to another screen, or show that below it; True where the cluster has to be asked for it."""
        wanted = self._whereabouts.remembering(wanted, at)
        if self._whereabouts.opens_beside(wanted, at):
            self._open_beside(wanted, at, reader)
            return False
        trial = self._witness.begin(wanted, reader)
        wanted = self._whereabouts.settle(wanted, at, reader.person.id)
        press = at if isinstance(at, Tap) else None
        asked = Asked(wanted, reader, at.thread_id, trial, press, self._clock())
        kept = self._kept.get(wanted.args.get("kept", "")) if wanted.screen is Verb.LOGS else None
        if kept is not None:
            self._show(asked, wanted, kept)
            return False
        if wanted.screen in DOCUMENTS:
            self._send_document(asked, at.message_id)
            return False
        if self._inquiries.ask(asked):
            return True
        only = asked.only(self._clock())
        self._canvas.draw(wanted, reader.tongue, Lane.RESULT, thread_id=at.thread_id, user=reader.user, only=only)
        return False

    def open(self, wanted: Position, reader: Reader, thread_id: int | None) -> None:
        """Show it in a message of its own: somebody wrote a command."""
        if not self._inquiries.ask(Asked(wanted, reader, thread_id)):
            self._canvas.draw(wanted, reader.tongue, Lane.RESULT, thread_id=thread_id, user=reader.user)

    def search(self, question: Position, text: TextMessage, reader: Reader) -> None:
        """Somebody wrote what to look for in the log that the question was asked about."""
        wanted = " ".join(text.text.split())[:SEARCHED]
        args = {**question.args, "search": wanted}
        at = From(question.chat_id, question.message_id, text.chat_kind, text.thread_id)
        self.go(replace(question, screen=Verb.LOGS, args=args), at, reader)

    def answered(self, tag: object, result: Result) -> None:
        """The cluster told what was asked."""
        asked = self._inquiries.ended(tag)
        if asked is None:
            return
        self._witness.told(asked.trial, result)
        if self._sent_below(asked, result) or not self._whereabouts.still_there(asked.position):
            return
        further = cluster_screens.straight_on(asked.position, result)
        if further is not None:
            self._inquiries.ask(replace(asked, position=self._whereabouts.moved(further)))
            return
        position = asked.position
        if isinstance(result, LogText):
            again = {cluster_screens.AGAIN: "1"} if position.args.get("kept") else {}
            args = {**position.args, **again, "kept": self._kept.keep(result)}
            position = self._whereabouts.moved(replace(position, args=args))
        self._show(asked, position, result)
        if isinstance(result, Preview):
            self._approvals.look_for(result, asked.position, asked.reader.person)

    def resume(self) -> None:
        """After a start: what was under way when the process ended has no answer any more."""
        self._witness.resume(self._canvas.chat_id)

    def abandon(self) -> None:
        """Nobody waits for the answers any more."""
        for asked in self._inquiries.abandon():
            self._witness.abandoned(asked.trial)

    def failed(self, tag: object, reason: str, detail: str, *, interrupted: bool = False) -> None:
        """`interrupted`: whoever was asked is gone, and it may have happened."""
        asked = self._inquiries.ended(tag)
        if asked is None:
            return
        self._witness.failed(asked.trial, reason, detail, interrupted=interrupted)
        if self._whereabouts.still_there(asked.position):
            theirs = outside.concerns(asked.position, self._canvas.policy.outside)
            screen = (outside if theirs else cluster_screens).failed(asked.position, reason, detail, asked.reader)
            only = asked.only(self._clock())
            self._canvas.show(screen, asked.position, Lane.RESULT, thread_id=asked.thread_id, only=only)

    def _sent_below(self, asked: Asked, result: Result) -> bool:
        """Whether the answer is a file or a picture, which was sent below."""
        file = cluster_screens.file_of(asked.position, result, asked.reader)
        if file:
            only = asked.only(self._clock())
            self._shelf.send_file(*file, reply_to=asked.below, thread_id=asked.thread_id, only=only)
            return True
        if isinstance(result, Report) and result.picture:
            told = outside.told_by_picture(result, asked.reader.tongue, asked.position.incident_id)
            self._shelf.send_picture(result.picture, *told, reply_to=asked.below, thread_id=asked.thread_id)
            return True
        return False

    def _send_document(self, asked: Asked, below: int) -> None:
        file = self._canvas.document(asked.position, asked.reader.tongue, asked.reader.user)
        if file:
            self._shelf.send_file(*file, reply_to=below, thread_id=asked.thread_id)

    def _show(self, asked: Asked, position: Position, result: Result) -> None:
        policy = self._canvas.policy
        if isinstance(result, Counted):
            screen = outside.picked(position, result, asked.reader, self._store, self._clock())
        elif isinstance(result, StandingSilences):
            screen = outside.listed(position, result, asked.reader, self._store)
        else:
            screen = cluster_screens.drawn(position, result, asked.reader, now=self._clock(), policy=policy)
        only = asked.only(self._clock())
        if isinstance(result, Preview) and safeguard(result, policy.protected) in OPEN_TO_ALL:
            only, position = None, replace(position, message_id=max(0, position.message_id))
        if screen:
            self._canvas.show(screen, position, Lane.RESULT, thread_id=asked.thread_id, only=only)

    def _open_beside(self, wanted: Position, at: Tap | From, reader: Reader) -> None:
        """An incident that a digest stood for, or another leads to, gets its own card, below."""
        incident = self._store.incidents.get(wanted.incident_id) if wanted.incident_id else None
        if incident is None:
            return
        below = Position(at.chat_id, 0, Verb.CARD, incident.id)
        screen = self._canvas.screen(below, incident, reader.tongue, reader.user)
        own = self._store.cards.get(at.chat_id, incident.id) is None
        if screen:
            card = own and self._shelf.card_under_way(incident.id) is None
            self._shelf.send(
                screen,
                Lane.RESULT,
                position=below,
                revision=incident.revision,
                card=card,
                reply_to=at.message_id,
                thread_id=at.thread_id,
            )

    def _look_once(self, incident_id: int | None) -> None:
        """Of an incident that only a digest stood for nobody has looked at the objects so far."""
        incident = self._store.incidents.get(incident_id) if incident_id is not None else None
        if incident is not None and incident.open and incident.survey is None:
            self._tell(incident_address(incident.id), SurveyAgain())
