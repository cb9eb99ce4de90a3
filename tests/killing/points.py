"""Where the service dies: named places between the first byte of a webhook and the last of what follows from it.

A point is a function of the service, before it is called or after it returned, in a story that leads there; or the
COMMIT of a kind of database job: *before* means all is written and not committed, *after* that it is on disk and
nobody who waits for it has heard so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chatops.actors.chat_messages import HelpWanted, UpdateArrived
from chatops.actors.messages import Happened
from chatops.actors.work import PerformPlan, WorkDone
from chatops.core.actions import Performed, Progress
from chatops.core.audit import EntryType
from chatops.core.incidents.events import RunAction, TakeIn
from chatops.core.outgoing import AnswerTap, EditMessage, Outgoing, SendMessage

Of = Callable[..., bool]
"""Which calls are meant, by what the function is given; for a job by the variables of its function, by name."""


def _every(*_: Any, **__: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Point:
    """`target` is `module:Class.function`, or `job` the method whose job is committed."""

    name: str
    story: str
    when: str
    target: str = ""
    job: str = ""
    of: Of = _every


def _second(kind: type) -> Of:
    return lambda _self, second, *_: isinstance(second, kind)


def _work(kind: type) -> Of:
    return lambda _self, message: isinstance(message, WorkDone) and isinstance(message.result, kind)


def _request(method: str, path: str, *, dry: bool = False) -> Of:
    """A request as urllib3 sends it."""

    def meant(_connection: Any, verb: str, url: str, *_: Any, **__: Any) -> bool:
        return verb == method and path in url and ("dryRun" in url) == dry

    return meant


def _reply(method: str, path: str, *, dry: bool = False) -> Of:
    """The answer to such a request."""

    def meant(connection: Any) -> bool:
        asked = connection._response_options
        return _request(method, path, dry=dry)(connection, asked.request_method, asked.request_url)

    return meant


def _toast(code: str) -> Of:
    return lambda answer, _tell, **_: answer.toast == code


def _entry(type: EntryType) -> Of:
    return lambda entries=(), **_: any(entry.type is type for entry in entries)


_ACTORS = "chatops.actors."
_SENT, _READ = "urllib3.connection:HTTPConnection.request", "urllib3.connection:HTTPConnection.getresponse"
_DELIVER = "chatops.telegram.client:Telegram.deliver"


def _around(story: str, name: str, target: str, of: Of = _every) -> Iterator[Point]:
    for when in ("before", "after"):
        yield Point(f"{when} {name}", story, when, target, of=of)


def _job(story: str, name: str, job: str, of: Of = _every) -> Iterator[Point]:
    for when in ("before", "after"):
        yield Point(f"{when} the commit of {name}", story, when, job=job, of=of)


def _stored(story: str, type: EntryType) -> Iterator[Point]:
    yield from _job(story, f"«{type}»", "Incidents.apply", _entry(type))


def _told(story: str, what: str, kind: type[Outgoing], method: str) -> Iterator[Point]:
    """A message on its way to Telegram."""
    yield Point(f"before {what} is sent", story, "before", _DELIVER, of=_second(kind))
    yield Point(f"{what} sent, no answer read", story, "after", _SENT, of=_request("POST", method))
    yield Point(f"{what} sent and answered", story, "after", _READ, of=_reply("POST", method))
    yield Point(f"{what} delivered, nobody told", story, "after", _DELIVER, of=_second(kind))


def _alert() -> Iterator[Point]:
    """From the first byte of a webhook to the card that shows it as it is."""
    story = "alert"
    yield Point("head of a webhook read", story, "after", "chatops.web.intake:Intake._judge")
    yield from _around(story, "a body goes through the gate", "chatops.actors.gate:Gate.begin")
    yield from _around(story, "a body is given to the database", "chatops.db.inbox:Inbox.put")
    yield from _job(story, "a body", "Inbox.put")
    yield Point("answer to a webhook made", story, "after", "chatops.web.intake:Intake._told")
    yield Point("answer to a webhook given to the socket", story, "after", "chatops.web.channel:Channel.answer")
    yield from _around(story, "bodies are looked at", _ACTORS + "webhook:WebhookActor._route_waiting")
    yield from _job(story, "an opening", "Inbox.open_new")
    yield from _around(story, "a body is routed", _ACTORS + "webhook:WebhookActor._route")
    yield from _job(story, "a route", "Inbox.route")
    yield Point("incident actor begins", story, "before", _ACTORS + "incident:IncidentActor.setup")
    yield from _around(story, "the mail is worked through", _ACTORS + "mailbag:Mailbag.work_through")
    for type in (EntryType.ALERTS_CHANGED, EntryType.ALERTS_RESOLVED):
        yield from _stored(story, type)
    yield from _around(story, "the chats are told", _ACTORS + "incident:IncidentActor._announce")
    yield from _around(story, "a card is drawn", _ACTORS + "conversation.backlog:Backlog.draw_next")
    yield from _job(story, "the buttons on offer", "Buttons.offer")
    yield Point("a card given to the pace", story, "after", _ACTORS + "conversation.shelf:Shelf.send_card")
    yield from _told(story, "a message", SendMessage, "sendMessage")
    yield Point("before a delivery is told", story, "before", _ACTORS + "telegram:TelegramActor._ended")
    yield from _around(story, "the books of a message", _ACTORS + "conversation.shelf:Shelf.arrived")
    yield from _job(story, "what arrived", "Shelf.arrived")
    yield from _around(story, "a survey", "chatops.cluster:Cluster.survey")
    yield Point("cluster asked, no answer read", story, "after", _SENT, of=_request("GET", "/deployments/checkout"))
    yield from _around(story, "a survey is judged", _ACTORS + "lookout:Lookout._surveyed")
    yield from _told(story, "an edit", EditMessage, "editMessageText")


def _action() -> Iterator[Point]:
    """From a tap to a change of the cluster and its outcome."""
    story = "action"
    yield Point("updates got, not stored", story, "before", _ACTORS + "arrivals:Arrivals.keep")
    yield from _job(story, "an update", "Updates.store")
    yield Point("updates stored and told", story, "after", _ACTORS + "arrivals:Arrivals.keep")
    yield Point(
        "before an update is heard", story, "before", _ACTORS + "chat:ChatActor.receive", of=_second(UpdateArrived)
    )
    yield from _around(story, "a tap is judged", _ACTORS + "conversation.taps:Taps.pressed")
    yield from _around(story, "a button is followed", _ACTORS + "conversation.drilldown:Drilldown.follow")
    yield from _job(story, "an update that is done", "Updates.done_soon")
    yield from _told(story, "a toast", AnswerTap, "answerCallbackQuery")
    yield from _around(story, "a preview", "chatops.cluster:Cluster.preview")
    yield Point("dry run sent, no answer read", story, "after", _SENT, of=_request("PATCH", "/checkout", dry=True))
    yield from _around(story, "a preview is drawn", _ACTORS + "conversation.drilldown:Drilldown.answered")
    yield Point(
        "before a confirm reaches its incident",
        story,
        "before",
        _ACTORS + "incident:IncidentActor.receive",
        of=lambda _self, message: isinstance(message, Happened) and isinstance(message.event, RunAction),
    )
    yield from _around(story, "the card waits for a press", _ACTORS + "conversation.cards:Reconciler.show_next")
    for type in (EntryType.ACTION_REQUESTED, EntryType.ACTION_PERFORMED, EntryType.ACTION_FINISHED):
        yield from _stored(story, type)
    yield Point(
        "before a plan is queued",
        story,
        "before",
        _ACTORS + "pool:PoolActor._on_submit",
        of=lambda _self, submit: isinstance(submit.work, PerformPlan),
    )
    yield Point(
        "before an executor begins", story, "before", _ACTORS + "executor:ExecutorActor.work", of=_second(PerformPlan)
    )
    yield from _around(story, "a plan is performed", "chatops.cluster:Cluster.perform")
    yield Point("before a patch is sent", story, "before", _SENT, of=_request("PATCH", "/checkout"))
    yield Point("patch sent, no answer read", story, "after", _SENT, of=_request("PATCH", "/checkout"))
    yield Point("patch sent and answered", story, "after", _READ, of=_reply("PATCH", "/checkout"))
    yield Point(
        "before what was performed is heard",
        story,
        "before",
        _ACTORS + "incident:IncidentActor.receive",
        of=_work(Performed),
    )
    yield from _around(story, "a run is followed", "chatops.cluster:Cluster.follow")
    yield Point(
        "before progress is heard", story, "before", _ACTORS + "incident:IncidentActor.receive", of=_work(Progress)
    )


def _hands() -> Iterator[Point]:
    """What people do with an incident itself."""
    story = "hands"
    for type in (EntryType.ACKNOWLEDGED, EntryType.NOTED, EntryType.ESCALATED, EntryType.RESOLVED):
        yield from _stored(story, type)
    yield from _around(story, "a press is answered", _ACTORS + "incident:answer_press")
    yield from _around(story, "a note is taken", _ACTORS + "conversation.notes:Notes.take")
    yield from _around(story, "help is called for", _ACTORS + "calling:Caller._call_for_help")
    yield Point(
        "before a call for help is written", story, "before", _ACTORS + "chat:ChatActor.receive", of=_second(HelpWanted)
    )


def _merge() -> Iterator[Point]:
    """Two incidents made one: the merged one closed, and what it brought taken in by the other."""
    story = "merge"
    yield from _job(story, "a merge", "Merges.merge")
    yield Point("merged, the other not told", story, "before", _ACTORS + "incident:answer_press", of=_toast("merged"))
    yield Point(
        "before the other takes it in",
        story,
        "before",
        _ACTORS + "incident:IncidentActor._happened",
        of=lambda _self, event, **_: isinstance(event, TakeIn),
    )
    yield from _stored(story, EntryType.MERGED_IN)


def _silence() -> Iterator[Point]:
    """A silence asked for, made, and lifted."""
    story = "silence"
    yield from _around(story, "the matched alerts are counted", "chatops.upstream.door:UpstreamDoor.counted")
    for type in (EntryType.SILENCE_REQUESTED, EntryType.SILENCED, EntryType.UNSILENCED):
        yield from _stored(story, type)
    yield from _around(story, "a silence is made", "chatops.upstream.door:UpstreamDoor.make_silence")
    yield Point("silence sent, no answer read", story, "after", _SENT, of=_request("POST", "/api/v2/silences"))
    yield Point("silence sent and answered", story, "after", _READ, of=_reply("POST", "/api/v2/silences"))
    yield from _around(story, "a silence is lifted", "chatops.upstream.door:UpstreamDoor.expire_silence")
    yield Point("lift sent, no answer read", story, "after", _SENT, of=_request("DELETE", "/api/v2/silence/"))


def _people() -> Iterator[Point]:
    """Somebody is invited, comes, and is disabled; a link signs a browser in; a chat wants nothing more."""
    story = "people"
    yield from _job(story, "an invitation", "Invites.add")
    yield from _job(story, "an invitation taken", "Invites.redeem")
    yield from _job(story, "a decision on a person", "Users.change")
    yield from _job(story, "a login link", "Logins.make")
    yield from _job(story, "a chat", "Chats.put")
    yield from _job(story, "a refusal", "AuditLog.append", _entry(EntryType.DENIED))
    yield from _around(story, "an invitation is made", _ACTORS + "conversation.admission:Admission._invite")
    yield from _around(story, "a command is obeyed", _ACTORS + "conversation.hearing:Hearing._obey")


def _tidying() -> Iterator[Point]:
    """A start on a file with a past: what is introduced, attested and forgotten."""
    story = "tidying"
    yield from _job(story, "an admin of the settings", "Users.put")
    yield from _job(story, "a chat of the settings", "Chats.put")
    yield from _job(story, "what the audit chat was told", "Settings.set")
    for noun in ("Updates", "Inbox", "Buttons", "Positions"):
        yield from _job(story, f"forgotten {noun.lower()}", f"{noun}.prune")


def _upgrade() -> Iterator[Point]:
    """P7: a start on the file of an older version, which brings it up to date."""
    story, module = "upgrade", "chatops.db.migrating:"
    yield from _around(story, "the file is migrated", module + "_apply")
    yield Point("yoyo's own tables looked after", story, "after", module + "_Sqlite.ensure_internal_schema_updated")
    yield from _around(story, "one migration", module + "_apply_one")
    yield from _around(story, "a statement of one", "yoyo.migrations:MigrationStep.apply")
    yield from _around(story, "one is marked", module + "_Sqlite.mark_one")
    yield from _around(story, "the commit of one", module + "_Sqlite.commit")


def _named() -> dict[str, Point]:
    points = [*_alert(), *_action(), *_hands(), *_merge(), *_silence(), *_people(), *_tidying(), *_upgrade()]
    named = {f"{point.story}: {point.name}": point for point in points}
    assert len(named) == len(points), "two points of one name"
    return named


POINTS = _named()
"""By story and name."""
