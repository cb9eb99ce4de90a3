"""Changes of the cluster, in the same two steps as in the chat: what there is, what it would do, and then do it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from chatops.actors.addresses import POOL, chat_address
from chatops.actors.api.desk import Desk
from chatops.actors.api.looking import ObjectQuery
from chatops.actors.api.witnessed import Witnessed
from chatops.actors.chat_messages import ApprovalWanted
from chatops.actors.conversation.cluster_screens import needed
from chatops.actors.conversation.press_events import run_event
from chatops.actors.work import MakePreview
from chatops.core.access import needs
from chatops.core.actions import ACTIONS, CHOSEN, Preview
from chatops.core.applicable import View, applicable
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.choices import choices, picked
from chatops.core.incidents import Incident
from chatops.core.objects import ObjectView
from chatops.core.people import ChatKind, Sender
from chatops.core.presses import Refusal, judge
from chatops.core.resources import ObjectRef, PodView, WorkloadView
from chatops.core.safeguards import Safeguard, safeguard, typed_right
from chatops.core.screens.confirm import doing
from chatops.core.screens.toasts import toast
from chatops.core.shapes.acts import Offer, Offers, Previewed, offer, previewed
from chatops.core.shapes.incidents import Begun, row_of
from chatops.core.texts import mark
from chatops.core.updates import Tap
from chatops.web.caller import Caller
from chatops.web.operations import Operation, Request, refused

HERE = 0
"""The API as a chat, where buttons are offered: no chat of Telegram has this number."""

NO_ACTION = mark("There is no such action.")
ASKED_OTHERS = mark("Others who may act were asked to approve it.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An offer, with what was chosen where something had to be."""

    action: Annotated[str, Meta(max_length=60)]
    ref: ObjectRef
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`word`: where the preview asked for one."""

    word: Annotated[str, Meta(max_length=300)] = ""


class Changes:
    def __init__(self, desk: Desk, witnessed: Witnessed) -> None:
        self._desk = desk
        self._witnessed = witnessed

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "GET",
                "/incidents/{number}/offers",
                "What can be done to one of its objects.",
                self.offers,
                Offers,
                query=ObjectQuery,
                asks_others=True,
            ),
            Operation(
                "POST",
                "/incidents/{number}/preview",
                "Try a change without effect: what it would do, and the token that does it.",
                self.preview,
                Previewed,
                body=Chosen,
                asks_others=True,
            ),
            Operation(
                "POST",
                "/confirmations/{token}",
                "Do what was previewed, once.",
                self.confirm,
                Begun,
                body=Confirmed,
                status=202,
                asks_others=True,
            ),
        ]

    def offers(self, request: Request) -> Offers:
        caller, desk = request.by, self._desk
        incident = desk.incident(request.path["number"], caller)
        ref = request.query.ref
        wanted = needs(Verb.MORE, {}, ref=ref, incident_id=incident.id, incident=incident)
        desk.demand(caller, wanted, Verb.MORE, str(Verb.MORE), incident_id=incident.id, ref=ref)
        work = needed(Position(HERE, 0, Verb.MORE, incident.id, ref=ref), desk.clock())
        assert work is not None, "there is an object"
        view = desk.have(POOL, work, caller)
        if not isinstance(view, WorkloadView | PodView | ObjectView):
            return Offers(ref, ())
        may_act = caller.may_all(
            needs(Verb.CHOOSE, {}, ref=view.ref, incident_id=incident.id, incident=incident)
        ).allowed
        return Offers(view.ref, tuple(_offered(view, caller, desk.clock(), may_act=may_act)))

    def preview(self, request: Request) -> Previewed:
        caller, desk, asked = request.by, self._desk, request.body
        incident = desk.incident(request.path["number"], caller)
        action = ACTIONS.get(asked.action)
        if action is None or not action.changes:
            raise refused(404, "no_action", caller.tongue.plain(NO_ACTION))
        run = uuid.uuid4().hex
        params = {name: value[:300] for name, value in asked.params.items() if name in CHOSEN}
        args = {**params, "action": action.id, "run": run}
        wanted = needs(Verb.CHOOSE, args, ref=asked.ref, incident_id=incident.id, incident=incident)
        desk.demand(caller, wanted, Verb.CHOOSE, action.id, incident_id=incident.id, ref=asked.ref)
        position = Position(HERE, 0, Verb.CHOOSE, incident.id, args, asked.ref)
        work = needed(position, desk.clock())
        assert isinstance(work, MakePreview), "there is an object, and a change is chosen"
        result = self._witnessed.have(position, work, caller)
        assert isinstance(result, Preview), "a preview was asked for"
        return self._offer(result, run, incident, caller)

    def _offer(self, found: Preview, run: str, incident: Incident, caller: Caller) -> Previewed:
        """The button behind a token of its own; where a second person has to, they are asked in their chats."""
        desk, now = self._desk, self._desk.clock()
        guard = safeguard(found, desk.policy.protected)
        told = previewed(found, guard, caller.tongue, confirm=None, at=now)
        if found.refusal:
            return told
        if guard is Safeguard.SECOND:
            self._ask_others(found, run, incident, caller)
            return replace(told, cautions=(*told.cautions, caller.tongue.plain(ASKED_OTHERS)))
        button = doing(guard, found.plan, caller.tongue, by=caller.person, incident_id=incident.id, run_id=run)
        (token,) = desk.store.buttons.offer(HERE, None, [button], now)
        return replace(told, confirm=token)

    def _ask_others(self, found: Preview, run: str, incident: Incident, caller: Caller) -> None:
        store = self._desk.store
        chats = {*store.cards.audience(incident.id), *store.users.admin_ids()} - {caller.user.id}
        for chat_id in sorted(chats):
            self._desk.tell(chat_address(chat_id), ApprovalWanted(found, caller.person, incident.id, run))

    def confirm(self, request: Request) -> Begun:
        """The same judge as of a press; the word, where one is asked for, comes with it."""
        caller, desk = request.by, self._desk
        offered = desk.store.buttons.find(request.path["token"])
        incident = desk.store.incidents.get(offered.incident_id) if offered and offered.incident_id else None
        self._judge(offered, incident, request.body.word, caller)
        assert offered is not None
        assert incident is not None, "what is offered here is of an incident"
        run, ref = offered.args["run"], offered.ref
        wanted = needs(offered.verb, offered.args, ref=ref, incident_id=incident.id, incident=incident)
        desk.demand(caller, wanted, offered.verb, offered.args["action"], incident_id=incident.id, ref=ref)
        said = desk.press(caller, incident.id, lambda press: run_event(offered, press), offered.token)
        return Begun(said, run, row_of(desk.store.incidents.get(incident.id) or incident, caller.tongue))

    def _judge(self, offered: Offered | None, incident: Incident | None, word: str, caller: Caller) -> None:
        """Raises Refused, and says so in the log, where it does not count."""
        desk, sender = self._desk, Sender(caller.user.id, caller.user.name)
        token = offered.token if offered else ""
        tap = Tap(0, "", HERE, ChatKind.PRIVATE, "", 0, sender, token)
        refusal = judge(tap, offered, caller.user, now=desk.clock(), incident=incident)
        typed = offered is not None and "typed" in offered.args
        if refusal is None and typed and offered and offered.ref and not typed_right(word, offered.ref):
            refusal = Refusal("wrong_word", denied="wrong_word")
        if refusal is None:
            return
        what = offered.args.get("action", str(offered.verb)) if offered else "unknown"
        told = {"run": offered.args.get("run", "")} if offered else {}
        seen = incident is not None and caller.may_see(incident)
        desk.denied(caller, what, refusal.denied, incident_id=incident.id if seen and incident else None, detail=told)
        words = {"id": str(caller.user.id), "role": refusal.denied, "name": "?"}
        status = 404 if refusal.toast == "unknown" else 403 if refusal.toast in _FORBIDDEN else 409
        raise refused(status, refusal.toast, toast(refusal.toast, caller.tongue, words))


_FORBIDDEN = frozenset({"no_right", "out_of_scope", "admins_only", "not_yours", "elsewhere", "second_person"})


def _offered(view: View, caller: Caller, now: datetime, *, may_act: bool) -> Iterator[Offer]:
    for action in applicable(view, now):
        if action.changes and not may_act:
            continue
        if not picked(action.id):
            yield offer(action, view.ref, caller.tongue, {}, text="", now="")
            continue
        found = choices(action.id, view, {})
        for each in found.offered:
            if not each.partial:
                yield offer(action, view.ref, caller.tongue, each.params, text=each.text, now=found.now)
                continue
            for further in choices(action.id, view, each.params).offered:
                text = f"{each.text} {further.text}"
                yield offer(
                    action, view.ref, caller.tongue, {**each.params, **further.params}, text=text, now=found.now
                )
