"""The IncidentActor: owns one incident's state and its audit entries. It decides nothing itself: `decide` does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from chatops.actors.addresses import Address, chat_address, incident_address
from chatops.actors.answering import answer_press
from chatops.actors.base import Actor
from chatops.actors.calling import Caller
from chatops.actors.chat_messages import IncidentChanged
from chatops.actors.decided import tell_decided
from chatops.actors.directory import Directory
from chatops.actors.lookout import Lookout
from chatops.actors.mailbag import Mailbag
from chatops.actors.messages import FollowAgain, Happened, LookUpAgain, MailArrived, RestIfIdle, SurveyAgain
from chatops.actors.quarantine import Quarantine
from chatops.actors.record import ITSELF, Origin, Record
from chatops.actors.running import Runner
from chatops.actors.silencing import Silencer
from chatops.actors.unwritten import PutAside, handled_again, known_undone, put_aside
from chatops.actors.upstream_messages import TendSilence
from chatops.actors.work import WorkDone, WorkFailed, WorkInterrupted
from chatops.core.alerts import CLUSTER
from chatops.core.audit import EntryType
from chatops.core.failures import Failure, Reason
from chatops.core.incidents import (
    Answer,
    Call,
    CallForHelp,
    Decision,
    Effect,
    Event,
    Follow,
    Incident,
    Look,
    LookUp,
    Perform,
    SendOver,
    Settle,
    StopCalling,
    TellHolder,
    WarnOfEnd,
    decide,
)
from chatops.core.incidents.asking import asked_how
from chatops.core.incidents.events import MergeInto, Settled, Surveyed, press_of
from chatops.core.incidents.flapping import settle_in
from chatops.core.incidents.refusing import refused
from chatops.core.outside import NOTHING, Outside
from chatops.db.merging import BEHIND
from chatops.db.store import Store

log = structlog.get_logger()

IDLE_SECONDS = 600.0
"""After this long without news the actor ends; mail or a press brings it back."""

HELD_IDLE_SECONDS = 15.0
"""The same for one that a digest alone stands for: in a storm there are thousands, and each is a thread."""

AGAIN_SECONDS = 1.0
"""Until what the database kept from being worked through is tried again."""

MOST_MERGES = 3
"""Times that a merge is decided anew because mail came in meanwhile, before its presser is told so."""


class IncidentActor(Actor):
    """One incident's life: events in, decisions out.

    Everything that happens to the incident comes here as a message, is decided, stored in one transaction with its
    audit entries and the mail it came from, and only then carried out.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        store: Store,
        clock: Callable[[], datetime],
        cluster_label: str = CLUSTER,
        watchdogs: frozenset[str] = frozenset(),
        outside: Outside = NOTHING,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._id = int(str(address[1]))
        self._store = store
        self._clock = clock
        self._record = Record(self._id, store, clock)
        self._mailbag = Mailbag(
            self._record,
            store=store,
            clock=clock,
            tell=self.tell,
            happened=self._happened,
            cluster_label=cluster_label,
            watchdogs=watchdogs,
        )
        self._quarantine = Quarantine(store=store, clock=clock, tell=self.tell)
        self._news_at = clock()
        self._idle_seconds = IDLE_SECONDS
        self._lookout = Lookout(self, store=store, clock=clock, known=self._known, happened=self._happened)
        self._runner = Runner(self, known=self._known, happened=self._happened)
        self._silencer = Silencer(self, outside, known=self._known, happened=self._happened, clock=clock)
        self._caller = Caller(known=self._known, store=store, clock=clock, tell=self.tell)

    def setup(self) -> None:
        if not self._record.load():
            log.warning("no such incident", incident=self._id)
            self.passivate()
            return
        self.receive(MailArrived())
        self._runner.resume()
        self._silencer.resume()
        self._caller.resume()
        if self._known().flapping.owes:
            self._settle_later()
        held = self._store.storms.holds(self._id)
        if self._known().open and not held:
            self._lookout.look()
        if held:
            self._idle_seconds = HELD_IDLE_SECONDS
        self.later(self._idle_seconds, RestIfIdle())

    def receive(self, message: Any) -> Any:
        with handled_again(self, message, AGAIN_SECONDS):
            return self._take(message)

    def _take(self, message: Any) -> Any:
        if not self._record.found:
            return None
        match message:
            case MailArrived():
                self._mailbag.work_through()
            case Happened(event, update_id, token):
                self._done_by_somebody(event, update_id, token)
            case SurveyAgain():
                self._idle_seconds = IDLE_SECONDS
                self._lookout.look_on()
            case FollowAgain(run_id):
                self._runner.follow(run_id)
            case LookUpAgain(run_id):
                self._runner.look_up(run_id)
            case PutAside(update_id):
                put_aside(self, self._store, update_id)
            case TendSilence(key):
                self._silencer.tend(key)
            case WorkDone(tag, result):
                self._work_done(tag, result)
            case WorkFailed(tag, reason, detail, temporary):
                self._work_failed(tag, reason, detail, temporary=temporary)
            case WorkInterrupted(tag):
                self._work_failed(tag, Reason.UNKNOWN_OUTCOME, "", temporary=False)
            case RestIfIdle():
                self._rest_if_idle()
            case _:
                return super().receive(message)
        return None

    def _work_done(self, tag: Any, result: object) -> None:
        if not (self._lookout.done(result) or self._runner.done(tag, result)):
            self._silencer.done(tag, result)

    def _work_failed(self, tag: Any, reason: str, detail: str, *, temporary: bool) -> None:
        for part in (self._lookout, self._runner, self._silencer):
            if part.failed(tag, reason, detail, temporary=temporary):
                return

    def _done_by_somebody(self, event: Event, update_id: int | None, token: str) -> None:
        try:
            self._happened(event, origin=Origin(update_id=update_id, token=token))
        except Failure:
            raise
        except Exception as error:
            if update_id is None or not self._quarantine.put_aside(update_id, error):
                raise
            if press := press_of(event):
                answer_press(Answer(press, "broken"), self.tell)

    def _happened(self, event: Event, *, origin: Origin = ITSELF, times: int = 1) -> None:
        before = self._known()
        decision = decide(before, event, now=self._clock())
        try:
            problem = self._record.write(decision, event, origin)
            if problem == BEHIND and times < MOST_MERGES:
                self._mailbag.work_through()
                self._happened(event, origin=origin, times=times + 1)
                return
            if problem:
                self._refused(event, origin, problem)
                return
        except Failure as failure:
            self._unwritten(event, origin, failure)
            return
        if not isinstance(event, Surveyed):
            # A look is not news: it must not keep the actor awake.
            self._news_at = self._clock()
        tell_decided(before, decision, event, inbox=origin.mail, update_id=origin.update_id)
        self._announce(changed=decision.incident.revision != before.revision, event=event)
        for effect in decision.effects:
            self._carry_out(effect, decision)

    def _carry_out(self, effect: Effect, decision: Decision) -> None:
        match effect:
            case Look():
                self._lookout.look()
            case Perform() | Follow() | LookUp():
                self._runner.carry_out(effect)
            case Answer():
                counted = any(entry.type is not EntryType.DENIED for entry in decision.entries)
                answer_press(effect, self.tell, counted=counted)
            case CallForHelp() | Call() | StopCalling() | TellHolder() | WarnOfEnd():
                self._caller.carry_out(effect)
            case Settle():
                self._settle_later()
            case SendOver(to):
                self.tell(incident_address(to), MailArrived())
            case _:
                self._silencer.carry_out(effect)

    def _settle_later(self) -> None:
        """A second early would be for nothing, as nothing comes after it."""
        self.later(settle_in(self._known(), self._clock()).total_seconds() + 1, Happened(Settled()))

    def _refused(self, event: Event, origin: Origin, why: str) -> None:
        """What else is stored does not let it be: the one-time button was used up, or the other incident has ended."""
        press = press_of(event)
        if press is not None:
            entries = asked_how((refused(self._known(), event, press, why, now=self._clock()),), press)
            self._record.note(entries, Origin(update_id=origin.update_id))
            told = {"into": str(event.into)} if isinstance(event, MergeInto) else {}
            self._say(Answer(press, why, told), event)

    def _unwritten(self, event: Event, origin: Origin, failure: Failure) -> None:
        """Of what was pressed nothing is stored: who pressed is told to try again. Else raises the failure."""
        press = press_of(event)
        if press is None or not known_undone(failure):
            raise failure
        log.error("not_written_down", incident=self._id, update=origin.update_id, problem=str(failure))
        self._say(Answer(press, "unwritten"), event)
        if origin.update_id is not None:
            put_aside(self, self._store, origin.update_id)

    def _say(self, answer: Answer, event: Event) -> None:
        """To a press that changed nothing."""
        answer_press(answer, self.tell)
        self._announce(changed=False, event=event)

    def _announce(self, *, changed: bool, event: Event) -> None:
        """A chat where somebody pressed hears of it even if nothing changed, for its message waits to be drawn."""
        audience = set(self._store.cards.audience(self._id)) if changed else set()
        press = press_of(event)
        if press is not None and press.chat_id:
            audience.add(press.chat_id)
        for chat_id in sorted(audience):
            self.tell(chat_address(chat_id), IncidentChanged(self._id, self._known().revision))

    def _rest_if_idle(self) -> None:
        busy = self._runner.busy or self._silencer.busy or self._lookout.busy or self._known().flapping.owes
        if busy or (self._clock() - self._news_at).total_seconds() < self._idle_seconds:
            self.later(self._idle_seconds / 2, RestIfIdle())
        else:
            self.passivate()

    def _known(self) -> Incident:
        return self._record.known
