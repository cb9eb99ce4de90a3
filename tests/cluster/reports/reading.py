"""Reading a report as the service does, and holding it to what every report must be."""

from datetime import datetime

from chatops.core.reports import Line, Report
from chatops.core.screens.report import NOTES, TITLES
from chatops.core.screens.report import report as shown
from chatops.core.texts import tongue
from tests.cluster.sandbox import Obj, Sandbox
from tests.core.showing import plain_text


def read(sandbox: Sandbox, action: str, kind: str, name: str, namespace: str = "shop", **params: str) -> Report:
    """The report on what is there now: of that incarnation, with known words, and fit for a phone in each language."""
    ref = sandbox.ref(kind, name, namespace)
    told = sandbox.cluster.report(action, ref, params, now(sandbox))
    assert (told.action, told.ref.uid) == (action, ref.uid)
    assert {note.code for note in told.notes} <= NOTES.keys()
    assert {section.title for section in told.sections} <= TITLES
    assert all(value for _, value in told.facts)
    for language in ("en", "ru"):
        plain_text(shown(told, tongue(language), incident_id=1, params={}))
    return told


def now(sandbox: Sandbox) -> datetime:
    return sandbox.server.clock.now()


def lines(told: Report, title: str) -> list[str]:
    return [line.text for line in section(told, title)]


def section(told: Report, title: str) -> tuple[Line, ...]:
    """The lines under this title; none where the report has no such section."""
    return next((each.lines for each in told.sections if each.title == title), ())


def codes(told: Report) -> list[str]:
    return [note.code for note in told.notes]


def names(told: Report) -> list[str]:
    return [f"{ref.kind}/{ref.name}" for ref in told.related]


def thing(api: str, kind: str, name: str, spec: Obj, status: Obj | None = None, **meta: object) -> Obj:
    """Any object in the namespace shop, or of none with `namespace=""`."""
    place = {"namespace": "shop", **meta}
    return {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, **{key: value for key, value in place.items() if value}},
        "spec": spec,
        **({"status": status} if status is not None else {}),
    }


def condition(type: str, status: str, reason: str = "", message: str = "") -> Obj:
    since = "2026-11-23T08:00:00Z"
    return {"type": type, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}
