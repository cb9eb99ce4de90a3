"""A database with something of everything, made as the service makes it, and everything that can be read from one."""

import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from chatops.core.actions import ActionState
from chatops.core.audit import ALERTMANAGER, Entry, EntryType, Subject
from chatops.core.audit_search import WantedLines
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card, Position
from chatops.core.chat_settings import Setting, Topic
from chatops.core.granting import Invite
from chatops.core.heartbeats import Heartbeat
from chatops.core.incidents import Incident, Person, Press, decide
from chatops.core.incidents.events import MergeInto, TakeIn
from chatops.core.listing import CLOSED, OPEN, Wanted
from chatops.core.maintenance import Window
from chatops.core.oncall import Cover, Member
from chatops.core.outgoing import Ephemeral
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from chatops.core.remedies import Trial
from chatops.core.resources import ObjectRef
from chatops.core.review import Span
from chatops.core.rota_calendar import Kept
from chatops.core.routes import ChatRules
from chatops.core.signing_in import Launch, Scope
from chatops.core.silences import Matcher, Silence
from chatops.core.storms import Cause
from chatops.db.store import Store

from .building import DEPLOYMENT, MINUTE, NOW, body, deliver, entry, run, told

HOSTILE = (
    *("\\", "\\N", "\\.", "a\\tb", "'", "''", '"', "a\tb\nc\r\nd\ve\ff\bg", "\x1b[2J", "\x01\x7f\x85\u2028", " ", ""),
    *("Ж🔥👨‍👩‍👧", "\ufffd\ud800\0", "e\u0301", '{"a": "\\u0000"}', "%s %(x)s ? ?1", "$1 $$ ${x}", "NULL", "-- ;"),
    "\\\\x00",
    "\U0010ffff",
    "x" * 20_000,
)
"""Text that an importer might trip over. Halves of surrogate pairs and NUL are cleaned where they are stored."""

GROUP, ANNA, OLEG = -100, Person(7, "@anna \\N '\"\t"), Person(8, "Олег\n🔥")
TIMES = (NOW, NOW + timedelta(microseconds=123_450), NOW + timedelta(days=40))


def fill(store: Store) -> dict[str, list[Any]]:
    """Put something into every table. What a reader has to know to ask for it: tokens."""
    store.chats.put(Chat(GROUP, ChatKind.GROUP, "\\N", subscribed=True), Chat(7, ChatKind.PRIVATE, subscribed=True))
    store.users.put(User(ANNA.id, ANNA.name, everywhere(Role.ADMIN)))
    store.users.put(User(OLEG.id, OLEG.name, frozenset({Grant(Role.VIEWER, "pro*", "\\N")}), disabled=True))
    store.audit.append([_line(number, text) for number, text in enumerate(HOSTILE)])
    _incidents(store)
    tokens = list(store.buttons.offer(GROUP, 10, [_button(text) for text in HOSTILE], NOW))
    store.buttons.use(tokens[0], "\\N", NOW)
    store.updates.store([(number, 7, text.encode("utf-8", "replace")) for number, text in enumerate(HOSTILE, 1)], NOW)
    store.updates.done(1, TIMES[1])
    store.updates.quarantine(2, "\\N\t", entry())
    for number, text in enumerate(HOSTILE):
        store.settings.set(f"hostile-{number}", text)
    return {"token": tokens, "text": _ways_in(store), "code": [store.logins.make(ANNA.id, NOW)]}


def _line(number: int, text: str) -> Entry:
    subject = (Subject.person(7, text), ALERTMANAGER, Subject("system", text, text))[number % 3]
    ref = ObjectRef("Pod", text, text, text, text) if number % 2 else None
    return Entry(
        EntryType.DENIED, subject, TIMES[number % 3], number % 4 or None, ref, -5, number, {"why": text, text: ""}
    )


def _button(text: str) -> Button:
    return Button("Do", Verb.CONFIRM, {"run": text}, DEPLOYMENT, 1, for_user=7, lifetime=MINUTE, once=bool(text))


def _incidents(store: Store) -> None:
    for number in range(12):
        told(store, body(f"g{number}", firing=[f"a{number}", f"b{number}"]), at=NOW + number * MINUTE)
        if number % 2:
            told(store, body(f"g{number}", resolved=[f"a{number}", f"b{number}"]), at=NOW + (number + 5) * MINUTE)
    for number, text in zip(itertools.cycle(store.incidents.active_ids()), HOSTILE, strict=False):
        _changed(
            store, number, title=text, cluster=text[:100], namespace=text[:100], group_labels={"l": text, text: "v"}
        )
    silence = Silence("key", (Matcher("a", HOSTILE[6]),), 7, ANNA.name, NOW, TIMES[2], until_resolved=True, id="am")
    _changed(store, 1, silence=silence, taken_by=ANNA, taken_at=TIMES[1], acknowledged_at=TIMES[1])
    _changed(store, 3, run=run("run-1", ActionState.SUCCEEDED))
    _changed(store, 5, run=run("run-2"), escalated_at=TIMES[1])
    before = _known(store, 7)
    merged = decide(before, MergeInto(Press(ANNA, GROUP, 10), 9), now=NOW)
    store.merges.merge(before, merged.incident, merged.entries, by=ANNA, now=NOW)
    before = _known(store, 9)
    (brought,) = store.merges.pending(9) or (None,)
    if brought:
        taken = decide(before, TakeIn(brought), now=NOW)
        store.incidents.apply(taken.incident, taken.entries, before=before, merges_done=(7,), now=NOW)
    _changed(store, 11, taken_by=OLEG)
    trials = [
        Trial(f"r{number}", "PodCrashLooping", text, NOW + number * MINUTE, bool(text))
        for number, text in enumerate(HOSTILE)
    ]
    store.incidents.apply(_known(store, 11), trials=trials, now=NOW)
    deliver(store, body("late", firing=["z"]))
    store.inbox.put(b"\x00\xff\\x00\n\\N", HOSTILE[4], TIMES[1]).result(10)
    store.inbox.quarantine(store.inbox.put(b"", "", NOW).result(10), HOSTILE[7])
    _around(store)


def _around(store: Store) -> None:
    store.cards.put(Card(GROUP, 1, 10, 1))
    store.cards.put(Card(7, 3, 11, 2), thread_id=4)
    store.cards.pinned(GROUP, 1, 10)
    store.positions.put(Position(GROUP, 10, Verb.LOGS, 1, {"container": HOSTILE[6]}, DEPLOYMENT, TIMES[1]))
    storm = store.storms.join(GROUP, [(5, (Cause("node", HOSTILE[6]),)), (9, ())], NOW)
    store.storms.seen(storm.id, 12, storm.wanted)
    store.heartbeats.put(Heartbeat("", "f", {"a": HOSTILE[1]}, TIMES[1], (1.5, 2.25)))
    store.calendars.put("days", Kept(HOSTILE[1], read_at=TIMES[1]))
    store.shown_alone.prune(TIMES[2])
    store.shown_alone.sent(GROUP, Ephemeral(7, 7001), NOW)
    store.topics.put(Topic(GROUP, 1, 4, HOSTILE[12]))
    store.asides.put(GROUP, 20, user_id=7, below=10, now=NOW)
    token = iter(
        store.buttons.offer(GROUP, 30, [Button("x", Verb.TAKE, {"n": str(n)}, once=True) for n in range(4)], NOW)
    )
    written: dict[str, Any] = {"by": "7", "now": NOW}
    store.covers.put(Cover(0, "days", Member(7, ANNA.name), NOW, TIMES[2]), entry(), token=next(token), **written)
    store.maintenance.put(
        Window(0, "prod", "*", NOW, TIMES[2], HOSTILE[6], "Anna"), entry(), token=next(token), **written
    )
    store.chat_settings.set(GROUP, Setting.PINS, "off", entry(), token=next(token), **written)
    store.chat_settings.refused(7, Setting.PINS, HOSTILE[1])
    store.routes.change(GROUP, lambda rules: ChatRules(zone=UTC), entry(), token=next(token), **written)


def _ways_in(store: Store) -> list[str]:
    invite = Invite(Grant(Role.VIEWER, "*", "*"), 7, HOSTILE[6], TIMES[2])
    store.invites.add("an-invitation", invite, entry())
    store.logins.use_launch(Launch(7, "", "", NOW, "f" * 64), NOW)
    store.logins.begin(7, NOW, entry())
    made = store.api_tokens.make(7, HOSTILE[6], Scope.READ, expires_at=TIMES[2], entry=entry())
    assert made is not None
    return [made[0], "an-invitation"]


def _known(store: Store, number: int) -> Incident:
    incident = store.incidents.get(number)
    assert incident is not None
    return incident


def _changed(store: Store, number: int, **fields: Any) -> None:
    before = _known(store, number)
    assert store.incidents.apply(replace(before, revision=before.revision + 1, **fields), before=before, now=NOW)


ALSO_READ = frozenset(
    {"incidents.get", "audit.iterate", "audit.verify", "storms.get", "storms.by_message", "storms.standing"}
)
"""What reads by way of another function."""


OWN = {"figures.read"}
"""What each database says of itself: its size."""


def everything_read(store: Store, tokens: dict[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    """What each function of the store that reads answers to all that it may be asked, by how it was asked."""
    known = _askable(store, tokens)
    for noun, found in vars(store).items():
        for name, function in inspect.getmembers(found, inspect.ismethod):
            if (
                f"{noun}.{name}" in OWN
                or name.startswith("_")
                or not (_reads(function) or f"{noun}.{name}" in ALSO_READ)
            ):
                continue
            needed = [
                each.name for each in inspect.signature(function).parameters.values() if each.default is each.empty
            ]
            values = [known.get(f"{noun}.{name}.{each}") or known[each] for each in needed]
            for number, asked in enumerate(itertools.product(*values)):
                answer = function(**dict(zip(needed, asked, strict=True)))
                yield f"{noun}.{name} {number}", list(answer) if inspect.isgenerator(answer) else answer


def _reads(function: Callable[..., Any]) -> bool:
    source = inspect.getsource(function)
    return "_database.read(" in source and "write(" not in source


def _askable(store: Store, tokens: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Values of parameters by their names."""
    numbers = list(range(15))
    texts = ["", "shop", "crash", "a1", "podcrash", "\\n", "ж"]
    span = Span(NOW - timedelta(days=7), NOW + timedelta(days=1))
    mark = store.listing.mark()
    return {
        "incident_id": numbers,
        "inbox_id": numbers,
        "number": numbers,
        "storm_id": [0, 1, 2],
        "chat_id": [GROUP, 7, 0],
        "chat_ids": [(GROUP, 7)],
        "user_id": [7, 8, 9],
        "message_id": [10, 11, 12, 20, 30],
        "incident_ids": [(), tuple(numbers)],
        "inbox_ids": [tuple(numbers)],
        "incident": [_known(store, number) for number in (1, 3, 5, 6)],
        "fingerprints": [("a0", "b1", "a2", "z")],
        "silence_ids": [("am", "")],
        "statuses": [OPEN, CLOSED],
        "now": list(TIMES),
        "before": list(TIMES),
        "since": [NOW - MINUTE, TIMES[1]],
        "until": [TIMES[2]],
        "listing.changes.since": [mark, f"{mark.rpartition('.')[0]}.0" if "." in mark else mark],
        "listing.page.wanted": [
            Wanted(statuses, text=text, limit=limit)
            for statuses in (OPEN, CLOSED)
            for text in texts
            for limit in (2, 50)
        ],
        "audit.search.wanted": [WantedLines(text=text) for text in texts] + [WantedLines(person="7")],
        "span": [span],
        "zone": [UTC],
        "offset": [0, 3],
        "limit": [2, 50],
        "key": [f"hostile-{number}" for number in range(len(HOSTILE))],
        "alert": ["PodCrashLooping"],
        "action": ["x"],
        "actable": [lambda cluster, namespace: True],
        "wanted": [True, False],
        "screen": [Verb.LOGS, Verb.TAKE],
        "position": [Position(GROUP, 10, Verb.LOGS, 1), Position(GROUP, 11, Verb.LOGS, 1)],
        "previous_hash": [store.audit.hash_of(3)],
        "audit.verify_from.number": [3],
        **tokens,
    }
