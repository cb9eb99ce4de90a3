"""Ending and extending silences that no incident here made: written down, done by Alertmanager, written down, shown.

Those of an incident are changed by the incident.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from chatops.actors.addresses import UPSTREAM, Address
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.whereabouts import From
from chatops.actors.upstream_messages import ExpireSilence, ExtendUntil, ListSilences, UpstreamWork
from chatops.actors.work import Submit
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position, number
from chatops.core.failures import Failure, Reason
from chatops.core.moments import stamp
from chatops.core.screens.silences import END, EXTEND
from chatops.core.silences import SilencePlace, StandingSilences
from chatops.core.updates import Tap
from chatops.db.store import Store

log = structlog.get_logger()

CHANGE, LOOK = "change a silence", "look for the change"
"""What the tags of its work begin with; the change's key follows."""

ACTION = "change_silence"
REQUESTS = (EntryType.SILENCE_EXTEND_REQUESTED, EntryType.UNSILENCE_REQUESTED)
OUTCOMES = (EntryType.SILENCE_EXTENDED, EntryType.UNSILENCED, EntryType.SILENCE_FAILED)

NEAR = timedelta(seconds=1)
"""Alertmanager keeps milliseconds of what it was told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One that is under way. `request` is its line of the log; `until` is the end it shall have, None where at once."""

    key: str
    place: SilencePlace
    until: datetime | None
    request: Entry
    at: From
    reader: Reader


class OthersSilences:
    """`address` is where the answers are told to. What is under way when the chat's actor dies has no known outcome."""

    def __init__(
        self,
        drilldown: Drilldown,
        *,
        store: Store,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._drilldown = drilldown
        self._store = store
        self._clock = clock
        self._address = address
        self._tell = tell
        self._under_way: dict[str, Change] = {}

    def change(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """Do what the button says; the code of the toast. That the presser may is decided already.

        Raises Failure where it cannot be written down: then nothing is asked for.
        """
        args, ref, now = offered.args, offered.ref, self._clock()
        if ref is None or args.get("act") not in (END, EXTEND):
            return "unknown"
        until = datetime.fromisoformat(args["until"]) if args["act"] == EXTEND else None
        if until is not None and until <= now:
            return "silence_past"
        key = uuid.uuid4().hex
        told = {"silence": ref.name, "run": key, "action": ACTION, "matchers": args.get("matchers", "")}
        if until is not None:
            told["until"] = stamp(until)
        type = EntryType.SILENCE_EXTEND_REQUESTED if until else EntryType.UNSILENCE_REQUESTED
        request = Entry(type, reader.person.subject, now, offered.incident_id, ref, tap.chat_id, tap.message_id, told)
        self._store.audit.append([request])
        self._store.buttons.use(offered.token, str(reader.person.id), now)
        at = From(tap.chat_id, tap.message_id, tap.chat_kind, tap.thread_id)
        place = SilencePlace(ref.name, number(args.get("instance")))
        change = self._under_way[key] = Change(key, place, until, request, at, reader)
        if until is None:
            self._submit(ExpireSilence(place), CHANGE, change)
            return "unsilencing"
        note = f" (extended by {reader.person.name} ({reader.person.id}), chatops {key})"
        self._submit(ExtendUntil(place, until, note), CHANGE, change)
        return "extending"

    def answered(self, tag: object, result: object) -> bool:
        """Whether the work of this tag was a change of a silence."""
        kind, change = self._of(tag)
        if kind == LOOK and change and isinstance(result, StandingSilences):
            self._looked(change, result)
        elif kind == CHANGE and change:
            place = result if isinstance(result, SilencePlace) else change.place
            self._over(change, OUTCOME_OF[change.until is None], place=place)
        return bool(kind)

    def failed(self, tag: object, reason: str, detail: str, *, interrupted: bool = False) -> bool:
        """Whether the work of this tag was a change of a silence. A lost answer is looked for, and never sent again."""
        kind, change = self._of(tag)
        if change is not None:
            unknown = interrupted or reason == Reason.UNKNOWN_OUTCOME
            if kind == CHANGE and unknown:
                self._submit(ListSilences(), LOOK, change)
            else:
                why = Reason.UNKNOWN_OUTCOME if kind == LOOK else reason
                self._over(change, "unknown" if kind == LOOK else "failed", problem=why, detail=detail)
        return bool(kind)

    def resume(self, chat_id: int) -> None:
        """What an earlier life of this chat asked for and saw no answer to."""
        for line in self._store.audit.unfinished(chat_id, ACTION, begins=REQUESTS, ends=OUTCOMES):
            self._write(line.entry, EntryType.SILENCE_FAILED, {"problem": Reason.UNKNOWN_OUTCOME})

    def _looked(self, change: Change, found: StandingSilences) -> None:
        if change.until is not None:
            mine = [each for each in found.silences if change.key in each.comment]
            done = next((each for each in mine if each.ends_at >= change.until - NEAR), None)
            place = SilencePlace(done.id, done.instance) if done else None
        else:
            there = any(each.id == change.place.id for each in found.silences)
            place = None if there or found.silent or found.left_out else change.place
        if place is not None:
            self._over(change, OUTCOME_OF[change.until is None], place=place)
        else:
            self._over(change, "unknown", problem=Reason.UNKNOWN_OUTCOME)

    def _over(
        self, change: Change, said: str, *, place: SilencePlace | None = None, problem: str = "", detail: str = ""
    ) -> None:
        del self._under_way[change.key]
        if place is None:
            self._write(change.request, EntryType.SILENCE_FAILED, {"problem": problem, "detail": detail})
        elif change.until is not None:
            was = {"before": change.place.id} if place.id != change.place.id else {}
            self._write(change.request, EntryType.SILENCE_EXTENDED, {"silence": place.id, **was})
        else:
            self._write(change.request, EntryType.UNSILENCED, {"how": "lifted"})
        args = {"said": said, "problem": problem, "detail": detail}
        position = Position(change.at.chat_id, change.at.message_id, Verb.SILENCES, args=args)
        self._drilldown.go(position, change.at, change.reader)

    def _write(self, request: Entry, type: EntryType, told: dict[str, str]) -> None:
        detail = {name: value for name, value in {**request.detail, **told}.items() if value}
        subject = SYSTEM if type is EntryType.SILENCE_FAILED else request.subject
        try:
            self._store.audit.append([replace(request, type=type, subject=subject, at=self._clock(), detail=detail)])
        except Failure as failure:
            # It has happened: what came of it is shown all the same.
            log.error("not_written_down", chat=request.chat_id, type=type, **detail, failure=str(failure))

    def _of(self, tag: object) -> tuple[str, Change | None]:
        match tag:
            case (str(kind), str(key)) if kind in (CHANGE, LOOK):
                return kind, self._under_way.get(key)
        return "", None

    def _submit(self, work: UpstreamWork, kind: str, change: Change) -> None:
        self._tell(UPSTREAM, Submit(work, self._address, (kind, change.key)))


OUTCOME_OF = {True: "ended", False: "extended"}
"""What is said of a change that was done, by whether it was an end."""
