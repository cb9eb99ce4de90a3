"""What a pressed button does: refused with a reason, handed to its incident, or followed down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from msgspec import structs

from chatops.actors.addresses import TELEGRAM, Address, incident_address
from chatops.actors.conversation.admission import Admission, decides
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.chat_desk import ChatDesk
from chatops.actors.conversation.denied_presses import DeniedPresses
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.duty_desk import DutyDesk
from chatops.actors.conversation.maintenance_desk import MaintenanceDesk
from chatops.actors.conversation.press_events import event_of
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.routes_desk import RoutesDesk
from chatops.actors.conversation.silences import OthersSilences
from chatops.actors.conversation.stored_screens import other_of
from chatops.actors.conversation.storms import Storms
from chatops.actors.messages import Happened
from chatops.actors.roster import roster_now
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import done_with
from chatops.core.absence import Absence, note_of
from chatops.core.access import may_hold, may_see
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.incidents import Event, Incident, Person, Press
from chatops.core.incidents.events import Escalate
from chatops.core.oncall import NOBODY, Roster, chain_at
from chatops.core.outgoing import AnswerTap, Ephemeral, Lane
from chatops.core.people import User
from chatops.core.presses import Refusal, judge
from chatops.core.screens.confirm import asker_of
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Tap
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
        denials: DeniedPresses,
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
        self._denials = denials

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
        event = self._with_chain(event_of(offered, press, speaks, self._clock()), offered.incident_id)
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
        self._denials.write(tap, offered, "cannot_have_it")
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

    def _refuse(
        self,
        tap: Tap,
        offered: Offered | None,
        refusal: Refusal,
        user: User | None,
        speaks: Tongue,
        note: dict[str, str],
    ) -> None:
        self._denials.write(tap, offered, refusal.denied)
        self._toast(tap, self._denials.words(refusal, offered, tap.sender, speaks))
        if refusal.stale and user:
            self._redraw(tap, offered, user, speaks, note)

    def _concerned(self, offered: Offered | None, user: User | None) -> tuple[Incident | None, User | None]:
        """The incident of the button and who chose what it approves, as they are stored now; nothing for a stranger."""
        if offered is None or user is None:
            return None, None
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        by = asker_of(offered.args) if offered.verb is Verb.APPROVE else None
        return incident, self._store.users.get(by.id) if by else None

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


def _about(tap: Tap, offered: Offered | None) -> dict[str, object]:
    """For the log: who pressed what, where."""
    told: dict[str, object] = {"by": tap.sender.id, "chat": tap.chat_id, "message": tap.message_id}
    if offered is None:
        return told
    named = {"incident": offered.incident_id} if offered.incident_id is not None else {}
    return {**told, **named, "verb": str(offered.verb)}
