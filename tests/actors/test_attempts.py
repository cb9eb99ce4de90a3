"""A4: whoever presses whatever, wherever and whenever: one line of the audit log, allowed or denied, with all of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, time, timedelta
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.upstream_messages import CreateSilence
from chatops.actors.work import FollowPlan, MakePreview, PerformPlan, ProceedPlan, ReadReport
from chatops.core.access import ACTING, DECIDING, OF_DUTY, Right, right_for
from chatops.core.actions import Performed, Plan, Preview, Progress
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.oncall import Member, Roster, Rotation
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.resources import ObjectRef
from chatops.core.silences import SilencePlace
from tests.actors.house import ANNA, House
from tests.actors.scene import CHECKOUT, POD, body

GROUP, OTHER_GROUP = -100_500, -100_600
CARD, OTHER_MESSAGE = 7_000, 7_001
NODE = ObjectRef("Node", "worker-3", "", "uid-8")
OTHERS = ObjectRef("Silence", "theirs", "shop")
LATER = "2036-01-01T00:00:00+00:00"
ZOE = 1009
ROSTER = Roster(
    (Member(ANNA, "anna"),), {"primary": Rotation((Member(ANNA, "anna"),), 0, time(8), UTC, date(2026, 11, 23))}
)
SHARES = 6
"""Tests that divide the matrix among them, to run side by side."""

ROLES = {"viewer": 1101, "operator": 1102, "admin": 1103, "disabled": 1104, "stranger": 1105}
SITUATIONS = ("fresh", "used", "expired", "forgotten", "other person's", "other chat's", "other message's")


@dataclass(frozen=True)
class Kind:
    """A kind of button: what it is for, and the line that pressing it leaves where it is allowed."""

    verb: Verb
    allowed: EntryType | None
    args: dict[str, str] = field(default_factory=dict)
    ref: ObjectRef | None = None
    needs: str = ""
    """What has to be so of an incident of its own before."""

    @property
    def name(self) -> str:
        return "-".join([self.verb, *(self.args[each] for each in ("report", "what", "act") if each in self.args)])

    @property
    def what(self) -> str:
        named = (self.args.get(each) for each in ("action", "report", "act"))
        return next(filter(None, named), str(self.verb))


RUN = {"action": "rollout_undo", "revision": "42", "version": "77", "run": ""}
DIAGNOSTIC = {"report": "exec_diag", "container": "app", "command": "disk"}

KINDS = (
    Kind(Verb.TAKE, EntryType.ACKNOWLEDGED, needs="open"),
    Kind(Verb.RELEASE, EntryType.RELEASED, needs="taken"),
    Kind(Verb.RESOLVE, EntryType.RESOLVED, needs="open"),
    Kind(Verb.REJECT, EntryType.REJECTED, {"reason": "planned"}, needs="open"),
    Kind(Verb.HAND_OVER, EntryType.HANDED_OVER, {"user": "1103", "name": "@admin"}, needs="open"),
    Kind(Verb.REOPEN, EntryType.REOPENED, needs="closed"),
    Kind(Verb.JUDGE, EntryType.JUDGED, {"verdict": "noise"}, needs="closed"),
    Kind(Verb.MERGE, EntryType.MERGED, {"into": "1"}, needs="open"),
    Kind(Verb.DO_SILENCE, EntryType.SILENCE_REQUESTED, {"minutes": "60"}, needs="open"),
    Kind(Verb.UNSILENCE, EntryType.UNSILENCE_REQUESTED, needs="silenced"),
    Kind(Verb.EXTEND_SILENCE, EntryType.SILENCE_EXTEND_REQUESTED, {"key": "", "ends": LATER}, needs="silenced"),
    Kind(Verb.CHANGE_SILENCE, EntryType.UNSILENCE_REQUESTED, {"act": "end"}, OTHERS),
    Kind(Verb.CHANGE_SILENCE, EntryType.SILENCE_EXTEND_REQUESTED, {"act": "extend", "until": LATER}, OTHERS),
    Kind(Verb.ESCALATE, EntryType.ESCALATED, needs="open"),
    Kind(Verb.CHOOSE, EntryType.LOOKED, {"action": "rollout_undo", "revision": "42"}, CHECKOUT),
    Kind(Verb.CONFIRM, EntryType.ACTION_REQUESTED, RUN, CHECKOUT, needs="open"),
    Kind(Verb.APPROVE, EntryType.ACTION_REQUESTED, {**RUN, "by": str(ANNA)}, CHECKOUT, needs="open"),
    Kind(Verb.STOP, EntryType.ACTION_STOPPED, needs="draining"),
    Kind(Verb.LOGS, EntryType.LOOKED, {"container": "app"}, POD),
    Kind(Verb.LOG_FILE, EntryType.LOOKED, {"container": "app"}, POD),
    Kind(Verb.DESCRIBE, EntryType.LOOKED, {}, POD),
    Kind(Verb.DESCRIBE_FILE, EntryType.LOOKED, {}, POD),
    Kind(Verb.YAML_FILE, EntryType.LOOKED, {}, POD),
    Kind(Verb.REPORT, EntryType.LOOKED, DIAGNOSTIC, POD),
    Kind(Verb.REPORT_FILE, EntryType.LOOKED, DIAGNOSTIC, POD),
    Kind(Verb.DECIDE, EntryType.GRANTED, {"act": "give", "user": str(ZOE), "role": "viewer", "cluster": "*"}),
    Kind(Verb.DECIDE, EntryType.REVOKED, {"act": "revoke", "user": str(ZOE), "role": "viewer", "cluster": "*"}),
    Kind(Verb.DECIDE, EntryType.DISABLED, {"act": "disable", "user": str(ZOE)}),
    Kind(Verb.DECIDE, EntryType.ENABLED, {"act": "enable", "user": str(ZOE)}),
    Kind(Verb.GIVE, EntryType.INVITED, {"role": "admin", "what": "invitation"}),
    Kind(Verb.DO_COVER, EntryType.ON_CALL_CHANGED, {"rota": "primary", "user": str(ANNA), "until": "4000000000"}),
    Kind(
        Verb.SET_MAINTENANCE, EntryType.MAINTENANCE_SET, {"cluster": "*", "from": "1000000000", "until": "4000000000"}
    ),
    Kind(Verb.SET_ROUTES, EntryType.ROUTES_CHANGED, {"act": "quiet", "quiet": "22:00-08:00"}),
    Kind(Verb.SET_CHAT, EntryType.CHAT_CHANGED, {"set": "language", "to": "ru"}),
    # The way from screen to screen: walking it is no attempt at anything, unless it is refused.
    Kind(Verb.CARD, None),
    Kind(Verb.REFRESH, None),
    Kind(Verb.ASK_REJECT, None),
    Kind(Verb.ASK_HAND_OVER, None),
    Kind(Verb.ASK_REOPEN, None),
    Kind(Verb.ASK_MERGE, None),
    Kind(Verb.PICK_MERGE, None, {"into": "1"}),
    Kind(Verb.SILENCE, None),
    Kind(Verb.SILENCES, None),
    Kind(Verb.SILENCE_ONE, None, {"id": "theirs"}),
    Kind(Verb.RESOURCES, None),
    Kind(Verb.PODS, None, {}, CHECKOUT),
    Kind(Verb.POD, None, {}, POD),
    Kind(Verb.CONTAINERS, None, {}, POD),
    Kind(Verb.SEARCH, None, {}, POD),
    Kind(Verb.EVENTS, None, {}, POD),
    Kind(Verb.REPORT, None, {"report": "rollout_status"}, CHECKOUT),
    Kind(Verb.DIAGNOSE, None, {}, POD),
    Kind(Verb.MORE, None, {}, CHECKOUT),
    Kind(Verb.PICK, None, {"action": "scale"}, CHECKOUT),
    Kind(Verb.TIMELINE, None),
    Kind(Verb.POSTMORTEM, None),
    Kind(Verb.STATISTICS, None),
    Kind(Verb.STATISTICS_FILE, None, {"format": "csv"}),
    Kind(Verb.INCIDENTS, None),
    Kind(Verb.HISTORY, None),
    Kind(Verb.HELP, None),
    Kind(Verb.STORM, None, {"storm": "1"}),
    Kind(Verb.STORM_ALL, None, {"storm": "1"}),
    Kind(Verb.STORM_PLACES, None, {"storm": "1"}),
    # Of each incident it asks for, as a press on its card would; of a storm that is none, for nothing.
    Kind(Verb.TAKE_ALL, None, {"storm": "1"}),
    Kind(Verb.CALL, None),
    Kind(Verb.ONCALL, None),
    Kind(Verb.RELIEF, None, {"rota": "primary"}),
    Kind(Verb.COVER, None, {"rota": "primary", "span": "8"}),
    Kind(Verb.MAINTENANCE, None),
    Kind(Verb.ROUTES, None),
    Kind(Verb.CHAT, None),
    Kind(Verb.PEOPLE, None),
    Kind(Verb.PERSON, None, {"user": str(ZOE)}),
    Kind(Verb.GRANT, None, {"user": str(ZOE)}),
    Kind(Verb.SCOPE, None, {"user": str(ZOE), "role": "viewer"}),
    Kind(Verb.GIVE, None, {"user": str(ZOE), "role": "viewer", "cluster": "*"}),
    Kind(Verb.REVOKE, None, {"user": str(ZOE), "role": "viewer", "cluster": "*"}),
    Kind(Verb.DISABLE, None, {"user": str(ZOE)}),
    Kind(Verb.ENABLE, None, {"user": str(ZOE)}),
)


def test_a4_the_matrix_has_every_verb() -> None:
    """A4: a verb that is added has to say here what its press leaves behind."""
    assert {kind.verb for kind in KINDS} == set(Verb)
    walked = {kind.verb for kind in KINDS if kind.allowed is None}
    leading = {
        Verb.ASK_REJECT,
        Verb.ASK_HAND_OVER,
        Verb.ASK_REOPEN,
        Verb.ASK_MERGE,
        Verb.PICK_MERGE,
        Verb.SILENCE,
        Verb.DIAGNOSE,
        Verb.PICK,
        Verb.RELIEF,
        Verb.COVER,
    }
    assert walked & ACTING == leading
    assert walked & DECIDING == DECIDING - {Verb.DECIDE, Verb.SET_MAINTENANCE, Verb.SET_ROUTES, Verb.SET_CHAT}


def answer(work: Any) -> Any:
    """The cluster: a drain that never ends, everything else at once."""
    match work:
        case MakePreview(action, ref, params):
            return Preview(Plan(action, ref, "77", dict(params)))
        case PerformPlan(Plan(action="drain") as plan):
            return Performed(Plan("uncordon", plan.ref), "78")
        case PerformPlan(plan):
            return Performed(Plan("rollout_undo", plan.ref, "", {"revision": "43"}), "78")
        case FollowPlan():
            return Progress(5, 5, finished=True)
        case ProceedPlan() | ReadReport():
            return None
        case _:
            return None


class Street:
    """A house in which everybody stands before the same message of a group."""

    def __init__(self, built: House) -> None:
        self.house = built
        self.numbers = count(2)
        built.cluster.answer = answer
        built.upstream.answer = lambda work: SilencePlace("am-1", 0) if isinstance(work, CreateSilence) else None
        for name, number in ROLES.items():
            if name != "stranger":
                role = Role(name) if name in set(Role) else Role.ADMIN
                built.store.users.put(User(number, f"@{name}", everywhere(role), disabled=name == "disabled"))
        for chat in (GROUP, OTHER_GROUP):
            built.store.chats.put(Chat(chat, ChatKind.GROUP, "on-call"))
        built.store.chats.put(Chat(ANNA, ChatKind.PRIVATE))
        self.zoe()
        assert self.incident() == 1

    def zoe(self, *grants: Grant, disabled: bool = False) -> None:
        self.house.store.users.put(User(ZOE, "@zoe", grants or (Grant(Role.VIEWER),), disabled=disabled))

    def incident(self) -> int:
        """One more."""
        told = json.loads(body("firing_single"))
        number = len(self.house.store.incidents.active_ids()) + next(self.numbers)
        told["groupKey"] = f"{{}}:{{n={number}}}"
        for alert in told["alerts"]:
            alert["labels"]["n"] = str(number)
            alert["fingerprint"] = f"{number:016x}"
        known = set(self.house.store.incidents.active_ids())
        self.house.post_webhook(json.dumps(told).encode())
        store = self.house.store.incidents
        self.house.until(lambda: [n for n in set(store.active_ids()) - known if store.get(n).revision > 0])
        return max(set(store.active_ids()) - known)

    def prepared(self, needs: str) -> int:
        """An incident of which this is so, by Anna's hand."""
        number = self.incident()
        store = self.house.store.incidents
        match needs:
            case "taken":
                self.press(self.offer(Button("", Verb.TAKE, incident_id=number)), ANNA)
            case "closed":
                self.press(self.offer(Button("", Verb.RESOLVE, incident_id=number)), ANNA)
            case "silenced":
                self.press(self.offer(Button("", Verb.DO_SILENCE, {"minutes": "60"}, incident_id=number)), ANNA)
                self.house.until(lambda: store.get(number).silence.standing)
            case "draining":
                args = {"action": "drain", "version": "77", "run": f"drain-{number}"}
                self.press(self.offer(Button("", Verb.CONFIRM, args, NODE, number)), ANNA)
                self.house.until(lambda: store.get(number).run.undo)
        return number

    def offer(self, button: Button, chat: int = GROUP) -> str:
        (token,) = self.house.store.buttons.offer(chat, CARD, [button], self.house.clock())
        return token

    def press(self, token: str, user: int, *, chat: int = GROUP, message: int = CARD) -> str:
        # Nobody is too fast here.
        self.house.clock.move(seconds=2)
        return self.house.press_token(message, token, user=user, chat=chat)

    def lines(self, since: int, user: int) -> list[Entry]:
        """What this person is said to have done since this line. What came of it later was said in no chat."""
        after = [stored.entry for stored in self.house.store.audit.page(since, limit=1_000)]
        return [entry for entry in after if entry.subject.id == str(user) and entry.chat_id is not None]

    @property
    def newest(self) -> int:
        return self.house.store.audit.head()[0]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    built = House(tmp_path)
    built.policy = replace(built.policy, roster=ROSTER)
    built.start()
    try:
        yield Street(built)
    finally:
        built.close()


def why_not(kind: Kind, role: str, situation: str) -> str:
    """The reason of the refusal; empty where it counts."""
    may = {"viewer": {Right.READ}, "operator": {Right.READ, Right.ACT}, "admin": set(Right)}
    rules = [
        (role in ("disabled", "stranger"), role),
        (situation == "forgotten", "unknown_button"),
        (situation in ("other chat's", "other message's"), "foreign_button"),
        (right_for(kind.verb, kind.args) not in may.get(role, ()), role),
        (situation == "other person's", "not_theirs"),
        (situation == "used", "used"),
        (situation == "expired", "expired"),
    ]
    return next((why for applies, why in rules if applies), "")


@pytest.mark.parametrize("share", range(SHARES))
def test_a4_every_press_leaves_one_line(street: Street, share: int) -> None:
    """A4: verb by role by situation."""
    for kind, role, situation in product(KINDS[share::SHARES], ROLES, SITUATIONS):
        one_press(street, kind, role, situation)


def one_press(street: Street, kind: Kind, role: str, situation: str) -> None:
    user, why = ROLES[role], why_not(kind, role, situation)
    about_people = kind.verb in DECIDING | OF_DUTY
    number = street.prepared(kind.needs) if kind.needs and not why else 1
    run = f"run-{role}-{situation}-{kind.verb}"
    args = {**kind.args, **({"run": run} if "run" in kind.args else {})}
    silence = street.house.store.incidents.get(number).silence if kind.needs == "silenced" else None
    if silence is not None and "ends" in kind.args:
        args |= {"key": silence.key, "ends": silence.ends_at.isoformat()}
    grant = Grant(Role.VIEWER, "*", f"{situation[:4]}-{role}")
    if "cluster" in args:
        args["namespace"] = grant.namespace
    if about_people and not why:
        act = kind.args.get("act", kind.verb)
        street.zoe(*((grant,) if act == Verb.REVOKE else ()), disabled=act == Verb.ENABLE)
    button = Button(
        "x",
        kind.verb,
        args,
        kind.ref,
        None if about_people else number,
        for_user=ZOE if situation == "other person's" else None,
        once=situation == "used",
        # A press comes two seconds after the offer.
        lifetime=timedelta(seconds=1) if situation == "expired" else None,
    )
    token = offered(street, button, situation)
    before = street.newest
    chat = OTHER_GROUP if situation == "other chat's" else GROUP
    message = OTHER_MESSAGE if situation == "other message's" else CARD
    told = street.press(token, user, chat=chat, message=message)
    lines = street.lines(before, user)
    case = (kind.name, role, situation, told, lines)
    if not why and kind.allowed is None:
        assert lines == [], case
        return
    assert len(lines) == 1, case
    (line,) = lines
    assert (line.chat_id, line.message_id) == (chat, message), case
    assert line.type is (EntryType.DENIED if why else kind.allowed), case
    assert line.decision == ("denied" if why else "allowed")
    if why:
        assert line.detail["why"] == why, case
    if situation == "forgotten":
        return
    assert line.incident_id == (None if about_people else number), case
    expected_object = NODE if kind.verb is Verb.STOP and not why else kind.ref
    assert line.object == expected_object, case
    if why:
        assert (line.detail["what"], line.detail["verb"]) == (kind.what, kind.verb), case
    if "run" in kind.args:
        assert (line.detail["run"], line.detail["before_version"]) == (run, "77"), case
    elif not why and (kind.verb in (Verb.CHOOSE, Verb.STOP, Verb.UNSILENCE, Verb.DO_SILENCE) or "command" in args):
        assert line.detail["run"], case
    if kind.verb is Verb.STOP and not why:
        assert (line.detail["before_version"], line.detail["after_version"]) == ("77", "78"), case


def offered(street: Street, button: Button, situation: str) -> str:
    """A token in this situation."""
    if situation == "forgotten":
        return "A" * 20
    token = street.offer(button)
    if situation == "used":
        assert street.house.store.buttons.use(token, "somebody", street.house.clock())
    return token
