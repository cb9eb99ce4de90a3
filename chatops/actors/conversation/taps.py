"""What a pressed button does: refused with a reason, handed to its incident, or followed down."""

import uuid
from collections.abc import Callable
from datetime import datetime

from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.views import Reader
from chatops.actors.messages import TELEGRAM, Address, Deliver, Happened, incident_address
from chatops.core.access import Right, may
from chatops.core.actions import Plan
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.incidents import Event, Person, Press
from chatops.core.incidents.events import (
    Escalate,
    Reject,
    Release,
    RequestSilence,
    Resolve,
    RunAction,
    StopAction,
    Take,
    Unsilence,
)
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.people import User
from chatops.core.presses import Refusal, judge
from chatops.core.safeguards import typed_right
from chatops.core.screens.confirm import asker_of, plan_of
from chatops.core.screens.rejecting import REASONS
from chatops.core.screens.silence import length_of
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store


class Taps:
    """Hands each press to whoever answers it; one that does not count is refused here, with a toast."""

    def __init__(
        self,
        drilldown: Drilldown,
        cards: Reconciler,
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._drilldown = drilldown
        self._cards = cards
        self._store = store
        self._clock = clock
        self._tell = tell

    def pressed(self, tap: Tap, user: User | None, speaks: Tongue) -> None:
        """`user` is who pressed, as far as we know them; `speaks` their language, for the toast."""
        offered = self._store.buttons.find(tap.data)
        refusal = judge(tap, offered, user, now=self._clock())
        if refusal or offered is None:
            self._refuse(tap, offered, refusal or Refusal("unknown", stale=True), user, speaks)
            self._store.updates.done(tap.update_id)
            return
        if offered.message_id is None:
            # The process ended between sending the message and writing down its id: this press tells it.
            self._store.buttons.bind((offered.token,), tap.message_id)
        person = Person(tap.sender.id, tap.sender.name)
        press = Press(person, tap.chat_id, tap.message_id, tap.callback_id, speaks.language)
        event = _event(offered, press, speaks)
        if event is not None and offered.incident_id is not None:
            token = offered.token if offered.verb in (Verb.CONFIRM, Verb.APPROVE) else ""
            self._cards.show_next(tap.message_id, offered.incident_id)
            self._tell(incident_address(offered.incident_id), Happened(event, tap.update_id, token))
            return
        self._toast(tap, toast(self._drilldown.follow(tap, offered, Reader(person, speaks)), speaks))
        self._store.updates.done(tap.update_id)

    def typed(self, text: TextMessage, user: User | None, speaks: Tongue) -> bool:
        """Whether this is the word that a confirm waits for; then it is handed to its incident as a press is."""
        if text.sender is None or not may(user, Right.ACT).allowed:
            return False
        waiting = self._store.buttons.waiting_for_word(text.chat_id, text.sender.id, self._clock())
        offered = next((each for each in waiting if each.ref and typed_right(text.text, each.ref)), None)
        if offered is None or offered.incident_id is None:
            return False
        message_id = offered.message_id or text.message_id
        press = Press(Person(text.sender.id, text.sender.name), text.chat_id, message_id, "", speaks.language)
        self._cards.show_next(message_id, offered.incident_id)
        event = run_event(offered, press)
        self._tell(incident_address(offered.incident_id), Happened(event, text.update_id, offered.token))
        return True

    def _refuse(self, tap: Tap, offered: Offered | None, refusal: Refusal, user: User | None, speaks: Tongue) -> None:
        if refusal.denied:
            self._note_denied(tap, offered if user else None, refusal)
        chooser = self._store.users.get(offered.for_user) if offered and offered.for_user else None
        role = speaks.plain(str(user.role)) if user else ""
        words = {"id": str(tap.sender.id), "role": role, "name": chooser.name if chooser else "?"}
        self._toast(tap, toast(refusal.toast, speaks, words))
        if refusal.stale and user:
            self._redraw(tap, offered, speaks)

    def _note_denied(self, tap: Tap, offered: Offered | None, refusal: Refusal) -> None:
        """Of a stranger's press only that it was one: what they pressed is not theirs to have named."""
        what = "unknown"
        if offered:
            what = offered.args.get("action") or offered.args.get("report") or str(offered.verb)
        entry = Entry(
            EntryType.DENIED,
            Person(tap.sender.id, tap.sender.name).subject,
            self._clock(),
            incident_id=offered.incident_id if offered else None,
            object=offered.ref if offered else None,
            chat_id=tap.chat_id,
            message_id=tap.message_id,
            detail={"what": what, "why": refusal.denied, **_aimed(offered)},
        )
        self._store.audit.append([entry])

    def _redraw(self, tap: Tap, offered: Offered | None, speaks: Tongue) -> None:
        """A button that no longer works: the message shows its incident as it is now, with fresh ones."""
        at = self._store.positions.get(tap.chat_id, tap.message_id)
        incident_id = offered.incident_id if offered else at.incident_id if at else None
        if incident_id is not None:
            wanted = Position(tap.chat_id, tap.message_id, Verb.CARD, incident_id)
            self._drilldown.go(wanted, tap, Reader(Person(tap.sender.id, tap.sender.name), speaks))

    def _toast(self, tap: Tap, text: str) -> None:
        self._tell(TELEGRAM, Deliver(AnswerTap(tap.callback_id, text), Lane.ANSWER))


def _aimed(offered: Offered | None) -> dict[str, str]:
    """Which run a denied confirm would have been, and the version of the object it was made for."""
    if offered is None or "run" not in offered.args:
        return {}
    told = {"run": offered.args["run"], "before_version": plan_of(offered.args)[2]}
    return {name: value for name, value in told.items() if value}


def run_event(offered: Offered, press: Press) -> RunAction:
    """The action behind a confirm: tapped, approved by a second person, or typed."""
    assert offered.ref
    action, params, version = plan_of(offered.args)
    plan = Plan(action, offered.ref, version, params)
    return RunAction(press, offered.args["run"], plan, asked_by=asker_of(offered.args))


def _event(offered: Offered, press: Press, speaks: Tongue) -> Event | None:
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
        case Verb.STOP:
            return StopAction(press)
        case Verb.DO_SILENCE:
            length, until_resolved = length_of(offered.args)
            return RequestSilence(press, uuid.uuid4().hex, length, until_resolved)
        case Verb.UNSILENCE:
            return Unsilence(press)
        case Verb.ESCALATE:
            return Escalate(press)
        case Verb.CONFIRM | Verb.APPROVE if offered.ref:
            return run_event(offered, press)
        case _:
            return None
