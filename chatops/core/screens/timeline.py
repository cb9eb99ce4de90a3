"""The timeline: who did what to an incident, with the outcome, the denied ones too."""

from collections.abc import Sequence

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.audit import Entry, EntryType, StoredEntry
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.acting import ABSENT, FOUND
from chatops.core.screens.base import Screen, back_to_card, code, crumbs, page_row, screen
from chatops.core.screens.run import DOING
from chatops.core.texts import Tongue, joined, mark, one_line

PER_PAGE = 15

SENTENCES = {
    EntryType.OPENED: mark("🔥 alerts firing: {alert}"),
    EntryType.ALERTS_CHANGED: mark("📈 alerts changed: {changes}"),
    EntryType.ALERTS_RESOLVED: mark("🟢 all alerts resolved"),
    EntryType.REOPENED: mark("🔁 reopened: it fires again"),
    EntryType.LATE_DUPLICATE: mark("💤 a late duplicate was ignored"),
    EntryType.ACKNOWLEDGED: mark("✋ {who} took it"),
    EntryType.RELEASED: mark("🤝 {who} gave it back"),
    EntryType.RESOLVED: mark("✅ {who} resolved it"),
    EntryType.REJECTED: mark("🚫 {who} rejected it: {reason}"),
    EntryType.SEVERITY_CHANGED: mark("📶 severity {before} → {after}"),
    EntryType.ACTION_REQUESTED: mark("▶️ {who}: {doing}"),
    EntryType.ACTION_PERFORMED: mark("📨 the cluster took it"),
    EntryType.ACTION_LOOKED_UP: mark("🔎 looked up: the change is {found}"),
    EntryType.LOOKED: mark("📄 {who} read {what} of {object}"),
    EntryType.DENIED: mark("⛔ {who} tried: {what} — denied ({why})"),
    EntryType.ACTOR_FAILED: mark("⚠️ the bot stumbled over this incident and went on"),
}

OUTCOMES = {
    "succeeded": mark("✅ done in {seconds} s"),
    "failed": mark("❌ failed after {seconds} s: {detail}"),
    "interrupted": mark("❔ interrupted; it may have happened"),
}

FINDINGS = {FOUND: mark("in the cluster"), ABSENT: mark("not in the cluster")}


def timeline(incident_id: int, entries: Sequence[StoredEntry], tongue: Tongue, *, page: int, pages: int) -> Screen:
    """`entries` are those of one page, oldest first."""
    head = crumbs(incident_id, tongue.plain("Timeline"))
    lines = [joined([tongue.clock(stored.entry.at), _sentence(stored.entry, tongue)], " ") for stored in entries]
    here = Button("", Verb.TIMELINE, incident_id=incident_id)
    return screen(
        [head, "", *(lines or [tongue.say("Nothing yet.")])],
        [
            page_row(tongue, Verb.TIMELINE, page, pages, here),
            [back_to_card(tongue, incident_id), Button("🔄", Verb.TIMELINE, incident_id=incident_id)],
        ],
    )


def _sentence(entry: Entry, tongue: Tongue) -> Markup:
    detail = {name: one_line(value, 160) for name, value in entry.detail.items()}
    words = {
        "alert": "",
        "reason": "",
        "before": "",
        "after": "",
        "what": "",
        "why": "",
        "seconds": "?",
        **detail,
    }
    words["who"] = one_line(entry.subject.name or entry.subject.kind, 60)
    words["object"] = code(entry.object.path) if entry.object else ""
    words["changes"] = ", ".join(f"{name} {count}" for name, count in sorted(detail.items()))
    if entry.type is EntryType.ACTION_FINISHED:
        words["detail"] = detail.get("detail") or detail.get("problem", "")
        return tongue.say(OUTCOMES.get(detail.get("outcome", ""), "{outcome}"), **words)
    if entry.type is EntryType.ACTION_LOOKED_UP:
        words["found"] = tongue.plain(FINDINGS.get(detail.get("found", ""), "?"))
    if entry.type is EntryType.ACTION_REQUESTED:
        words["doing"] = _doing(entry, words, tongue)
    sentence = SENTENCES.get(entry.type)
    return tongue.say(sentence, **words) if sentence else Markup("{}").format(entry.type)


def _doing(entry: Entry, words: dict[str, str], tongue: Tongue) -> Markup:
    action = ACTIONS.get(entry.detail.get("action", ""))
    if action is None:
        return Markup("{}").format(entry.detail.get("action", "?"))
    return Markup("{} {}").format(
        action.icon, tongue.say(DOING[action.id], **{"revision": "", "replicas": "", **words})
    )
