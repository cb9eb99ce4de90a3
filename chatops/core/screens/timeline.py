"""The timeline: who did what to an incident, with the outcome, the denied ones too."""

from collections.abc import Sequence
from datetime import UTC, datetime

from markupsafe import Markup, escape

from chatops.core.actions import ACTIONS
from chatops.core.audit import PERSON, SYSTEM, Entry, EntryType, StoredEntry
from chatops.core.buttons import Button, Verb
from chatops.core.durations import Durations
from chatops.core.failures import Reason
from chatops.core.incidents.acting import ABSENT, FOUND
from chatops.core.incidents.episodes import Change
from chatops.core.incidents.hindsight import NOISE, REAL
from chatops.core.incidents.notes import LONGEST as LONGEST_NOTE
from chatops.core.incidents.silencing import EXPIRED, GONE, LIFTED
from chatops.core.people import Role
from chatops.core.screens.base import Screen, back_to_card, code, crumbs, in_rows, page_row, screen
from chatops.core.screens.confirm import CAUTIONS
from chatops.core.screens.merging import leads_to
from chatops.core.screens.outside import problem_text
from chatops.core.screens.run import not_done_text
from chatops.core.screens.run import problem_text as problem_text_of_cluster
from chatops.core.screens.welcome import ROLES
from chatops.core.screens.wording import WORDS, filling
from chatops.core.texts import Tongue, joined, mark, one_line
from chatops.core.titles import TRANSLATED

PER_PAGE = 15

MOST_OTHERS = 9
"""Buttons of a page that lead to other incidents."""

SENTENCES = {
    EntryType.OPENED: mark("🔥 alerts firing: {alert}"),
    EntryType.ALERTS_CHANGED: mark("📈 alerts: {changes}"),
    EntryType.ALERTS_RESOLVED: mark("🟢 all alerts resolved"),
    EntryType.REOPENED: mark("🔁 reopened: it fires again"),
    EntryType.LATE_DUPLICATE: mark("💤 a late duplicate was ignored"),
    EntryType.ACKNOWLEDGED: mark("✋ {who} took it"),
    EntryType.RELEASED: mark("🤝 {who} gave it back"),
    EntryType.HANDED_OVER: mark("👉 {who} handed it over to {to}"),
    EntryType.RESOLVED: mark("✅ {who} resolved it"),
    EntryType.REJECTED: mark("🚫 {who} rejected it: {reason}"),
    EntryType.MERGED: mark("🔗 {who} merged it into #{into}"),
    EntryType.MERGED_IN: mark("🔗 {by} merged #{number} in: {alert}"),
    EntryType.SEVERITY_CHANGED: mark("📶 severity {before} → {after}"),
    EntryType.ACTION_REQUESTED: mark("▶️ {who}: {doing}"),
    EntryType.ACTION_PERFORMED: mark("📨 the cluster took it"),
    EntryType.ACTION_STOPPED: mark("⏹ {who} stopped it ({done})"),
    EntryType.SILENCE_REQUESTED: mark("🔕 {who} asked for silence: {matchers}"),
    EntryType.SILENCE_EXTEND_REQUESTED: mark("⏳ {who} asked for a longer silence, until {until}"),
    EntryType.SILENCE_EXTENDED: mark("🔕 silenced for longer, until {until}"),
    EntryType.UNSILENCE_REQUESTED: mark("🔔 {who} asked to lift the silence"),
    EntryType.SILENCED: mark("🔕 silenced until {until}"),
    EntryType.SILENCE_FAILED: mark("❌ Alertmanager did not do it: {outside}"),
    EntryType.ESCALATED: mark("📣 {who} asked for help"),
    EntryType.REMINDED: mark("⏰ nobody had taken it after {minutes} min"),
    EntryType.CALLED: mark("📣 {called} was called after {minutes} min"),
    EntryType.NOTED: mark("📝 {who}: {note}"),
    EntryType.DENIED: mark("⛔ {who} tried: {what} — denied ({why})"),
    EntryType.BREACH_FOUND: mark("🩺 the bot missed a card of it, or the latest on one"),
    EntryType.BREACH_OVER: mark("🩺 the bot shows everything again"),
    EntryType.ACTOR_FAILED: mark("⚠️ the bot stumbled over this incident and went on"),
}

JUDGED = {
    REAL: mark("👍 {who}: it was real"),
    NOISE: mark("👎 {who}: it was noise"),
}

OUTCOMES = {
    "succeeded": mark("✅ done in {seconds} s"),
    "failed": mark("❌ failed after {seconds} s: {detail}"),
    "interrupted": mark("❔ interrupted; it may have happened"),
}

REOPENED_BY_HAND = mark("🔁 {who} reopened it")

FINDINGS = {
    FOUND: mark("🔎 looked up: the change is in the cluster"),
    ABSENT: mark("🔎 looked up: the change is not in the cluster"),
}

UNSILENCED = {
    LIFTED: mark("🔔 silence lifted: {who}"),
    EXPIRED: mark("🔔 the silence is over"),
    GONE: mark("🔔 the silence was ended in Alertmanager"),
}
"""By how it ended."""

STANDS = {
    "muted": mark("🔕 silenced in Alertmanager by {by} until {until}"),
    "inhibited": mark("🔕 hidden by another alert in Alertmanager"),
    "stale": mark("❔ Alertmanager does not list it any more"),
    "heard": mark("🔔 Alertmanager lists it and tells of it"),
}
"""By what the roll call found."""

READ = {
    "logs": mark("📄 {who} read the logs of {object}"),
    "the description": mark("🔎 {who} read the description of {object}"),
    "the YAML": mark("🧾 {who} read the YAML of {object}"),
    "diagnostics": mark("🧪 {who} ran {command} in {object}"),
}
"""By what the entry says was read."""

TRIED: dict[str, str] = {
    Verb.TAKE: mark("take it"),
    Verb.RELEASE: mark("release it"),
    Verb.RESOLVE: mark("resolve it"),
    Verb.ASK_REJECT: mark("reject it"),
    Verb.REJECT: mark("reject it"),
    Verb.ASK_HAND_OVER: mark("hand it over"),
    Verb.HAND_OVER: mark("hand it over"),
    Verb.ASK_REOPEN: mark("reopen it"),
    Verb.REOPEN: mark("reopen it"),
    Verb.JUDGE: mark("give a verdict"),
    Verb.ASK_MERGE: mark("merge it"),
    Verb.PICK_MERGE: mark("merge it"),
    Verb.MERGE: mark("merge it"),
    Verb.DIAGNOSE: mark("run diagnostics"),
    Verb.SILENCE: mark("silence it"),
    Verb.DO_SILENCE: mark("silence it"),
    Verb.UNSILENCE: mark("lift the silence"),
    Verb.EXTEND_SILENCE: mark("extend the silence"),
    Verb.ESCALATE: mark("ask for help"),
    Verb.CARD: mark("open it"),
    Verb.STOP: mark("stop the action"),
    "note": mark("write a note"),
    "tap": mark("press buttons"),
    "command": mark("give commands"),
    "group": mark("put the bot into a group"),
}
"""What was denied, where it is no action on the cluster."""

WHY_DENIED = {
    "stranger": mark("unknown person"),
    "disabled": mark("access was taken away"),
    "foreign_button": mark("a button of another message"),
    "not_theirs": mark("somebody else chose it"),
    "busy": mark("another action was running"),
    "second_person": mark("it takes a second person"),
    "cannot_have_it": mark("who was to have it may not act there"),
    "no_admin": mark("not an admin"),
    "no_grant": mark("nothing was granted"),
    "out_of_scope": mark("outside of what was granted"),
    "unknown_button": mark("a button that is not known"),
    "asker_lost_right": mark("who asked for it may not any more"),
    "expired": mark("it came too late"),
    "wrong_word": mark("not the word that was asked for"),
    "too_early": mark("written before it was asked for"),
    "too_fast": mark("too much at once"),
    "merge_runs": mark("a change was running"),
    "merge_silence": mark("a silence was being asked for"),
    "merge_mail": mark("alerts came in at that moment"),
    "merge_gone": mark("the other incident was over"),
}
"""Why, where it is not the role."""

UNTOLD = frozenset(
    {
        *("double_tap", "used", "already_confirmed", "already_asked", "already_yours", "nobody_has_it"),
        *("already_resolved", "already_resolved_by", "already_rejected", "already_rejected_by"),
        *("already_silenced", "not_silenced", "nothing_to_stop", "nothing_to_match", "help_called_lately"),
        *("nothing_said", "already_theirs", "open_already", "said_already", "not_over"),
        *("already_extended", "silence_past", "merged_away"),
    }
)
"""Why a press came to nothing without anybody having been denied anything: the log has it, the timeline does not."""


def telling(entry: Entry) -> bool:
    """Whether the line says what was done to the incident, and not only that somebody's thumb was there."""
    if entry.type is EntryType.LOOKED:
        return entry.detail.get("what", "") in READ
    return entry.type is not EntryType.DENIED or entry.detail.get("why", "") not in UNTOLD


def timeline(
    incident_id: int,
    entries: Sequence[StoredEntry],
    tongue: Tongue,
    *,
    page: int,
    pages: int,
    took: Durations | None = None,
) -> Screen:
    """`entries` are those of one page, oldest first; `took` sums all of them up."""
    head = crumbs(incident_id, tongue.plain("Timeline"))
    lines = [joined([tongue.clock(stored.entry.at), sentence(stored.entry, tongue)], " ") for stored in entries]
    here = Button("", Verb.TIMELINE, incident_id=incident_id)
    return screen(
        [
            head,
            "",
            *(lines or [tongue.say("Nothing yet.")]),
            "",
            duration_line(took, tongue) if took else None,
            tongue.say("📝 Reply to this message to add a note."),
        ],
        [
            [Button("📎 " + tongue.plain("Postmortem"), Verb.POSTMORTEM, incident_id=incident_id)],
            page_row(Verb.TIMELINE, page, pages, here),
            *in_rows(_others(entries, tongue), 3),
            [back_to_card(tongue, incident_id), Button("🔄", Verb.TIMELINE, incident_id=incident_id)],
        ],
    )


def _others(entries: Sequence[StoredEntry], tongue: Tongue) -> list[Button]:
    """The incidents that were merged into this one, and the one that this was merged into."""
    named = {EntryType.MERGED: "into", EntryType.MERGED_IN: "number"}
    told = (each.entry.detail.get(named[each.entry.type], "") for each in entries if each.entry.type in named)
    return [leads_to(int(number), tongue) for number in dict.fromkeys(told) if number.isdecimal()][:MOST_OTHERS]


def duration_line(took: Durations, tongue: Tongue) -> Markup:
    """`ack 2 min · resolved 18 min · 1 action`."""
    return joined(
        [
            tongue.say("ack {span}", span=tongue.span(took.taken)) if took.taken is not None else tongue.say("no ack"),
            tongue.say("resolved {span}", span=tongue.span(took.resolved))
            if took.resolved is not None
            else tongue.say("still open"),
            tongue.plural("{n} action", "{n} actions", took.actions),
        ]
    )


def sentence(entry: Entry, tongue: Tongue) -> Markup:
    """What the line tells, in one sentence without its time."""
    detail = {name: one_line(value, 160) for name, value in entry.detail.items()}
    words: dict[str, object] = {
        **dict.fromkeys(("minutes", "reason", "before", "after", "done", "command", "matchers", "by", "to"), ""),
        **dict.fromkeys(("into", "number"), ""),
        "seconds": "?",
        **detail,
    }
    words["who"] = one_line(entry.subject.name or entry.subject.kind, 60)
    words["object"] = code(entry.object.path) if entry.object else ""
    title = detail.get("alert", "")
    words["alert"] = tongue.plain(title) if title in TRANSLATED else title
    words["changes"] = _changes(detail, tongue)
    words["doing"] = _doing(detail, words, tongue)
    words["what"] = _tried(detail, tongue)
    words["why"] = _why(detail, tongue)
    words["called"] = detail.get("name") or tongue.plain("everybody")
    words["note"] = one_line(entry.detail.get("text", ""), LONGEST_NOTE)
    words["until"] = _until(detail.get("until", ""), tongue)
    words["outside"] = problem_text(detail.get("problem", ""), detail.get("detail", ""), tongue)
    told = SENTENCES.get(entry.type)
    match entry.type:
        case EntryType.REOPENED if entry.subject.kind == PERSON:
            told = REOPENED_BY_HAND
        case EntryType.JUDGED:
            told = JUDGED.get(detail.get("verdict", ""), JUDGED[REAL])
        case EntryType.ACTION_FINISHED:
            told = OUTCOMES.get(detail.get("outcome", ""))
            words["detail"] = not_done_text(detail.get("problem", ""), detail.get("detail", ""), tongue)
        case EntryType.ACTION_LOOKED_UP:
            told = FINDINGS.get(detail.get("found", ""))
        case EntryType.UNSILENCED:
            told = UNSILENCED.get(detail.get("how", ""), UNSILENCED[LIFTED])
            words["who"] = tongue.plain("the bot") if entry.subject == SYSTEM else words["who"]
        case EntryType.STANDING:
            told = STANDS.get(detail.get("as", ""), STANDS["heard"])
        case EntryType.LOOKED:
            told = READ.get(detail.get("what", ""))
    return tongue.say(told, **words) if told else escape(entry.type.value)


def _changes(detail: dict[str, str], tongue: Tongue) -> Markup:
    number = {change: int(count) if count.isdecimal() else 0 for change, count in detail.items()}
    fired = number.get(Change.FIRED, 0) + number.get(Change.REFIRED, 0)
    resolved = number.get(Change.RESOLVED, 0)
    return joined(
        [
            tongue.plural("{n} fires", "{n} fire", fired) if fired else "",
            tongue.plural("{n} resolved", "{n} resolved", resolved) if resolved else "",
        ],
        ", ",
    )


def _until(moment: str, tongue: Tongue) -> Markup:
    """A moment as the entry holds it, in the reader's own zone."""
    try:
        return tongue.clock(datetime.fromisoformat(moment).astimezone(UTC))
    except (ValueError, OverflowError):
        return escape(moment)


def _doing(detail: dict[str, str], words: dict[str, object], tongue: Tongue) -> Markup:
    action = ACTIONS.get(detail.get("action", ""))
    if action is None or action.id not in WORDS:
        return escape(detail.get("action", "?"))
    return Markup("{} {}").format(action.icon, tongue.say(WORDS[action.id].doing, **filling(words)))


def _tried(detail: dict[str, str], tongue: Tongue) -> str:
    what = detail.get("what", "")
    if what in TRIED:
        return tongue.plain(TRIED[what])
    return tongue.plain(ACTIONS[what].title) if what in ACTIONS else what


def _why(detail: dict[str, str], tongue: Tongue) -> str | Markup:
    why, told = detail.get("why", ""), detail.get("detail", "")
    if why in CAUTIONS:
        return tongue.plain(CAUTIONS[why], detail=told)
    if why in set(Reason):
        return problem_text_of_cluster(why, told, tongue)
    if why in set(Role):
        return tongue.plain("role {role}", role=tongue.plain(ROLES[Role(why)]))
    return tongue.plain(WHY_DENIED[why]) if why in WHY_DENIED else why
