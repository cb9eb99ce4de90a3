"""Asking for help, and notes: what people tell each other by way of an incident."""

from chatops.core.audit import EntryType
from chatops.core.incidents import Answer, CallForHelp, decide
from chatops.core.incidents.escalation import QUIET
from chatops.core.incidents.events import Escalate, Noted, Resolve, press_of
from chatops.core.incidents.notes import LONGEST
from tests.core.scene import ANNA, OLEG, after, at, opened, press


def test_help_is_asked_for_once_in_a_while() -> None:
    first = decide(opened(), Escalate(press()), now=at(3))
    assert first.effects == (Answer(press(), "help_called"), CallForHelp(press()))
    assert [(entry.type, entry.subject) for entry in first.entries] == [(EntryType.ESCALATED, ANNA.subject)]
    assert first.incident.escalated_at == at(3)
    again = decide(first.incident, Escalate(press(OLEG)), now=at(7.9))
    assert (again.incident, again.effects) == (first.incident, (Answer(press(OLEG), "help_called_lately"),))
    assert [entry.detail["why"] for entry in again.entries] == ["help_called_lately"]
    later = decide(first.incident, Escalate(press()), now=at(3) + QUIET)
    assert CallForHelp(press()) in later.effects


def test_nobody_is_called_to_what_is_over() -> None:
    closed = after(opened(), Resolve(press()), minute=3)
    decision = decide(closed, Escalate(press()), now=at(4))
    assert decision.effects == (Answer(press(), "already_resolved", {"name": ""}),)
    assert [entry.detail for entry in decision.entries] == [{"what": "escalate", "why": "already_resolved"}]


def test_a_note_is_an_entry_and_no_reason_to_edit_a_card() -> None:
    incident = opened()
    decision = decide(incident, Noted(press(), "  the disk was full\nafter the backup "), now=at(5))
    assert decision.incident == incident
    (entry,) = decision.entries
    assert (entry.type, entry.subject) == (EntryType.NOTED, ANNA.subject)
    assert entry.detail == {"text": "the disk was full after the backup"}
    assert decision.effects == (Answer(press(), "noted", {"number": "96"}),)


def test_a_closed_incident_takes_notes_too() -> None:
    closed = after(opened(), Resolve(press()), minute=3)
    assert decide(closed, Noted(press(), "it was the backup"), now=at(600)).entries


def test_secrets_in_a_note_are_masked_also_where_the_cut_would_halve_them() -> None:
    secret = "ghp_" + "a1B2" * 9
    for text in (f"the token is {secret}", "x" * (LONGEST - 20) + f" {secret}"):
        kept = decide(opened(), Noted(press(), text), now=at(5)).entries[0].detail["text"]
        assert "a1B2" not in kept
        assert len(kept) <= LONGEST


def test_nothing_written_is_no_note() -> None:
    decision = decide(opened(), Noted(press(), " \n "), now=at(5))
    assert (decision.incident, decision.effects) == (opened(), ())
    assert [entry.detail for entry in decision.entries] == [{"what": "note", "why": "nothing_said"}]


def test_presses_are_known_as_such() -> None:
    assert press_of(Noted(press(), "x")) == press_of(Escalate(press())) == press()
