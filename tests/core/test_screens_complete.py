"""Whatever the code can say has its words: cautions, reasons, actions, entries, toasts, notices."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatops
from chatops.core import cautions
from chatops.core.actions import ACTIONS, CHOSEN, ActionState, Caution, Danger, Preview
from chatops.core.audit import SYSTEM, Entry, EntryType, StoredEntry
from chatops.core.failures import Reason
from chatops.core.incidents import acting
from chatops.core.objects import ObjectView, TieRole, Trait
from chatops.core.people import Role
from chatops.core.safeguards import Safeguard
from chatops.core.screens import (
    card,
    confirm,
    logbook,
    notices,
    object,
    rejecting,
    run,
    timeline,
    toasts,
    traits,
    trouble,
    welcome,
)
from chatops.core.screens.base import screen
from chatops.core.screens.wording import WORDS
from chatops.core.texts import LANGUAGES, tongue
from tests.core.scene import ANNA, POD, WORKLOAD, a_plan, a_run, an_incident, at
from tests.core.showing import plain_text

PACKAGE = Path(chatops.__file__).parent
CHANGING = {action.id for action in ACTIONS.values() if action.changes}

TELEGRAMS = {
    Reason.BLOCKED,
    Reason.CHAT_GONE,
    Reason.MIGRATED,
    Reason.MESSAGE_GONE,
    Reason.BAD_MARKUP,
    Reason.TOO_LONG,
    Reason.QUERY_EXPIRED,
}
"""Reasons of the Telegram door: nobody is left to be told of them."""

NOT_IN_A_TIMELINE = {
    EntryType.ON_CALL_CHANGED,
    EntryType.MAINTENANCE_SET,
    EntryType.MAINTENANCE_ENDED,
    EntryType.ROUTES_CHANGED,
    EntryType.USER_ADDED,
    EntryType.GRANTED,
    EntryType.REVOKED,
    EntryType.INVITED,
    EntryType.DISABLED,
    EntryType.ENABLED,
    EntryType.CHAT_ADDED,
    EntryType.CHAT_REMOVED,
    EntryType.CHAT_CHANGED,
    EntryType.LOGIN_LINK,
    EntryType.SIGNED_IN,
    EntryType.TOKEN_MADE,
    EntryType.TOKEN_REVOKED,
    EntryType.QUARANTINED,
}
"""Entries that belong to no incident."""

TOAST_WORDS = {"seconds": "1", "number": "96", "into": "95", "name": "@anna", "id": "1", "role": "viewer"}
"""Everything that presses and decisions fill toasts with."""


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def places(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


# Cautions


def test_every_caution_has_a_sentence() -> None:
    assert set(confirm.CAUTIONS) == cautions.CODES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(cautions.CODES))
def test_a_caution_can_be_shown(code: str, language: str) -> None:
    for preview in (
        Preview(a_plan(), cautions=(Caution(code, "checkout 2-5"),)),
        Preview(a_plan(), refusal=Caution(code, "checkout 2-5")),
    ):
        shown = confirm.confirm(preview, tongue(language), by=ANNA, incident_id=96, run_id="r")
        text = plain_text(shown)
        assert ("checkout 2-5" in text) == ("{detail}" in confirm.CAUTIONS[code])


def test_a_refusal_leaves_nothing_to_confirm() -> None:
    shown = confirm.confirm(
        Preview(a_plan(), refusal=Caution(cautions.PAUSED)), tongue("en"), by=ANNA, incident_id=96, run_id="r"
    )
    assert [[button.verb for button in row] for row in shown.rows] == [["card"]]


# The confirm button


@pytest.mark.parametrize("action", sorted(CHANGING))
def test_the_red_button_is_last_and_bound(action: str) -> None:
    plan = a_plan(action, POD if action == "delete_pod" else WORKLOAD, revision="42", replicas="6")
    shown = confirm.confirm(Preview(plan), tongue("en"), by=ANNA, incident_id=96, run_id="run-1")
    (cancel, *by_hand), (do,) = shown.rows
    assert all(button.copy.startswith("kubectl ") for button in by_hand)
    assert (cancel.verb, cancel.style) == ("card", "")
    assert (do.verb, do.for_user, do.once, do.lifetime) == ("confirm", ANNA.id, True, confirm.LIFETIMES[Safeguard.TAP])
    assert do.style == ("primary" if ACTIONS[action].danger is Danger.LOW else "danger")
    assert do.args["run"] == "run-1"
    assert confirm.plan_of(do.args) == (action, plan.params, plan.resource_version)
    assert do.ref == plan.ref


# Actions


def test_every_action_has_its_words() -> None:
    assert set(WORDS) == CHANGING


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", list(ActionState))
@pytest.mark.parametrize("action", sorted(CHANGING))
def test_an_action_can_be_shown_in_every_state(action: str, state: ActionState, language: str) -> None:
    for params in ({"revision": "42", "replicas": "6"}, {"else": "x"}):
        moved = a_run(state, a_plan(action, **params), undo=a_plan(action, **params))
        text = plain_text(card.card(an_incident(run=moved), tongue(language), now=at(20)))
        assert "shop/checkout" in text


@pytest.mark.parametrize("action", sorted(CHANGING))
def test_trying_again_chooses_the_same_and_nothing_more(action: str) -> None:
    chosen = dict.fromkeys(CHOSEN, "7")
    plan = a_plan(action, WORKLOAD, **chosen, action_id="x", seen="3", from_revision="43")
    (row,) = run.run_rows(an_incident(run=a_run(ActionState.FAILED, plan, problem="conflict")), tongue("en"))
    assert [(button.verb, button.args) for button in row] == [("choose", {"action": action, **chosen})]


@pytest.mark.parametrize(
    ("params", "label"),
    [
        ({"revision": "43"}, "⏪ Undo → 43"),
        ({"replicas": "5"}, "⏪ Undo → 5"),
        ({"container": "app", "memory": "512Mi"}, "⏪ Undo → 512Mi"),
        ({"resource": "pods", "value": "10"}, "⏪ Undo → 10"),
        ({"action_id": "x"}, "⏪ Undo"),
    ],
)
def test_an_undo_says_where_it_leads(params: dict[str, str], label: str) -> None:
    done = a_run(ActionState.SUCCEEDED, undo=a_plan("rollout_undo", WORKLOAD, **params))
    ((button,),) = run.run_rows(an_incident(run=done), tongue("en"))
    assert button.label == label


# Traits and ties


def test_every_trait_has_words() -> None:
    assert set(traits.WORDS) == set(Trait) - {Trait.SUMMARY}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trait", sorted(traits.WORDS))
def test_a_trait_can_be_shown(trait: Trait, language: str) -> None:
    for value in ("yes", "7", "True", "False", "Unknown"):
        view = ObjectView(WORKLOAD, traits={trait: value})
        for text in traits.trait_words(view, tongue(language)):
            assert text
            assert "{" not in text


def test_nothing_is_said_of_what_there_is_none_of() -> None:
    assert list(traits.trait_words(ObjectView(WORKLOAD, traits={Trait.ACTIVE: "0"}), tongue("en"))) == []


def test_every_tie_has_a_word() -> None:
    assert set(object.ROLES) == set(TieRole)


# Reasons


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", sorted(set(Reason) - TELEGRAMS))
def test_every_reason_of_the_cluster_has_words(reason: Reason, language: str) -> None:
    speaks = tongue(language)
    failed = run.not_done_text(reason, "its own words", speaks)
    read = plain_text(trouble.trouble(POD, reason, "its own words", speaks, incident_id=96, again=None))
    for text in (str(failed), read):
        assert language == "en" or reason not in text.split(), "a code is no word"
        assert len(text) > len("its own words")


def test_a_reason_that_needs_its_detail_says_it() -> None:
    for reason in (Reason.FORBIDDEN, Reason.REFUSED, Reason.TIMEOUT, Reason.THROTTLED, Reason.SERVER_ERROR):
        assert "its own words" in run.not_done_text(reason, "its own words", tongue("en"))


def test_an_overdue_run_is_not_blamed_on_kubernetes() -> None:
    assert "Kubernetes" not in run.not_done_text("", acting.OVERDUE, tongue("en"))


# Entries


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("type", sorted(set(EntryType) - NOT_IN_A_TIMELINE))
def test_every_entry_of_an_incident_has_a_sentence(type: EntryType, language: str) -> None:
    """However little its detail says: a stored line is shown for ever."""
    known = {
        EntryType.ACTION_FINISHED: {"outcome": "succeeded"},
        EntryType.ACTION_LOOKED_UP: {"found": acting.FOUND},
        EntryType.LOOKED: {"what": "logs"},
    }
    for detail in ({}, {"who": "x", "object": "y", "number": "z", "self": "s", "message": "m"}):
        entry = Entry(type, SYSTEM, at(1), 96, WORKLOAD, detail={**known.get(type, {}), **detail})
        shown = timeline.timeline(96, [StoredEntry(1, entry, "", "")], tongue(language), page=0, pages=1)
        assert language == "en" or type.value not in plain_text(shown).split()


@pytest.mark.parametrize("type", list(EntryType))
def test_an_entry_of_another_version_is_still_a_line(type: EntryType) -> None:
    entry = Entry(type, SYSTEM, at(1), detail={"outcome": "?", "found": "?", "what": "?", "why": "?", "fired": "x"})
    assert plain_text(timeline.timeline(96, [StoredEntry(1, entry, "", "")], tongue("en"), page=0, pages=1))


def test_every_outcome_and_finding_has_words() -> None:
    assert set(timeline.OUTCOMES) == {state.value for state in ActionState if not state.running}
    assert set(timeline.FINDINGS) == {acting.FOUND, acting.ABSENT}


def test_everything_that_is_read_has_a_sentence() -> None:
    """The actors write down what somebody read, and nothing else of the kind."""
    assert set(timeline.READ) <= written_out("actors")


# Roles, reasons for rejecting, notices


def test_every_role_has_a_word() -> None:
    assert set(welcome.ROLES) == set(Role)


def test_rejecting_offers_every_reason_once() -> None:
    shown = rejecting.ask_reason(an_incident(), tongue("en"))
    offered = [button.args["reason"] for row in shown.rows for button in row if button.verb == "reject"]
    assert offered == list(rejecting.REASONS)


@pytest.mark.parametrize("code", notices.NOTICES)
def test_a_notice_is_heard(code: str) -> None:
    detail = dict.fromkeys(places(notices.NOTICES[code]), "x")
    assert not notices.notice(code, detail, tongue("ru")).silent


def notices_used() -> set[str]:
    used = set()
    for _, module in sources("actors"):
        for call in ast.walk(module):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Notice", "TellAdmins"):
                used |= {a.value for a in call.args[:1] if isinstance(a, ast.Constant)}
    return used


def test_every_notice_that_is_sent_exists() -> None:
    assert notices_used() <= set(notices.NOTICES)


# Toasts


def written_out(*folders: str) -> set[str]:
    """Every string that stands in the code, the tables of the toasts themselves left out."""
    return {
        node.value
        for path, module in sources(*folders)
        if path.name != "toasts.py"
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def toasts_used() -> set[str]:
    """Codes written out where an Answer, a Refusal or a toast is made, and what `closing` composes."""
    places_of_code = {"Answer": 1, "Refusal": 0, "toast": 0}
    used = {f"already_{status}{by}" for status in ("resolved", "rejected") for by in ("", "_by")}
    for _, module in sources("core", "actors"):
        for call in ast.walk(module):
            place = places_of_code.get(getattr(call.func, "id", "")) if isinstance(call, ast.Call) else None
            if isinstance(call, ast.Call) and place is not None:
                codes = [a for a in call.args[place : place + 1] if isinstance(a, ast.Constant | ast.IfExp)]
                used |= {c.value for code in codes for c in ast.walk(code) if isinstance(c, ast.Constant)}
    return used


def test_every_toast_that_is_used_exists() -> None:
    used = toasts_used()
    assert {"taken", "busy", "expired", "already_yours"} <= used
    assert used - set(toasts.TOASTS) == set()


def test_every_toast_that_exists_is_used() -> None:
    composed = {f"already_{status}{by}" for status in ("resolved", "rejected") for by in ("", "_by")}
    assert set(toasts.TOASTS) - composed <= written_out("core", "actors")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", toasts.TOASTS)
def test_a_toast_is_short_plain_and_filled(code: str, language: str) -> None:
    message = toasts.TOASTS[code]
    assert places(message) <= set(TOAST_WORDS)
    said = toasts.toast(code, tongue(language), TOAST_WORDS)
    assert len(said) <= toasts.LIMIT
    assert "{" not in said
    assert "<" not in said
    assert "viewer" not in said or language == "en"


def test_a_toast_of_a_long_name_is_cut() -> None:
    assert len(toasts.toast("busy", tongue("en"), {"name": "<b>" * 200})) == toasts.LIMIT


def test_what_is_of_no_incident_has_sentences_of_its_own() -> None:
    assert set(logbook.SENTENCES) == NOT_IN_A_TIMELINE


@pytest.mark.parametrize("type", list(logbook.SENTENCES))
def test_every_line_of_the_log_is_a_sentence_in_both_languages(type: EntryType) -> None:
    for detail in ({}, {"name": "x", "who": "y", "role": "viewer", "namespace": "shop", "chat": "z", "self": "s"}):
        entry = Entry(type, SYSTEM, at(1), detail=detail)
        english, russian = (plain_text(screen([logbook.line(entry, tongue(each))], [])) for each in ("en", "ru"))
        assert english != russian
        assert type.value not in russian
