"""The ChatActor: one Telegram chat.

It keeps the position of every message it owns, brings the cards up to date, and answers what people press and write.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.base import Actor
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
from chatops.actors.conversation.asides import AsideGone, AsidesDue
from chatops.actors.conversation.parts import Parts
from chatops.actors.conversation.pins import PinAsked
from chatops.actors.conversation.shelf import KeepArrived
from chatops.actors.conversation.topics import TopicAsked, TopicShown
from chatops.actors.directory import Directory
from chatops.actors.storm_messages import DigestDue, Gathered, StormLull
from chatops.actors.telegram_messages import ChatBegan, Delivered, NotDelivered
from chatops.actors.unwritten import PutAside, put_aside
from chatops.actors.work import WorkDone, WorkFailed, WorkInterrupted
from chatops.core.failures import Reason
from chatops.core.outgoing import Lane
from chatops.core.policy import Policy
from chatops.core.screens.notices import notice
from chatops.db.store import Store


class ChatActor(Actor):
    """Says which of its parts hears what. They run in its thread."""

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
        self._parts = Parts(
            self, self._id, store=store, clock=clock, policy=policy, bot_name=bot_name, main_app=main_app
        )

    def setup(self) -> None:
        parts = self._parts
        self.tell(TELEGRAM, ChatBegan(self._id))
        parts.drilldown.resume()
        parts.silences.resume(self._id)
        parts.asides.resume()
        parts.backlog.catch_up()
        parts.absences.resume()

    def receive(self, message: Any) -> Any:
        parts = self._parts
        match message:
            case IncidentChanged(incident_id):
                parts.backlog.changed(incident_id)
            case Rested(incident_id):
                parts.backlog.rested(incident_id)
            case IncidentsOpened(incident_ids):
                parts.backlog.opened(incident_ids)
            case DrawNext():
                parts.backlog.draw_next()
            case CatchUp():
                parts.backlog.catch_up()
            case ReturnToCard(message_id):
                parts.cards.return_to_card(message_id)
            case Gathered():
                parts.backlog.fall_behind(*parts.storms.gathered())
            case DigestDue():
                parts.storms.due()
            case StormLull():
                parts.storms.lull()
            case UpdateArrived(update, late):
                parts.incoming.take(update, late)
            case Delivered(int(tag)):
                parts.refusals.arrived()
                parts.receipts.arrived(tag, message)
            case KeepArrived(done):
                parts.receipts.keep(done)
            case Delivered(TopicAsked() as topic, number):
                parts.backlog.fall_behind(parts.topics.made(topic, number))
            case Delivered(TopicShown() | PinAsked() as tag):
                parts.companions.answered(tag)
            case Delivered(AsideGone() as aside):
                parts.asides.gone(aside)
            case NotDelivered():
                self._not_delivered(message)
            case TopicGone(thread_id):
                parts.topics.lost(thread_id)
            case AsidesDue():
                parts.asides.due()
            case SendHere(outgoing, tokens, position, key):
                parts.shelf.resend(outgoing, tokens, position, key)
            case WorkDone(tag, result):
                if not parts.silences.answered(tag, result):
                    parts.drilldown.answered(tag, result)
                    parts.illustrations.answered(tag, result)
            case WorkFailed(tag, reason, detail):
                if not parts.silences.failed(tag, reason, detail):
                    parts.drilldown.failed(tag, reason, detail)
                    parts.illustrations.answered(tag, None)
            case WorkInterrupted(tag):
                if not parts.silences.failed(tag, Reason.UNKNOWN_OUTCOME, "", interrupted=True):
                    parts.illustrations.answered(tag, None)
                    parts.drilldown.failed(tag, Reason.SERVER_ERROR, "", interrupted=True)
            case ApprovalWanted():
                parts.approvals.ask(message)
            case PutAside(update_id):
                put_aside(self, self._store, update_id)
            case WasAway(absence):
                parts.absences.was_away(absence)
            case NotesOver():
                parts.absences.over()
            case HelpWanted():
                parts.calls.help_wanted(message)
            case Unattended():
                parts.calls.unattended(message)
            case HandedOver():
                parts.announcements.handed_over(message)
            case ReviewDue():
                parts.announcements.review(message)
            case SilenceEnds():
                parts.announcements.silence_ends(message)
            case AccessChanged():
                self._access_changed(message)
            case Notice(code, detail):
                parts.shelf.send(notice(code, detail, parts.canvas.tongue), Lane.PAGE)
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        self._parts.drilldown.abandon()

    def _not_delivered(self, refusal: NotDelivered) -> None:
        """Of a pin, a topic or an aside only what concerns the whole chat is news."""
        parts = self._parts
        cardless = parts.topics.not_made(refusal)
        if cardless is not None:
            parts.backlog.fall_behind(cardless)
        elif not any(part.refused(refusal) for part in (parts.topics, parts.pins, parts.asides)):
            parts.refusals.heard(refusal)

    def _access_changed(self, change: AccessChanged) -> None:
        """Tell whose chat this is; what they may see from now on is shown where they want incidents shown."""
        parts = self._parts
        if parts.canvas.chat.unreachable:
            return
        told = parts.admission.news(change)
        if told is not None:
            parts.shelf.send(told, Lane.PAGE)
            parts.backlog.catch_up()
