"""What a pressed button does: refused with a reason, handed to its incident, or followed down."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from msgspec import structs

from chatops.actors.addresses import TELEGRAM, Address, incident_address
from chatops.actors.answering import reply
from chatops.actors.conversation.admission import Admission, decides
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.chat_desk import ChatDesk
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.duty_desk import DutyDesk
from chatops.actors.conversation.maintenance_desk import MaintenanceDesk
from chatops.actors.conversation.routes_desk import RoutesDesk
from chatops.actors.conversation.silences import OthersSilences
from chatops.actors.conversation.storms import Storms
from chatops.actors.conversation.views import Reader, other_of
from chatops.actors.messages import Happened
from chatops.actors.roster import roster_now
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import done_with
from chatops.core.absence import Absence, note_of
from chatops.core.access import INTO, Need, known, may_all, may_hold, may_see, needs
from chatops.core.actions import Plan
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.incidents import Event, Incident, Person, Press
from chatops.core.incidents.events import (
    Escalate,
    ExtendSilence,
    HandOver,
    Judge,
    MergeInto,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    RunAction,
    StopAction,
    Take,
    Unsilence,
)
from chatops.core.incidents.hindsight import REAL
from chatops.core.oncall import NOBODY, Roster, chain_at
from chatops.core.outgoing import AnswerTap, Ephemeral, Lane
from chatops.core.people import ChatKind, Sender, User
from chatops.core.presses import LATE, Refusal, judge, missed, refused_as, word_for
from chatops.core.screens.confirm import asker_of, plan_of
from chatops.core.screens.rejecting import REASONS
from chatops.core.screens.silence import seen_end
from chatops.core.screens.silence_picker import wanted
from chatops.core.screens.toasts import toast
from chatops.core.silences import read
from chatops.core.texts import Tongue
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store

log = structlog.get_logger()


class Taps:
    """Hands each press to whoever answers it; one that does not count is refused here, with a toast."""

    def __init__(
        self,
        drilldown: Drilldown,
        cards: Reconciler,
        admission: Admission,
        silences: OthersSilences,
        storms: Storms,
        *,
        chat_desk: ChatDesk,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        roster: Roster = NOBODY,
    ) -> None:
        self._roster = roster
        duty = DutyDesk(drilldown, roster=roster, store=store, clock=clock, tell=tell)
        self._desks: dict[Verb, Callable[[Tap, Offered, Reader], str]] = {
            Verb.CHANGE_SILENCE: silences.change,
            Verb.DO_COVER: duty.decide,
            Verb.SET_ROUTES: RoutesDesk(drilldown, store=store, clock=clock, tell=tell).decide,
            Verb.SET_MAINTENANCE: MaintenanceDesk(drilldown, store=store, clock=clock).decide,
            Verb.SET_CHAT: chat_desk.decide,
        }
        self._drilldown = drilldown
        self._cards = cards
        self._admission = admission
        self._storms = storms
        self._store = store
        self._clock = clock
        self._tell = tell
        self._denials = Denials(store, clock=clock)

    def pressed(self, tap: Tap, user: User | None, speaks: Tongue, late: Absence | None = None) -> None:
        """`user` is who pressed, as far as we know them; `speaks` their language, for the toast."""
        tap = self._placed(tap)

        def looked_up() -> tuple[Offered | None, Incident | None, User | None, Incident | None]:
            offered = self._store.buttons.find(tap.data)
            incident, asker = self._concerned(offered, user)
            return offered, incident, asker, other_of(offered.args, self._store) if offered and user else None

        offered, incident, asker, other = self._store.at_once(looked_up)
        refusal = judge(
            tap, offered, user, now=self._clock(), incident=incident, other=other, asker=asker, late=late is not None
        )
        if refusal or offered is None:
            note = note_of(late) if late else {}
            refusal = refusal or Refusal("unknown", denied="unknown_button", stale=True)
            log.info("press refused", why=refusal.denied, **_about(tap, offered))
            self._refuse(tap, offered, refusal, user, speaks, note)
            done_with(tap, self._store, self._tell)
            return
        if offered.message_id is None:
            # The process ended between sending the message and writing down its id: this press tells it.
            self._store.buttons.bind((offered.token,), tap.message_id)
        log.info("pressed", **_about(tap, offered))
        person = Person(tap.sender.id, tap.sender.name)
        press = Press(person, tap.chat_id, tap.message_id, tap.callback_id, speaks.language)
        if offered.verb is Verb.HAND_OVER and self._cannot_have_it(tap, offered, incident, speaks):
            return
        event = self._with_chain(_event(offered, press, speaks, self._clock()), offered.incident_id)
        if event is not None and offered.incident_id is not None:
            token = offered.token if offered.verb in (Verb.CONFIRM, Verb.APPROVE) else ""
            self._cards.show_next(tap.message_id, offered.incident_id)
            self._tell(incident_address(offered.incident_id), Happened(event, tap.update_id, token))
            return
        self._toast(tap, self._answered(tap, offered, Reader(person, speaks, user)))
        done_with(tap, self._store, self._tell)

    def _placed(self, tap: Tap) -> Tap:
        """In the message that was pressed: one that only the presser sees is known by a number of our own."""
        if not tap.ephemeral_id:
            return tap
        shown = Ephemeral(tap.sender.id, tap.ephemeral_id)
        return replace(tap, message_id=self._store.shown_alone.pressed(tap.chat_id, shown, self._clock()))

    def _answered(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """The toast of a press that no incident answers: it is done, or followed down, here and now."""
        if offered.verb is Verb.TAKE_ALL:
            storm, speaks = int(offered.args["storm"]), reader.tongue
            asked = self._storms.take_all(storm, tap, reader.person, reader.user, speaks.language)
            return toast("taking_all" if asked else "nothing_to_take", speaks, {"number": str(asked)})
        desk = self._desks.get(offered.verb, self._drilldown.follow)
        answer = self._admission.decide if decides(offered) else desk
        return toast(answer(tap, offered, reader), reader.tongue)

    def _cannot_have_it(self, tap: Tap, offered: Offered, incident: Incident | None, speaks: Tongue) -> bool:
        """Whether who is to have the incident may not act on it; then nothing is done. It is asked at the press."""
        holder = self._store.users.get(int(offered.args["user"]))
        if holder is not None and may_hold(holder, incident):
            return False
        self._note_denied(tap, offered, "cannot_have_it")
        self._toast(tap, toast("cannot_have_it", speaks, {"name": offered.args["name"]}))
        done_with(tap, self._store, self._tell)
        return True

    def _with_chain(self, event: Event | None, incident_id: int | None) -> Event | None:
        """Whom a call for help would reach at this moment, by the chain that a chat's route names."""
        roster = self._roster
        if not isinstance(event, Escalate) or incident_id is None or not (roster.chain or roster.chains):
            return event
        now, named = self._clock(), self._store.routes.chain(incident_id)
        roster = roster_now(roster, self._store)
        return structs.replace(event, chain=chain_at(roster, self._store.covers.standing(now), now, named))

    def typed(self, text: TextMessage, user: User | None, speaks: Tongue) -> bool:
        """Whether this is the word that a confirm waits for; then it is handed to its incident as a press is.

        Who chose it may have lost the right since: it is decided anew, as for a press.
        """
        if text.sender is None:
            return False
        waiting = self._store.buttons.waiting_for_word(text.chat_id, text.sender.id, self._clock())
        offered = word_for(text, waiting)
        if offered is None or offered.incident_id is None:
            return self._missed(text, text.sender, user, speaks)
        verdict = may_all(user, self._needs(offered))
        if not verdict.allowed:
            self._note_denied(text, offered, verdict.reason)
            if known(user).allowed:
                refused = refused_as(offered.verb, offered.args, verdict.reason)
                self._reply(text, Refusal(refused, denied=verdict.reason), offered, speaks)
            done_with(text, self._store, self._tell)
            return True
        message_id = offered.message_id or text.message_id
        press = Press(Person(text.sender.id, text.sender.name), text.chat_id, message_id, "", speaks.language)
        self._cards.show_next(message_id, offered.incident_id)
        event = run_event(offered, press)
        self._tell(incident_address(offered.incident_id), Happened(event, text.update_id, offered.token))
        return True

    def _missed(self, text: TextMessage, sender: Sender, user: User | None, speaks: Tongue) -> bool:
        """Whether this is a word that did not count; then it was refused."""
        if text.text.startswith("/") or not text.text.strip():
            return False
        now = self._clock()
        asked = self._store.buttons.asked_for_word(text.chat_id, now - LATE)
        newest = self._store.positions.latest(text.chat_id) if asked and text.chat_kind is ChatKind.PRIVATE else None
        word = missed(text, asked, newest.message_id if newest else None, now=now)
        if word is None:
            return False
        somebody = known(user)
        self._denials.write_of_talk(
            text,
            _tried(word.offered),
            word.refusal.denied if somebody.allowed else somebody.reason,
            incident_id=word.offered.incident_id,
            ref=word.offered.ref,
            detail=_aimed(word.offered, None),
        )
        if somebody.allowed and not word.aside:
            self._reply(text, word.refusal, word.offered, speaks)
        done_with(text, self._store, self._tell)
        return True

    def _refuse(
        self,
        tap: Tap,
        offered: Offered | None,
        refusal: Refusal,
        user: User | None,
        speaks: Tongue,
        note: dict[str, str],
    ) -> None:
        self._note_denied(tap, offered, refusal.denied)
        self._toast(tap, self._words(refusal, offered, tap.sender, speaks))
        if refusal.stale and user:
            self._redraw(tap, offered, user, speaks, note)

    def _words(self, refusal: Refusal, offered: Offered | None, sender: Sender, speaks: Tongue) -> str:
        chooser = self._store.users.get(offered.for_user) if offered and offered.for_user else None
        words = {"id": str(sender.id), "role": refusal.denied, "name": chooser.name if chooser else "?"}
        return toast(refusal.toast, speaks, words)

    def _reply(self, text: TextMessage, refusal: Refusal, offered: Offered, speaks: Tongue) -> None:
        if text.sender is not None:
            words = self._words(refusal, offered, text.sender, speaks)
            reply(text.chat_id, text.message_id, words, self._tell)

    def _concerned(self, offered: Offered | None, user: User | None) -> tuple[Incident | None, User | None]:
        """The incident of the button and who chose what it approves, as they are stored now; nothing for a stranger."""
        if offered is None or user is None:
            return None, None
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        by = asker_of(offered.args) if offered.verb is Verb.APPROVE else None
        return incident, self._store.users.get(by.id) if by else None

    def _needs(self, offered: Offered) -> tuple[Need, ...]:
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        return needs(offered.verb, offered.args, ref=offered.ref, incident_id=offered.incident_id, incident=incident)

    def _note_denied(self, at: Tap | TextMessage, offered: Offered | None, why: str) -> None:
        if offered is None:
            self._denials.write(at, "unknown", why)
            return
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        run = incident.run if incident and offered.verb is Verb.STOP else None
        self._denials.write(
            at,
            _tried(offered),
            why,
            incident_id=offered.incident_id,
            ref=offered.ref or (run.plan.ref if run else None),
            detail=_aimed(offered, incident),
        )

    def _redraw(self, tap: Tap, offered: Offered | None, user: User, speaks: Tongue, note: dict[str, str]) -> None:
        """A button that no longer works: the message shows its incident as it is now, with fresh ones.

        To who may read it: a token that nobody offered must not lead to what its button would not.
        """
        at = self._store.positions.get(tap.chat_id, tap.message_id)
        incident_id = offered.incident_id if offered else at.incident_id if at else None
        if incident_id is not None and may_see(user, self._store.incidents.get(incident_id)):
            wanted = Position(tap.chat_id, tap.message_id, Verb.CARD, incident_id, note)
            self._drilldown.go(wanted, tap, Reader(Person(tap.sender.id, tap.sender.name), speaks, user))

    def _toast(self, tap: Tap, text: str) -> None:
        self._tell(TELEGRAM, Deliver(AnswerTap(tap.callback_id, text), Lane.ANSWER))


def _tried(offered: Offered) -> str:
    named = (offered.args.get(each) for each in ("action", "report", "act"))
    return next(filter(None, named), str(offered.verb))


def _aimed(offered: Offered, incident: Incident | None) -> dict[str, str]:
    """The verb; and the run or silence it is about, with the version of the object that was seen for it."""
    told = {"verb": str(offered.verb)}
    if "run" in offered.args:
        return {**told, "run": offered.args["run"], "before_version": plan_of(offered.args)[2]}
    if INTO in offered.args:
        return {**told, INTO: offered.args[INTO]}
    if offered.verb is Verb.STOP and incident and incident.run:
        return {**told, "run": incident.run.id, "before_version": incident.run.plan.resource_version}
    if offered.verb in (Verb.UNSILENCE, Verb.EXTEND_SILENCE) and incident and incident.silence:
        return {**told, "run": incident.silence.key, "silence": incident.silence.id}
    return told


def run_event(offered: Offered, press: Press) -> RunAction:
    """The action behind a confirm: tapped, approved by a second person, or typed."""
    assert offered.ref
    action, params, version = plan_of(offered.args)
    plan = Plan(action, offered.ref, version, params)
    return RunAction(press, offered.args["run"], plan, asked_by=asker_of(offered.args))


def _event(offered: Offered, press: Press, speaks: Tongue, now: datetime) -> Event | None:
    """What a button does to the incident itself; None for buttons that only lead somewhere."""
    match offered.verb:
        case Verb.TAKE:
            return Take(press)
        case Verb.RELEASE:
            return Release(press)
        case Verb.RESOLVE:
            return Resolve(press)
        case Verb.REJECT:
            reason = offered.args.get("reason", "")
            return Reject(press, speaks.plain(REASONS[reason]) if reason in REASONS else reason)
        case Verb.HAND_OVER:
            return HandOver(press, Person(int(offered.args["user"]), offered.args["name"]))
        case Verb.REOPEN:
            return Reopen(press)
        case Verb.JUDGE:
            return Judge(press, offered.args["verdict"] == REAL)
        case Verb.MERGE:
            return MergeInto(press, int(offered.args[INTO]))
        case Verb.STOP:
            return StopAction(press)
        case Verb.DO_SILENCE:
            length, until_resolved, ends_at = wanted(offered.args, now=now)
            what = read(offered.args.get("matchers", ""))
            scope = offered.args.get("scope", "")
            return RequestSilence(press, uuid.uuid4().hex, length, until_resolved, what, scope, ends_at)
        case Verb.EXTEND_SILENCE if seen := seen_end(offered.args):
            return ExtendSilence(press, *seen)
        case Verb.UNSILENCE:
            return Unsilence(press, offered.args.get("key", ""))
        case Verb.ESCALATE:
            return Escalate(press)
        case Verb.CONFIRM | Verb.APPROVE if offered.ref:
            return run_event(offered, press)
        case _:
            return None


def _about(tap: Tap, offered: Offered | None) -> dict[str, object]:
    """For the log: who pressed what, where."""
    told: dict[str, object] = {"by": tap.sender.id, "chat": tap.chat_id, "message": tap.message_id}
    if offered is None:
        return told
    named = {"incident": offered.incident_id} if offered.incident_id is not None else {}
    return {**told, **named, "verb": str(offered.verb)}
