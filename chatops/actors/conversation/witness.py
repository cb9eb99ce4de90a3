"""What is written down of looking into a cluster: what was read, what was run in a container, and what came of it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from chatops.actors.conversation.reader import Reader
from chatops.actors.work import Result
from chatops.core.actions import Preview
from chatops.core.audit import SYSTEM, VIA, Entry, EntryType, Subject
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.diagnostics import ACTION, DIAGNOSTICS, outcome
from chatops.core.failures import Failure, Reason
from chatops.core.reports import Report
from chatops.db.store import Store

log = structlog.get_logger()

READINGS = {
    Verb.LOGS: "logs",
    Verb.LOG_FILE: "logs",
    Verb.DESCRIBE: "the description",
    Verb.DESCRIBE_FILE: "the description",
    Verb.YAML_FILE: "the YAML",
}
"""Screens that show what a cluster holds inside: reading them is written down."""

PREVIEW = "preview"
"""Choosing a change: it is tried as a dry run, and nothing is changed."""

DIAGNOSTIC = "diagnostics"

_NO = frozenset({Reason.FORBIDDEN, Reason.UNAUTHORIZED})
"""What a cluster says to whom it does not allow to read what they asked for."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Something asked of a cluster for a screen, until its answer comes. `begun`: there is a line of it already."""

    position: Position
    person: Subject
    at: datetime
    begun: dict[str, str]


class Witness:
    """The line before is written or nothing is asked; where the one after cannot be, that is said in the log."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def begin(self, position: Position, reader: Reader) -> Trial:
        """Somebody asks for this screen. Raises Failure where it has to be written down and cannot be."""
        begun = _reading(position)
        trial = Trial(position, reader.person.subject, self._clock(), {**begun, VIA: reader.via} if begun else begun)
        if trial.begun:
            self._store.audit.append([_entry(EntryType.LOOKED, trial, trial.person, trial.at, trial.begun)])
        return trial

    def resume(self, chat_id: int) -> None:
        """What an earlier life of this chat began and saw no end of."""
        for line in self._store.audit.unfinished(chat_id, ACTION):
            begun = line.entry
            position = Position(chat_id, begun.message_id or 0, Verb.REPORT, begun.incident_id, ref=begun.object)
            trial = Trial(position, begun.subject, begun.at, begun.detail)
            self.failed(trial, Reason.UNKNOWN_OUTCOME, "", interrupted=True)

    def told(self, trial: Trial | None, result: Result) -> None:
        """The cluster answered."""
        if trial is None:
            return
        if isinstance(result, Report) and trial.begun.get("what") == DIAGNOSTIC:
            self._finished(trial, outcome(result))
        elif isinstance(result, Preview) and result.refusal:
            self._denied(trial, result.refusal.code, result.refusal.detail, result.plan.resource_version)

    def failed(self, trial: Trial | None, reason: str, detail: str, *, interrupted: bool) -> None:
        """It did not."""
        if trial is None:
            return
        if trial.begun.get("what") == DIAGNOSTIC:
            unknown = interrupted or reason == Reason.UNKNOWN_OUTCOME
            told = {"outcome": "interrupted" if unknown else "failed", "problem": reason, "detail": detail}
            self._finished(trial, told)
        elif trial.begun.get("what") == PREVIEW or reason in _NO:
            self._denied(trial, reason, detail, "")

    def abandoned(self, trial: Trial | None) -> None:
        """Nobody waits for the answer any more: of what ran in a container the outcome stays unknown."""
        if trial is not None and trial.begun.get("what") == DIAGNOSTIC:
            self.failed(trial, Reason.UNKNOWN_OUTCOME, "", interrupted=True)

    def _finished(self, trial: Trial, told: dict[str, str]) -> None:
        seconds = str(max(0, round((self._clock() - trial.at).total_seconds())))
        detail = {"action": ACTION, "run": trial.begun["run"], **told, "seconds": seconds}
        self._write(EntryType.ACTION_FINISHED, trial, SYSTEM, detail)

    def _denied(self, trial: Trial, why: str, detail: str, version: str) -> None:
        args, begun = trial.position.args, trial.begun
        what = begun.get("action") or args.get("report") or str(trial.position.screen)
        told = {"what": what, "why": why, "detail": detail, "run": begun.get("run", ""), "before_version": version}
        self._write(EntryType.DENIED, trial, trial.person, told)

    def _write(self, type: EntryType, trial: Trial, by: Subject, detail: dict[str, str]) -> None:
        try:
            self._store.audit.append([_entry(type, trial, by, self._clock(), detail)])
        except Failure as failure:
            # It has happened: what came of it is shown all the same.
            log.error("not_written_down", chat=trial.position.chat_id, type=type, **detail, failure=str(failure))


def _entry(type: EntryType, trial: Trial, by: Subject, at: datetime, detail: dict[str, str]) -> Entry:
    position = trial.position
    return Entry(
        type,
        by,
        at,
        incident_id=position.incident_id,
        object=position.ref,
        chat_id=position.chat_id or None,
        message_id=position.message_id or None,
        detail={name: value for name, value in detail.items() if value},
    )


def _reading(position: Position) -> dict[str, str]:
    """What is written down of asking for this screen; nothing for one that shows only how an object is."""
    args = position.args
    if args.get("report") == ACTION and position.screen in (Verb.REPORT, Verb.REPORT_FILE):
        command = DIAGNOSTICS.get(args.get("command", ""))
        words, container = command.words if command else "?", args.get("container", "")
        told = {"what": DIAGNOSTIC, "action": ACTION, "command": words, "container": container}
        return {**told, "run": uuid.uuid4().hex}
    if position.screen is Verb.CHOOSE:
        return {"what": PREVIEW, "action": args.get("action", ""), "run": args.get("run", "")}
    return {"what": READINGS[position.screen]} if position.screen in READINGS else {}
