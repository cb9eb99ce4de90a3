"""Screens that the database alone can draw, by position. Delivers nothing."""

from datetime import datetime

from chatops.actors.conversation import reviews
from chatops.actors.conversation.reader import actable_by, readable_by
from chatops.core.absence import away
from chatops.core.access import INTO, may_hold
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position, number
from chatops.core.durations import durations_of
from chatops.core.incidents import Incident
from chatops.core.incidents.likeness import alike_first
from chatops.core.log_asks import LogAsk
from chatops.core.people import User
from chatops.core.policy import Policy
from chatops.core.remedies import Advice, experience_of
from chatops.core.screens import (
    handing,
    hindsight,
    incident_acts,
    lists,
    logs,
    merging,
    rejecting,
    resources,
    silences,
    similar,
    storm,
    timeline,
    welcome,
)
from chatops.core.screens.base import Screen, pages_of
from chatops.core.screens.card import card
from chatops.core.screens.mini_app import beside
from chatops.core.texts import Tongue
from chatops.db.places import Readable
from chatops.db.store import Store


def drawn(
    position: Position,
    incident: Incident | None,
    store: Store,
    tongue: Tongue,
    *,
    now: datetime,
    policy: Policy,
    user: User | None = None,
    bot: str = "",
    door: Button | None = None,
) -> Screen | None:
    """The screen at `position`; None where the incident is gone.

    Lists hold what `user` may read, whoever else sees the chat. `bot`: see `card`; `door`: its way into the Mini App.
    """
    readable = readable_by(user)
    page = number(position.args.get("page"))
    match position.screen:
        case Verb.INCIDENTS:
            return _open_incidents(position, store, tongue, readable)
        case Verb.HISTORY:
            total, shown = store.pages.closed(*lists.page_bounds(page), readable)
            return lists.history(shown, tongue, total=total, page=page)
        case Verb.STATISTICS:
            return reviews.drawn(position, store, tongue, now=now, policy=policy, readable=readable)
        case Verb.SILENCES | Verb.SILENCE_ONE:
            return silences.not_configured(tongue)
        case Verb.STORM | Verb.STORM_ALL | Verb.STORM_PLACES:
            return _storm(position, store, tongue, readable)
        case Verb.HELP:
            return welcome.help_screen(tongue, app=bool(policy.app.address))
        case Verb.SEARCH if position.ref:
            return logs.ask_search(position.ref, LogAsk.of(position.args), tongue, incident_id=position.incident_id)
        case _ if incident is None:
            return None
        case Verb.RESOURCES:
            return resources.resources(incident, tongue, page=page)
        case Verb.ASK_REJECT:
            return rejecting.ask_reason(incident, tongue)
        case Verb.ASK_HAND_OVER:
            able = [each for each in store.users.all() if may_hold(each, incident)]
            return handing.choose_holder(incident, able, tongue, page=page)
        case Verb.ASK_MERGE:
            found = alike_first(incident, store.merges.near(incident, actable_by(user)))
            return merging.choose(incident, found, tongue, page=page)
        case Verb.PICK_MERGE:
            return merging.ask(incident, other_of(position.args, store), tongue, by=user, now=now)
        case Verb.ASK_REOPEN:
            return hindsight.ask_reopen(incident, tongue, by=user)
        case Verb.TIMELINE:
            return _timeline(incident, store, tongue, position)
        case Verb.REPORT if position.args.get("report") == "similar":
            return similar.similar(incident, store.past.alike(incident), tongue)
        case _:
            alike = store.past.alike_before(incident, days=7)
            others = incident.open and not store.merges.alone(incident.id)
            acts = beside(incident_acts.rows(incident, tongue, policy.outside, alike=alike, others=others), door)
            advice = advice_for(incident, store, policy, now)
            was_away = away(position.args, now)
            return card(incident, tongue, now=now, alike=alike, advice=advice, acts=acts, was_away=was_away, bot=bot)


def _open_incidents(position: Position, store: Store, tongue: Tongue, readable: Readable) -> Screen:
    """In a group what its routes take, unless all are asked for."""
    page, group = number(position.args.get("page")), position.chat_id < 0
    is_all = lists.ALL in position.args
    narrow = group and not is_all and bool(store.routes.of(position.chat_id).routes)
    routed_to = position.chat_id if narrow else None
    total, shown = store.pages.open(*lists.page_bounds(page), readable, routed_to=routed_to)
    everything = store.pages.open(0, 1, readable)[0] if narrow else total
    last = _last_end(store, readable)
    return lists.open_incidents(
        shown, tongue, total=total, page=page, last=last, elsewhere=everything - total, is_all=is_all
    )


def _storm(position: Position, store: Store, tongue: Tongue, readable: Readable) -> Screen | None:
    """A digest's lists hold what whoever asked may read."""
    known = store.storms.get(number(position.args.get("storm")))
    if known is None or known.chat_id != position.chat_id:
        return None
    members = [each for each in store.storms.members(known.id) if readable(each.cluster, each.namespace)]
    if position.screen is Verb.STORM_PLACES:
        return storm.places_list(known, members, tongue)
    page, place = number(position.args.get("page")), position.args.get("place")
    return storm.members_list(known, members, tongue, page=page, place=place)


def _timeline(incident: Incident, store: Store, tongue: Tongue, position: Position) -> Screen:
    """Without a page asked for, the newest one."""
    lines = store.audit.for_incident(incident.id)
    took = durations_of(incident, (line.entry for line in lines))
    entries = [line for line in lines if timeline.telling(line.entry)]
    pages = pages_of(len(entries), timeline.PER_PAGE)
    page = min(max(number(position.args.get("page"), pages - 1), 0), pages - 1)
    shown = entries[page * timeline.PER_PAGE : (page + 1) * timeline.PER_PAGE]
    return timeline.timeline(incident.id, shown, tongue, page=page, pages=pages, took=took)


def _last_end(store: Store, readable: Readable) -> datetime | None:
    _, newest = store.pages.closed(0, 1, readable)
    return newest[0].closed_at if newest else None


def advice_for(incident: Incident, store: Store, policy: Policy, now: datetime) -> Advice:
    lead = incident.lead
    trials = store.trials.of(lead.name, now) if lead and incident.open else ()
    return Advice(experience_of(trials, now), policy.rules)


def other_of(args: dict[str, str], store: Store) -> Incident | None:
    """The other incident that a button is about, as it is stored now."""
    text = args.get(INTO, "")
    return store.incidents.get(int(text)) if text.isdecimal() and len(text) < 19 else None
