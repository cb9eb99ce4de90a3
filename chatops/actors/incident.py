"""The IncidentActor: owns one incident's state and its audit entries. It decides nothing itself: `decide` does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.addresses import POOL, Address, chat_address, incident_address
from chatops.actors.admins import tell_admins
from chatops.actors.answering import (
    answer_press,
    call_for_help,
    call_next,
    stop_calling,
    tell_again,
    tell_holder,
    warn_of_end,
)
from chatops.actors.base import Actor, summary
from chatops.actors.chat_messages import IncidentChanged, Notice
from chatops.actors.decided import tell_decided
from chatops.actors.directory import Directory
from chatops.actors.messages import FollowAgain, Happened, LookUpAgain, MailArrived, RestIfIdle, SurveyAgain
from chatops.actors.quarantine import Quarantine
from chatops.actors.running import Runner
from chatops.actors.silencing import Silencer
from chatops.actors.timers import Timer
from chatops.actors.unwritten import PutAside, handled_again, known_undone, put_aside
from chatops.actors.upstream_messages import TendSilence
from chatops.actors.work import (
    Submit,
    TakeSurvey,
    WorkDone,
    WorkFailed,
    WorkInterrupted,
)
from chatops.core.alerts import CLUSTER, parse
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.failures import Failure, Reason
from chatops.core.incidents import (
    Answer,
    Call,
    CallForHelp,
    Decision,
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
from chatops.core.incidents.events import (
    AlertsReceived,
    MergeInto,
    Settled,
    Surveyed,
    TakeIn,
    press_of,
)
from chatops.core.incidents.flapping import settle_in
from chatops.core.incidents.lessons import lessons
from chatops.core.incidents.refusing import refused
from chatops.core.maintenance import Window
from chatops.core.outside import NOTHING, Outside
from chatops.core.surveys import Survey
from chatops.core.victims import clues_of
from chatops.db.merging import BEHIND
from chatops.db.store import Store

log = structlog.get_logger()

SURVEY_SECONDS = 60.0
"""How often the cluster is looked at while an incident is awake; a failed look is repeated sooner."""
SURVEY_RETRY_SECONDS = 15.0
IDLE_SECONDS = 600.0
"""After this long without news the actor ends; mail or a press brings it back."""

HELD_IDLE_SECONDS = 15.0
"""The same for one that a digest alone stands for: in a storm there are thousands, and each is a thread."""

AGAIN_SECONDS = 1.0
"""Until what the database kept from being worked through is tried again."""

USED = "used"
"""Why what was decided was not stored: the one-time button was used up."""

MOST_MERGES = 3
"""Times that a merge is decided anew because mail came in meanwhile, before its presser is told so."""

MOST_ATTEMPTS = 3
"""Crashes over one body before it is put aside."""

SURVEY = ("survey", "")
"""The tag of a look at the cluster."""


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
        self._cluster_label = cluster_label
        self._watchdogs = watchdogs
        self._incident: Incident | None = None
        self._quarantine = Quarantine(store=store, clock=clock, tell=self.tell)
        self._surveying = False
        self._survey_timer: Timer | None = None
        self._news_at = clock()
        self._idle_seconds = IDLE_SECONDS
        self._looked_for = False
        self._runner = Runner(self, known=lambda: self._known, happened=self._happened)
        self._silencer = Silencer(
            self, known=lambda: self._known, happened=self._happened, clock=clock, outside=outside
        )

    def setup(self) -> None:
        self._incident = self._store.incidents.get(self._id)
        if self._incident is None:
            log.warning("no such incident", incident=self._id)
            self.passivate()
            return
        self.receive(MailArrived())
        self._runner.resume()
        self._silencer.resume()
        tell_again(self._known, self._clock(), self._store, self.tell)
        if self._known.flapping.owes:
            self._settle_later()
        tell_holder(self._known, self.tell)
        held = self._store.storms.holds(self._id)
        if self._known.open and not held:
            self._look()
        if held:
            self._idle_seconds = HELD_IDLE_SECONDS
        self.later(self._idle_seconds, RestIfIdle())

    def receive(self, message: Any) -> Any:
        with handled_again(self, message, AGAIN_SECONDS):
            return self._take(message)

    def _take(self, message: Any) -> Any:
        if self._incident is None:
            return None
        match message:
            case MailArrived():
                self._work_through_mail()
            case Happened(event, update_id, token):
                self._done_by_somebody(event, update_id, token)
            case SurveyAgain():
                self._looked_for, self._idle_seconds = True, IDLE_SECONDS
                self._look()
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

    def _done_by_somebody(self, event: Event, update_id: int | None, token: str) -> None:
        try:
            self._happened(event, update_id=update_id, token=token)
        except Failure:
            raise
        except Exception as error:
            if update_id is None or not self._quarantine.put_aside(update_id, error):
                raise
            if press := press_of(event):
                answer_press(Answer(press, "broken"), self.tell)

    def _work_through_mail(self) -> None:
        """What merged incidents brought comes first: a body of their groups may have been accepted after it."""
        incidents, pending = self._store.incidents, self._store.merges.pending
        merges, mails = self._store.at_once(lambda: (pending(self._id), incidents.pending_mail(self._id)))
        for merge in merges:
            self._happened(TakeIn(merge), merges=(merge.merged_id,))
        for mail in incidents.pending_mail(self._id) if merges else mails:
            try:
                notification = parse(
                    mail.inbox.body,
                    received_at=mail.inbox.received_at,
                    cluster_label=self._cluster_label,
                    watchdogs=self._watchdogs,
                )
                if self._known.revision == 0:
                    metrics.received(self._id, mail.inbox.received_at)
                told = AlertsReceived(notification, home=mail.home, windows=self._windows())
                self._happened(told, mail=(mail.inbox.id,))
            except Failure:
                raise
            except Exception as error:
                # The third crash over one body puts it aside, so that what came after it is worked through.
                if self._store.inbox.failed(mail.inbox.id) < MOST_ATTEMPTS:
                    raise
                self._put_aside(mail.inbox.id, summary(error))

    def _windows(self) -> tuple[Window, ...]:
        """Only what begins is compared with them."""
        begins = not self._known.open or self._known.revision == 0
        return self._store.maintenance.standing(self._clock()) if begins else ()

    def _put_aside(self, inbox_id: int, problem: str) -> None:
        log.error("mail put aside", incident=self._id, inbox=inbox_id, problem=problem)
        detail = {"inbox": str(inbox_id), "problem": problem[:400]}
        entry = Entry(EntryType.QUARANTINED, SYSTEM, self._clock(), incident_id=self._id, detail=detail)
        self._store.incidents.apply(self._known, (entry,), mail_done=(inbox_id,), now=self._clock())
        tell_admins(self._store, self.tell, Notice("quarantined", detail))

    def _happened(
        self,
        event: Event,
        *,
        mail: tuple[int, ...] = (),
        merges: tuple[int, ...] = (),
        update_id: int | None = None,
        token: str = "",
        times: int = 1,
    ) -> None:
        before = self._known
        decision = decide(before, event, now=self._clock())
        try:
            problem = self._stored(decision, event, mail=mail, merges=merges, update_id=update_id, token=token)
            if problem == BEHIND and times < MOST_MERGES:
                self._work_through_mail()
                self._happened(event, update_id=update_id, token=token, times=times + 1)
                return
            if problem:
                self._refused(event, update_id, problem)
                return
        except Failure as failure:
            press = press_of(event)
            if press is None or not known_undone(failure):
                raise
            log.error("not_written_down", incident=self._id, update=update_id, problem=str(failure))
            self._say(Answer(press, "unwritten"), event)
            if update_id is not None:
                put_aside(self, self._store, update_id)
            return
        self._incident = decision.incident
        self._news_at = self._clock()
        tell_decided(before, decision, event, inbox=mail, update_id=update_id)
        self._announce(changed=decision.incident.revision != before.revision, event=event)
        for effect in decision.effects:
            match effect:
                case Look():
                    self._look()
                case Perform() | Follow() | LookUp():
                    self._runner.carry_out(effect)
                case Answer():
                    counted = any(entry.type is not EntryType.DENIED for entry in decision.entries)
                    answer_press(effect, self.tell, counted=counted)
                case CallForHelp(press, target):
                    call_for_help(self._id, press.by, self._store, self.tell, target)
                case Call():
                    call_next(decision.incident, self._store, self.tell)
                case StopCalling():
                    stop_calling(self._id, self.tell)
                case Settle():
                    self._settle_later()
                case TellHolder():
                    tell_holder(self._known, self.tell)
                case WarnOfEnd(silence):
                    warn_of_end(self._id, silence.key, self._store, self.tell)
                case SendOver(to):
                    self.tell(incident_address(to), MailArrived())
                case _:
                    self._silencer.carry_out(effect)

    def _stored(
        self,
        decision: Decision,
        event: Event,
        *,
        mail: tuple[int, ...],
        merges: tuple[int, ...],
        update_id: int | None,
        token: str,
    ) -> str:
        """Empty once it is stored; else why it is not, and nothing is."""
        before, now = self._known, self._clock()
        if isinstance(event, MergeInto) and decision.incident.merged_into != before.merged_into:
            return self._store.merges.merge(
                before, decision.incident, decision.entries, by=event.press.by, update_id=update_id, now=now
            )
        stored = self._store.incidents.apply(
            decision.incident,
            decision.entries,
            before=before,
            mail_done=mail,
            merges_done=merges,
            update_id=update_id,
            token=token or None,
            used_by=decision.entries[0].subject.id if decision.entries else "",
            trials=lessons(before, decision.incident),
            now=now,
        )
        return "" if stored else USED

    def _settle_later(self) -> None:
        """A second early would be for nothing, as nothing comes after it."""
        self.later(settle_in(self._known, self._clock()).total_seconds() + 1, Happened(Settled()))

    def _refused(self, event: Event, update_id: int | None, why: str) -> None:
        """What else is stored does not let it be: the one-time button was used up, or the other incident has ended."""
        press = press_of(event)
        if press is not None:
            entries = asked_how((refused(self._known, event, press, why, now=self._clock()),), press)
            self._store.incidents.apply(
                self._known, entries, before=self._known, update_id=update_id, now=self._clock()
            )
            told = {"into": str(event.into)} if isinstance(event, MergeInto) else {}
            self._say(Answer(press, why, told), event)

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
            self.tell(chat_address(chat_id), IncidentChanged(self._id, self._known.revision))

    def _look(self) -> None:
        if self._surveying:
            return
        clues = clues_of(episode.alert.labels for episode in self._known.firing or self._known.episodes)
        self._surveying = True
        self.tell(POOL, Submit(TakeSurvey(clues), self.address, SURVEY))

    def _work_done(self, tag: Any, result: object) -> None:
        if isinstance(result, Survey):
            self._surveyed(result)
        elif not self._runner.done(tag, result):
            self._silencer.done(tag, result)

    def _work_failed(self, tag: Any, reason: str, detail: str, *, temporary: bool) -> None:
        if tag == SURVEY:
            self._surveyed(Survey(self._clock(), problem=reason, problem_detail=detail, retry=temporary))
        elif not self._runner.failed(tag, reason, detail, temporary=temporary):
            self._silencer.failed(tag, reason, detail, temporary=temporary)

    def _surveyed(self, survey: Survey) -> None:
        """A look is not news: it must not keep the actor awake."""
        self._surveying = False
        news_at = self._news_at
        self._happened(Surveyed(survey))
        self._news_at = news_at
        if self._survey_timer:
            self._survey_timer.cancel()
        if self._known.open and (self._looked_for or not self._store.storms.holds(self._id)):
            seconds = SURVEY_RETRY_SECONDS if survey.problem and survey.retry else SURVEY_SECONDS
            self._survey_timer = self.later(seconds, SurveyAgain())

    def _rest_if_idle(self) -> None:
        incident = self._known
        busy = self._runner.busy or self._silencer.busy or self._surveying
        unseen = incident.open and incident.survey is not None and incident.survey.retry
        busy = busy or incident.flapping.owes
        if busy or unseen or (self._clock() - self._news_at).total_seconds() < self._idle_seconds:
            self.later(self._idle_seconds / 2, RestIfIdle())
        else:
            self.passivate()

    @property
    def _known(self) -> Incident:
        assert self._incident is not None
        return self._incident
