"""The parts of one chat, each made once and given those that it works with.

Which of them hears what, the chat's actor knows.
"""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.base import Actor
from chatops.actors.chat_messages import ReturnToCard
from chatops.actors.conversation.absences import Absences
from chatops.actors.conversation.admission import Admission
from chatops.actors.conversation.announcements import Announcements
from chatops.actors.conversation.approvals import Approvals
from chatops.actors.conversation.asides import Asides
from chatops.actors.conversation.backlog import Backlog
from chatops.actors.conversation.calls import Calls
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.chat_desk import ChatDesk
from chatops.actors.conversation.companions import Companions
from chatops.actors.conversation.denied_presses import DeniedPresses
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.hearing import Hearing
from chatops.actors.conversation.illustrations import Illustrations
from chatops.actors.conversation.incoming import Incoming
from chatops.actors.conversation.pins import Pins
from chatops.actors.conversation.receipts import Receipts
from chatops.actors.conversation.refusals import Refusals
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.silences import OthersSilences
from chatops.actors.conversation.storms import Storms
from chatops.actors.conversation.taps import Taps
from chatops.actors.conversation.topics import Topics
from chatops.actors.conversation.typed_words import TypedWords
from chatops.actors.quarantine import Quarantine
from chatops.core.policy import Policy
from chatops.db.store import Store


class Parts:
    """They run in the thread of `owner`: the canvas draws, the cards are reconciled, the taps judged, the way down
    walked.
    """

    def __init__(
        self,
        owner: Actor,
        chat_id: int,
        *,
        store: Store,
        clock: Callable[[], datetime],
        policy: Policy,
        bot_name: Callable[[], str],
        main_app: Callable[[], bool],
    ) -> None:
        tell, later, address = owner.tell, owner.later, owner.address

        def come_back(message_id: int, seconds: float) -> None:
            later(seconds, ReturnToCard(message_id))

        self.shelf = shelf = Shelf(chat_id, store=store, address=address, tell=tell, clock=clock)
        self.canvas = canvas = Canvas(
            chat_id, store=store, shelf=shelf, clock=clock, policy=policy, bot_name=bot_name, main_app=main_app
        )
        self.topics = topics = Topics(canvas, store=store, shelf=shelf, address=address, tell=tell)
        self.pins = Pins(canvas, store=store, address=address, tell=tell)
        self.companions = Companions(topics, self.pins, store=store, chat_id=chat_id)
        self.asides = Asides(canvas, store=store, shelf=shelf, clock=clock, address=address, tell=tell, later=later)
        self.cards = Reconciler(
            canvas,
            store=store,
            shelf=shelf,
            clock=clock,
            come_back=come_back,
            thread_of=topics.thread_of,
            pending=topics.pending,
            follow=self.companions.follow,
        )
        self.storms = Storms(canvas, store=store, shelf=shelf, clock=clock, tell=tell, later=later)
        self.backlog = Backlog(owner, canvas, self.cards, self.storms, self.companions)
        self.absences = Absences(self.cards, self.backlog, later)
        self.refusals = Refusals(canvas, self.cards, self.storms, store=store, shelf=shelf, tell=tell)
        self.calls = Calls(canvas, topics, store=store, shelf=shelf, clock=clock)
        self.announcements = Announcements(canvas, topics, store=store, shelf=shelf)
        self.approvals = Approvals(canvas, topics=topics, store=store, shelf=shelf, tell=tell)
        self.drilldown = Drilldown(
            canvas, approvals=self.approvals, store=store, shelf=shelf, clock=clock, address=address, tell=tell
        )
        self.illustrations = Illustrations(canvas, store=store, shelf=shelf, address=address, tell=tell)
        self.admission = Admission(canvas, self.drilldown, store=store, clock=clock, tell=tell, bot_name=bot_name)
        self.silences = OthersSilences(self.drilldown, store=store, clock=clock, address=address, tell=tell)
        self.receipts = Receipts(owner, shelf, (self.cards, self.illustrations, self.storms, self.asides))
        denials = DeniedPresses(store, clock)
        taps = Taps(
            self.drilldown,
            self.cards,
            self.admission,
            self.silences,
            self.storms,
            denials,
            chat_desk=ChatDesk(
                self.drilldown, store=store, clock=clock, chat=lambda: canvas.chat, changed=self.backlog.catch_up
            ),
            store=store,
            clock=clock,
            tell=tell,
            roster=policy.roster,
        )
        hearing = Hearing(
            canvas,
            self.drilldown,
            self.admission,
            taps,
            TypedWords(self.cards, denials, store=store, clock=clock, tell=tell),
            self.pins,
            store=store,
            shelf=shelf,
            clock=clock,
            tell=tell,
            catch_up=self.backlog.catch_up,
        )
        quarantine = Quarantine(store=store, clock=clock, tell=tell)
        self.incoming = Incoming(owner, hearing, self.receipts, self.absences, quarantine, store)
