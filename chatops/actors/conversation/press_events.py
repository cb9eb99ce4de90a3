"""What a button asks of its incident, as an event of it. It reads the button alone and neither stores nor tells."""

import uuid
from datetime import datetime

from chatops.core.access import INTO
from chatops.core.actions import Plan
from chatops.core.buttons import Offered, Verb
from chatops.core.incidents import Event, Person, Press
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
from chatops.core.screens.confirm import asker_of, plan_of
from chatops.core.screens.rejecting import REASONS
from chatops.core.screens.silence import seen_end
from chatops.core.screens.silence_picker import wanted
from chatops.core.silences import read
from chatops.core.texts import Tongue


def event_of(offered: Offered, press: Press, speaks: Tongue, now: datetime) -> Event | None:
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


def run_event(offered: Offered, press: Press) -> RunAction:
    """The action behind a confirm: tapped, approved by a second person, or typed."""
    assert offered.ref
    action, params, version = plan_of(offered.args)
    plan = Plan(action, offered.ref, version, params)
    return RunAction(press, offered.args["run"], plan, asked_by=asker_of(offered.args))
