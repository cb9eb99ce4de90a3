"""The way down and back: a message moves from screen to screen, asking the cluster where a screen needs it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chatops.actors.conversation import outside, views
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.views import Reader
from chatops.actors.messages import POOL, UPSTREAM, Address, Result, Submit, SurveyAgain, Work, incident_address
from chatops.actors.upstream_messages import UpstreamWork
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.outgoing import Lane
from chatops.core.people import ChatKind
from chatops.core.updates import Tap
from chatops.db.store import Store

FILES = (Verb.LOG_FILE, Verb.DESCRIBE_FILE, Verb.REPORT_FILE, Verb.YAML_FILE)
"""Screens that are files of their own: the message they are asked from stays where it is."""

READINGS = {
    Verb.LOGS: "logs",
    Verb.LOG_FILE: "logs",
    Verb.DESCRIBE: "the description",
    Verb.DESCRIBE_FILE: "the description",
}
"""Screens that show what a cluster holds inside: reading them is written down."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Work under way for a screen: drawn when it comes back, unless the message has moved on."""

    position: Position
    reader: Reader
    thread_id: int | None


class Drilldown:
    """`address` is where the executors' answers are told to."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._address = address
        self._tell = tell
        self._asked: dict[int, Asked] = {}
        self._next_work = 1

    def follow(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """Go where the button leads; the code of the toast for it."""
        args = dict(offered.args)
        if offered.verb is Verb.CHOOSE:
            # Chosen with the confirm, so that one confirm is one run however often it is pressed.
            args["run"] = uuid.uuid4().hex
        fresh = args.pop("fresh", "")
        if (fresh or offered.verb is Verb.REFRESH) and offered.incident_id is not None:
            self._tell(incident_address(offered.incident_id), SurveyAgain())
        screen = Verb.CARD if offered.verb is Verb.REFRESH else offered.verb
        wanted = Position(tap.chat_id, tap.message_id, screen, offered.incident_id, args, offered.ref)
        asking = self.go(wanted, tap, reader)
        return "sent_below" if screen in FILES else "looking" if asking else "ok"

    def go(self, wanted: Position, tap: Tap, reader: Reader) -> bool:
        """Move a message to another screen; True where the cluster has to be asked for it.

        In a group the shared card stays: the way down from it is a message of its own.
        """
        wanted = self._remembering(wanted, tap)
        if wanted.screen in READINGS:
            self._note_reading(wanted, reader)
        if self._is_shared_card(tap) and wanted.screen is not Verb.CARD:
            wanted = replace(wanted, message_id=0, args={**wanted.args, "card": str(tap.message_id)})
        elif wanted.screen not in FILES:
            self._store.positions.put(replace(wanted, touched_at=self._clock()))
        door, work = self._work(wanted)
        if work is None:
            self._canvas.draw(wanted, reader.tongue, Lane.RESULT, thread_id=tap.thread_id)
            return False
        self._asked[self._next_work] = Asked(wanted, reader, tap.thread_id)
        self._tell(door, Submit(work, self._address, self._next_work))
        self._next_work += 1
        return True

    def answered(self, tag: object, result: Result) -> None:
        """The cluster told what was asked."""
        asked = self._done(tag)
        if asked is None:
            return
        file = views.file_of(asked.position, result)
        if file:
            below = asked.position.message_id or int(asked.position.args.get("card", "0"))
            self._shelf.send_file(*file, reply_to=below, thread_id=asked.thread_id)
            return
        screen = views.drawn(asked.position, result, asked.reader, now=self._clock())
        if screen and self._still_there(asked.position):
            self._canvas.show(screen, asked.position, Lane.RESULT, thread_id=asked.thread_id)

    def failed(self, tag: object, reason: str, detail: str) -> None:
        asked = self._done(tag)
        if asked and self._still_there(asked.position):
            theirs = outside.concerns(asked.position, self._canvas.outside)
            screen = (outside if theirs else views).failed(asked.position, reason, detail, asked.reader)
            self._canvas.show(screen, asked.position, Lane.RESULT, thread_id=asked.thread_id)

    def _work(self, wanted: Position) -> tuple[Address, Work | UpstreamWork | None]:
        """Who is asked for the screen, and for what."""
        if outside.concerns(wanted, self._canvas.outside):
            incident = self._store.incidents.get(wanted.incident_id) if wanted.incident_id else None
            return UPSTREAM, outside.needed(wanted, incident)
        return POOL, views.needed(wanted, self._clock())

    def _done(self, tag: object) -> Asked | None:
        return self._asked.pop(tag, None) if isinstance(tag, int) else None

    def _remembering(self, wanted: Position, tap: Tap) -> Position:
        """A pod's screens keep the workload it was reached from, for the way back."""
        old = self._store.positions.get(tap.chat_id, tap.message_id)
        if not (wanted.ref and old and old.ref and wanted.ref.same_place(old.ref)):
            return wanted
        above = {name: value for name, value in old.args.items() if name in ("above", "above_kind")}
        return replace(wanted, args={**above, **wanted.args})

    def _is_shared_card(self, tap: Tap) -> bool:
        if tap.chat_kind is ChatKind.PRIVATE:
            return False
        return self._store.cards.by_message(tap.chat_id, tap.message_id) is not None

    def _still_there(self, position: Position) -> bool:
        """Whether the message still waits for this screen: the person may have gone elsewhere meanwhile."""
        if not position.message_id or position.screen in FILES:
            return True
        at = self._store.positions.get(position.chat_id, position.message_id)
        return at is not None and replace(at, touched_at=None) == replace(position, touched_at=None)

    def _note_reading(self, position: Position, reader: Reader) -> None:
        entry = Entry(
            EntryType.LOOKED,
            reader.person.subject,
            self._clock(),
            incident_id=position.incident_id,
            object=position.ref,
            chat_id=position.chat_id,
            message_id=position.message_id or None,
            detail={"what": READINGS[position.screen]},
        )
        self._store.audit.append([entry])
