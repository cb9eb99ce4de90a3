"""The ChatActor: one Telegram chat.

It keeps the position of every message it owns, brings the cards up to date, and answers what people press and write.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.base import Actor, summary
from chatops.actors.chat_messages import (
    AccessChanged,
    ApprovalWanted,
    CatchUp,
    DrawNext,
    HandedOver,
    HelpWanted,
    IncidentChanged,
    IncidentsOpened,
    NotesOver,
    Notice,
    Rested,
    ReturnToCard,
    ReviewDue,
    SendHere,
    SilenceEnds,
    TopicGone,
    Unattended,
    UpdateArrived,
    WasAway,
)
from chatops.actors.conversation.admission import Admission
from chatops.actors.conversation.announcements import Announcements
from chatops.actors.conversation.asides import AsideGone, Asides, AsidesDue
from chatops.actors.conversation.calls import Calls
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.chat_desk import ChatDesk
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.hearing import Hearing
from chatops.actors.conversation.illustrations import Illustrations
from chatops.actors.conversation.pins import PinAsked, Pins
from chatops.actors.conversation.refusals import Refusals
from chatops.actors.conversation.shelf import KeepArrived, Shelf, UnderWay
from chatops.actors.conversation.silences import OthersSilences
from chatops.actors.conversation.storms import Storms
from chatops.actors.conversation.taps import Taps
from chatops.actors.conversation.topics import TopicAsked, Topics, TopicShown
from chatops.actors.directory import Directory
from chatops.actors.quarantine import Quarantine
from chatops.actors.storm_messages import DigestDue, Gathered, StormLull
from chatops.actors.telegram_messages import ChatBegan, Deliver, Delivered, NotDelivered
from chatops.actors.unwritten import PutAside, handled_again, known_undone, put_aside, tell_unwritten
from chatops.actors.work import WorkDone, WorkFailed, WorkInterrupted
from chatops.core.absence import NOTE_STANDS, Absence
from chatops.core.failures import Failure, Reason
from chatops.core.incidents import Incident
from chatops.core.outgoing import AnswerTap, EphemeralId, Lane
from chatops.core.policy import Policy
from chatops.core.screens.notices import notice
from chatops.core.screens.toasts import toast
from chatops.core.updates import Faceless, Membership, Pinned, Tap, Update
from chatops.db.store import Store

log = structlog.get_logger()

RETRY_SECONDS = 5.0
"""Until an update that the database kept from being handled is told again; sooner would use up the restarts."""

REST_SECONDS = 0.2
"""An edited card is drawn again no sooner, with all that came meanwhile. Telegram takes an edit every 3 seconds; where
many press at once, drawing for each would keep the next of them waiting.
"""

NOTE_SECONDS = NOTE_STANDS.total_seconds() + 1


class ChatActor(Actor):
    """Its parts run in its thread: the canvas draws, the cards are reconciled, the taps judged, the way down walked."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        policy: Policy,
        bot_name: Callable[[], str] = str,
        main_app: Callable[[], bool] = bool,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._id = int(str(address[1]))
        self._store = store
        self._clock = clock
        self._shelf = Shelf(self._id, store=store, address=address, tell=self.tell, clock=clock)
        self._canvas = Canvas(
            self._id,
            store=store,
            shelf=self._shelf,
            clock=clock,
            policy=policy,
            bot_name=bot_name,
            main_app=main_app,
        )
        self._topics = Topics(self._canvas, store=store, shelf=self._shelf, address=address, tell=self.tell)
        self._pins = Pins(self._canvas, store=store, address=address, tell=self.tell)
        self._asides = Asides(
            self._canvas,
            store=store,
            shelf=self._shelf,
            clock=clock,
            address=address,
            tell=self.tell,
            later=self.later,
        )
        self._cards = Reconciler(
            self._canvas,
            store=store,
            shelf=self._shelf,
            clock=clock,
            come_back=self._come_back,
            thread_of=self._topics.thread_of,
            pending=self._topics.pending,
            follow=self._follow,
        )
        self._storms = Storms(
            self._canvas, store=store, shelf=self._shelf, clock=clock, tell=self.tell, later=self.later
        )
        self._refusals = Refusals(
            self._canvas, self._cards, self._storms, store=store, shelf=self._shelf, tell=self.tell
        )
        self._calls = Calls(self._canvas, self._topics, store=store, shelf=self._shelf, clock=clock)
        self._announcements = Announcements(self._canvas, self._topics, store=store, shelf=self._shelf)
        self._drilldown = Drilldown(
            self._canvas,
            topics=self._topics,
            store=store,
            shelf=self._shelf,
            clock=clock,
            address=address,
            tell=self.tell,
        )
        self._illustrations = Illustrations(
            self._canvas, store=store, shelf=self._shelf, address=address, tell=self.tell
        )
        self._admission = Admission(
            self._canvas, self._drilldown, store=store, clock=clock, tell=self.tell, bot_name=bot_name
        )
        self._silences = OthersSilences(self._drilldown, store=store, clock=clock, address=address, tell=self.tell)
        chat_desk = ChatDesk(
            self._drilldown, store=store, clock=clock, chat=lambda: self._canvas.chat, changed=self._catch_up
        )
        self._taps = Taps(
            self._drilldown,
            self._cards,
            self._admission,
            self._silences,
            self._storms,
            chat_desk=chat_desk,
            store=store,
            clock=clock,
            tell=self.tell,
            roster=policy.roster,
        )
        self._hearing = Hearing(
            self._canvas,
            self._drilldown,
            self._admission,
            self._taps,
            self._pins,
            store=store,
            shelf=self._shelf,
            clock=clock,
            tell=self.tell,
            catch_up=self._catch_up,
        )
        self._quarantine = Quarantine(store=store, clock=clock, tell=self.tell)
        self._behind: dict[int, None] = {}
        self._resting: dict[int, bool] = {}
        """Incidents whose card was edited a moment ago, and whether they have changed since."""

    def setup(self) -> None:
        self.tell(TELEGRAM, ChatBegan(self._id))
        self._drilldown.resume()
        self._silences.resume(self._id)
        self._asides.resume()
        self._catch_up()
        noted = self._cards.notes()
        if noted:
            self._fall_behind(*noted)
            self.later(NOTE_SECONDS, NotesOver())

    def receive(self, message: Any) -> Any:
        match message:
            case IncidentChanged(incident_id):
                self._changed(incident_id)
            case Rested(incident_id):
                if self._resting.pop(incident_id, False):
                    self._changed(incident_id)
            case IncidentsOpened(incident_ids):
                self._storms.opened(incident_ids)
                if not self._canvas.chat.unreachable:
                    self._fall_behind(*incident_ids)
            case DrawNext():
                self._draw_next()
            case Gathered():
                self._fall_behind(*self._storms.gathered())
            case DigestDue():
                self._storms.due()
            case StormLull():
                self._storms.lull()
            case UpdateArrived(update, late):
                self._take(update, late)
            case Delivered(int(tag)):
                self._refusals.arrived()
                self._arrived(tag, message)
            case KeepArrived(done):
                self._keep(done)
            case Delivered(TopicAsked() as topic, number):
                self._fall_behind(self._topics.made(topic, number))
            case Delivered(TopicShown() as topic):
                self._look_after(self._topics.shown(topic))
            case Delivered(PinAsked() as pin):
                self._look_after(self._pins.arrived(pin))
            case Delivered(AsideGone() as aside):
                self._asides.gone(aside)
            case NotDelivered():
                self._not_delivered(message)
            case TopicGone(thread_id):
                self._topics.lost(thread_id)
            case AsidesDue():
                self._asides.due()
            case SendHere(outgoing, tokens, position, key):
                self._shelf.resend(outgoing, tokens, position, key)
            case WorkDone(tag, result):
                if not self._silences.answered(tag, result):
                    self._drilldown.answered(tag, result)
                    self._illustrations.answered(tag, result)
            case WorkFailed(tag, reason, detail):
                if not self._silences.failed(tag, reason, detail):
                    self._drilldown.failed(tag, reason, detail)
                    self._illustrations.answered(tag, None)
            case WorkInterrupted(tag):
                if not self._silences.failed(tag, Reason.UNKNOWN_OUTCOME, "", interrupted=True):
                    self._illustrations.answered(tag, None)
                    self._drilldown.failed(tag, Reason.SERVER_ERROR, "", interrupted=True)
            case ApprovalWanted():
                self._drilldown.ask_approval(message)
            case PutAside(update_id):
                put_aside(self, self._store, update_id)
            case ReturnToCard(message_id):
                self._cards.return_to_card(message_id)
            case CatchUp():
                self._catch_up()
            case WasAway(absence):
                self._fall_behind(*self._cards.was_away(absence))
                self.later(NOTE_SECONDS, NotesOver())
            case NotesOver():
                self._fall_behind(*self._cards.notes_over())
            case HelpWanted():
                self._calls.help_wanted(message)
            case Unattended():
                self._calls.unattended(message)
            case HandedOver():
                self._announcements.handed_over(message)
            case ReviewDue():
                self._announcements.review(message)
            case SilenceEnds():
                self._announcements.silence_ends(message)
            case AccessChanged() if not self._canvas.chat.unreachable:
                self._access_changed(message)
            case AccessChanged():
                pass
            case Notice(code, detail):
                self._shelf.send(notice(code, detail, self._canvas.tongue), Lane.PAGE)
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        self._drilldown.abandon()

    def _not_delivered(self, refusal: NotDelivered) -> None:
        """Of a pin, a topic or an aside only what concerns the whole chat is news."""
        cardless = self._topics.not_made(refusal)
        if cardless is not None:
            self._fall_behind(cardless)
        elif not any(part.refused(refusal) for part in (self._topics, self._pins, self._asides)):
            self._refusals.heard(refusal)

    def _look_after(self, *incident_ids: int) -> None:
        """Their pins and topics; their cards are as they should be."""
        for incident in filter(None, map(self._store.incidents.get, incident_ids)):
            self._follow(incident)

    def _follow(self, incident: Incident) -> None:
        self._pins.follow(incident)
        self._topics.follow(incident)

    def _take(self, update: Update, late: Absence | None) -> None:
        """A crash over an update loses nothing: it is on disk, and told again twice. Then it is put aside."""
        try:
            if isinstance(update, Tap):
                self._seen(update)
            self._hearing.hear(update, late)
            if late and isinstance(update, Tap):
                self.later(NOTE_SECONDS, NotesOver())
        except Failure as failure:
            if self._told_undone(update, failure):
                return
            # By the time the database can be asked again somebody else may answer here.
            self.directory.later(RETRY_SECONDS, self.address, UpdateArrived(update, late))
            raise
        except Exception as error:
            if not self._quarantine.put_aside(update.update_id, error):
                raise
            if isinstance(update, Tap):
                text = toast("broken", self._hearing.tongue_of(update.sender))
                self.tell(TELEGRAM, Deliver(AnswerTap(update.callback_id, text), Lane.ANSWER))

    def _told_undone(self, update: Update, failure: Failure) -> bool:
        """Whether who asked was told to ask again, since nothing of it was stored: it must not count later."""
        if isinstance(update, Membership | Faceless | Pinned) or not known_undone(failure):
            return False
        if update.sender is not None:
            tell_unwritten(update, failure, self._hearing.tongue_of(update.sender), self.tell)
        put_aside(self, self._store, update.update_id)
        return True

    def _access_changed(self, change: AccessChanged) -> None:
        """Tell whose chat this is; what they may see from now on is shown where they want incidents shown."""
        told = self._admission.news(change)
        if told is not None:
            self._shelf.send(told, Lane.PAGE)
            self._catch_up()

    def _catch_up(self) -> None:
        self._storms.resume()
        self._fall_behind(*self._cards.behind())
        if self._id < 0:
            self._look_after(*{*self._topics.owed(), *self._pins.owed()})

    def _changed(self, incident_id: int) -> None:
        if incident_id in self._resting:
            self._resting[incident_id] = True
        elif not self._canvas.chat.unreachable:
            # A chat that refuses the bot is tried again after a start, and when it is heard of.
            self._fall_behind(incident_id)

    def _fall_behind(self, *incident_ids: int) -> None:
        """To be drawn one by one: in a storm of alerts nobody who presses a button waits for all of them."""
        if incident_ids and not self._behind:
            self.tell(self.address, DrawNext())
        self._behind.update(dict.fromkeys(incident_ids))

    def _seen(self, tap: Tap) -> None:
        """What somebody presses a button of has arrived, whether Telegram said so yet or not."""
        shown = EphemeralId(tap.ephemeral_id) if tap.ephemeral_id else tap.message_id
        tag = self._shelf.seen(tap.data, tap.message_id)
        if tag is not None:
            self._arrived(tag, Delivered(tag, shown))

    def _arrived(self, tag: int, delivered: Delivered) -> None:
        """What is not on record would be sent once more: it is tried until the database takes it."""
        with handled_again(self, delivered, RETRY_SECONDS):
            done = self._shelf.arrived(tag, delivered.message_id)
            if done:
                self._keep(done)

    def _keep(self, done: UnderWay) -> None:
        with handled_again(self, KeepArrived(done), RETRY_SECONDS):
            self._cards.arrived(done)
            self._illustrations.arrived(done)
            self._storms.arrived(done)
            self._asides.arrived(done)

    def _draw_next(self) -> None:
        with handled_again(self, DrawNext(), RETRY_SECONDS):
            self._draw_one()

    def _draw_one(self) -> None:
        self._behind = dict.fromkeys(self._storms.sift(self._behind))
        incident_id = next(iter(self._behind), None)
        if incident_id is None:
            # A digest stands for all of them, or it was meant for a predecessor.
            return
        del self._behind[incident_id]
        try:
            if self._cards.reconcile(incident_id):
                self._resting[incident_id] = False
                self.later(REST_SECONDS, Rested(incident_id))
        except Failure:
            self._behind[incident_id] = None
            raise
        except Exception as error:
            # One card that cannot be drawn must not keep the others from it, now and after each restart.
            log.error("card cannot be drawn", chat=self._id, incident=incident_id, error=summary(error), exc_info=True)
        self._storms.drawn(incident_id)
        if self._behind:
            self.tell(self.address, DrawNext())

    def _come_back(self, message_id: int, seconds: float) -> None:
        self.later(seconds, ReturnToCard(message_id))
