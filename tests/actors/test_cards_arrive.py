"""Cards on their way under everything that can happen to a delivery, in any order, moved one step at a time.

Requests are taken or not, their replies come or are lost, Telegram asks to wait, messages are deleted, a group becomes
a supergroup, a chat's actor, Telegram's or the whole process dies. Once Telegram is well each chat shows every incident
as it is, in one message, and in one more for each reply that was lost at most.
"""

import random
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatops.actors.telegram_messages import Deliver, Delivered, NotDelivered
from chatops.core.failures import Reason
from chatops.core.incidents import Incident, Status
from chatops.core.outgoing import SendMessage
from chatops.core.pacing.pacer import Pacer
from chatops.core.pacing.parcels import Parcel
from tests.actors.cards_world import START, Books, ChatLife, Wire

GROUP, OTHER = -100, -200
MOST_AT_ONCE = 3


class CardsArrive(RuleBasedStateMachine):
    steps = 0
    """Made so far by all machines of this kind."""

    @initialize(seed=st.integers(0, 99))
    def start(self, seed: int) -> None:
        self.now = 0.0
        self.chance = random.Random(seed).random
        self.books, self.wire = Books(subscribed={GROUP, OTHER}), Wire()
        self.forgiven: dict[tuple[int, int], int] = {}
        self.flying: list[Parcel[Deliver]] = []
        self._begin()

    def _begin(self) -> None:
        """A process starts: whatever is not in the books is forgotten."""
        self.pacer: Pacer[Deliver] = Pacer(chance=self.chance)
        self.mail: list[tuple[int, object]] = [(chat_id, None) for chat_id in sorted(self.books.subscribed)]
        self.lives: dict[int, ChatLife] = {}

    # The world

    @rule()
    def an_incident_opens(self) -> None:
        if len(self.books.known) < 4:
            number = len(self.books.known) + 1
            self.books.known[number] = Incident(number, START)
            self._changes(number)

    @rule(data=st.data())
    def an_incident_changes(self, data: st.DataObject) -> None:
        if self.books.known:
            self._changes(data.draw(st.sampled_from(sorted(self.books.known))))

    @rule(data=st.data(), ends=st.booleans())
    def an_incident_ends_or_opens_again(self, data: st.DataObject, ends: bool) -> None:
        if self.books.known:
            number = data.draw(st.sampled_from(sorted(self.books.known)))
            self._changes(number, Status.RESOLVED if ends else Status.ACTIVE)

    def _changes(self, number: int, status: Status | None = None) -> None:
        known = self.books.known[number]
        self.books.known[number] = replace(known, revision=known.revision + 1, status=status or known.status)
        self.mail += [(chat_id, number) for chat_id in sorted(self.books.subscribed)]

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 7.0, 61.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(data=st.data())
    def somebody_deletes_a_message(self, data: st.DataObject) -> None:
        there = [(chat_id, m) for chat_id, shown in self.wire.messages.items() for m in shown]
        if there:
            chat_id, message_id = data.draw(st.sampled_from(sorted(there)))
            incident_id = int(self.wire.messages[chat_id].pop(message_id).split(":")[0])
            self._forgive(chat_id, incident_id)

    @rule()
    def a_group_becomes_a_supergroup(self) -> None:
        if not self.wire.gone:
            self.wire.gone[OTHER] = OTHER * 1000
            self.wire.messages.pop(OTHER, None)

    # The house

    @rule()
    def a_chat_reads_its_mail(self) -> None:
        if self.mail:
            chat_id, mail = self.mail.pop(0)
            life = self.lives.get(chat_id) or self._wakes(chat_id)
            moved = life.reads(mail)
            if moved is not None:
                self.mail.append((moved, None))

    def _wakes(self, chat_id: int) -> ChatLife:
        self.pacer.withdraw(chat_id)
        self.lives[chat_id] = ChatLife(chat_id, self.books, self._add, lambda: self.now)
        self.lives[chat_id].reads(None)
        return self.lives[chat_id]

    def _add(self, deliver: Deliver) -> None:
        if not self.pacer.add(deliver, self.now):
            self._reply(deliver, NotDelivered(deliver.tag, Reason.SUPERSEDED, ""))

    def _reply(self, deliver: Deliver, reply: object) -> None:
        self.mail.append((deliver.outgoing.chat_id, reply))  # type: ignore[union-attr]  # cards only

    @rule()
    def a_request_goes_out(self) -> None:
        parcel = self.pacer.next(self.now) if len(self.flying) < MOST_AT_ONCE else None
        if parcel:
            self.wire.asked(parcel.delivery, self.now)
            chats = [self._chat(each) for each in self.flying]
            assert self._chat(parcel) not in chats, "two at once in one chat lose their order"
            self.flying.append(parcel)

    @rule(how=st.sampled_from(["ok", "ok", "ok", "reply lost", "5xx", "429", "429"]), wait=st.integers(1, 40))
    def a_request_lands(self, how: str, wait: int) -> None:
        if not self.flying:
            return
        parcel = self.flying.pop(0)
        match how:
            case "ok":
                self._answered(parcel, self.wire.takes(parcel.delivery, self.now))
            case "reply lost":
                self._taken_unheard(parcel)
                self.pacer.failed(parcel, self.now)
            case "5xx":
                self.pacer.failed(parcel, self.now)
            case "429":
                self.wire.frozen[self._chat(parcel)] = self.now + wait
                self.pacer.failed(parcel, self.now, retry_after=wait)

    def _answered(self, parcel: Parcel[Deliver], outcome: int | Reason) -> None:
        deliver = parcel.delivery
        if isinstance(outcome, Reason):
            self.pacer.refused(parcel, self.now)
            moved = self.wire.gone.get(self._chat(parcel)) if outcome is Reason.MIGRATED else None
            self._reply(deliver, NotDelivered(deliver.tag, outcome, "", moved))
            return
        late = self.pacer.succeeded(parcel, self.now)
        self._reply(deliver, Delivered(deliver.tag, outcome))
        if late is not None:
            self._reply(late, NotDelivered(late.tag, Reason.SUPERSEDED, ""))

    def _taken_unheard(self, parcel: Parcel[Deliver]) -> None:
        self.wire.takes(parcel.delivery, self.now)
        if isinstance(parcel.delivery.outgoing, SendMessage):
            self._forgive(self._chat(parcel), int(parcel.delivery.outgoing.html.split(":")[0]))

    def _forgive(self, chat_id: int, incident_id: int) -> None:
        """One message more than one may come of this."""
        self.forgiven[chat_id, incident_id] = self.forgiven.get((chat_id, incident_id), 0) + 1

    @rule(data=st.data())
    def a_chat_dies(self, data: st.DataObject) -> None:
        if self.lives:
            chat_id = data.draw(st.sampled_from(sorted(self.lives)))
            self._unheard_of(chat_id)
            del self.lives[chat_id]

    @rule(taken=st.booleans())
    def telegrams_actor_dies(self, taken: bool) -> None:
        """Its successor gets all that waits; of what was under way nobody knows whether it arrived."""
        for parcel in self.flying:
            if taken:
                self._taken_unheard(parcel)
        self.flying.clear()
        self.pacer.recall(self.now)

    @rule(taken=st.booleans())
    def the_process_dies(self, taken: bool) -> None:
        for parcel in self.flying:
            if taken:
                self._taken_unheard(parcel)
        self.flying.clear()
        for chat_id in list(self.lives):
            self._unheard_of(chat_id, mail_is_lost=True)
        # How long Telegram asked to wait, and what it was sent lately, is not on record.
        self.wire.frozen.clear()
        self.wire.taken.clear()
        self._begin()

    def _unheard_of(self, chat_id: int, *, mail_is_lost: bool = False) -> None:
        """A message that its chat was not yet told to have arrived is sent again by the next life."""
        for to, mail in self.mail:
            if to == chat_id and isinstance(mail, Delivered):
                for incident_id in self.books.known:
                    self._forgive(chat_id, incident_id)
        if not mail_is_lost:
            # What is under way belongs to the life that ends, and may arrive beside the next one's.
            for sent in (each.delivery.outgoing for each in self.flying if self._chat(each) == chat_id):
                if isinstance(sent, SendMessage):
                    self._forgive(chat_id, int(sent.html.split(":")[0]))

    def _chat(self, parcel: Parcel[Deliver]) -> int:
        outgoing: Any = parcel.delivery.outgoing
        return int(outgoing.chat_id)

    # The rules

    @invariant()
    def no_message_more_than_was_lost(self) -> None:
        CardsArrive.steps += 1
        for key, posted in getattr(self, "wire", Wire()).posted.items():
            assert posted <= 1 + self.forgiven.get(key, 0), f"{posted} messages for {key}"

    def teardown(self) -> None:
        """Telegram is well: what is due goes out, each chat reads its mail, and everything is shown as it is."""
        if not hasattr(self, "books"):
            return
        # A deleted message and a group that moved show when something is to be said in them.
        for number in self.books.known:
            self._changes(number)
        for _ in range(2_000):
            while self.mail:
                self.a_chat_reads_its_mail()
            self.a_request_goes_out()
            if self.flying:
                self.a_request_lands("ok", 0)
                continue
            due = self.pacer.due_at(self.now)
            if due is not None:
                self.now = max(due, self.now + 0.01)
            elif not self.mail:
                break
        assert len(self.pacer) == 0
        for chat_id in self.books.subscribed:
            assert self.books.stale(chat_id) == ()
            for number, incident in self.books.known.items():
                shown = sorted(self.wire.showing(chat_id, number))
                if incident.open:
                    assert shown, f"{number} is not shown in {chat_id}"
                # What arrived when its life was over is known to nobody; beside it stands a card where one is wanted.
                if shown and (incident.open or (chat_id, number) in self.books.shown):
                    assert shown[-1] == incident.revision, f"{number} is behind in {chat_id}: {shown}"


TestCardsArrive = CardsArrive.TestCase
TestCardsArrive.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
