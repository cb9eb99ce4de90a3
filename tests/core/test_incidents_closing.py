"""Who has an incident and how it is closed: every press in every state."""

from collections.abc import Callable

import pytest

from chatops.core.audit import EntryType, Subject
from chatops.core.incidents import Answer, Incident, Person, Press, Status, decide
from chatops.core.incidents.events import Event, Reject, Release, Resolve, Take
from tests.core.scene import ANNA, OLEG, after, an_alert, at, hear, opened, press

STATES: dict[str, Callable[[], Incident]] = {
    "free": opened,
    "anna's": lambda: after(opened(), Take(press(ANNA)), minute=2),
    "oleg's": lambda: after(opened(), Take(press(OLEG)), minute=2),
    "resolved by anna": lambda: after(opened(), Resolve(press(ANNA)), minute=2),
    "resolved by oleg": lambda: after(opened(), Resolve(press(OLEG)), minute=2),
    "resolved by itself": lambda: hear(opened(), an_alert(firing=False, until=1), minute=2).incident,
    "rejected by oleg": lambda: after(opened(), Reject(press(OLEG), "noise"), minute=2),
}

PRESSES: dict[str, Callable[[Press], Event]] = {
    "take": Take,
    "release": Release,
    "resolve": Resolve,
    "reject": lambda pressed: Reject(pressed, "planned"),
}

# state, what Anna presses: the toast, the entry, who has it then, its status then.
OUTCOMES: list[tuple[str, str, str, EntryType | None, Person | None, Status]] = [
    ("free", "take", "taken", EntryType.ACKNOWLEDGED, ANNA, Status.ACTIVE),
    ("free", "release", "nobody_has_it", None, None, Status.ACTIVE),
    ("free", "resolve", "resolved", EntryType.RESOLVED, ANNA, Status.RESOLVED),
    ("free", "reject", "rejected", EntryType.REJECTED, ANNA, Status.REJECTED),
    ("anna's", "take", "already_yours", None, ANNA, Status.ACTIVE),
    ("anna's", "release", "released", EntryType.RELEASED, None, Status.ACTIVE),
    ("anna's", "resolve", "resolved", EntryType.RESOLVED, ANNA, Status.RESOLVED),
    ("anna's", "reject", "rejected", EntryType.REJECTED, ANNA, Status.REJECTED),
    ("oleg's", "take", "taken", EntryType.ACKNOWLEDGED, ANNA, Status.ACTIVE),
    ("oleg's", "release", "released", EntryType.RELEASED, None, Status.ACTIVE),
    ("oleg's", "resolve", "resolved", EntryType.RESOLVED, OLEG, Status.RESOLVED),
    ("oleg's", "reject", "rejected", EntryType.REJECTED, OLEG, Status.REJECTED),
    *(
        (state, pressed, toast, None, taken_by, status)
        for state, toast, taken_by, status in (
            ("resolved by anna", "already_resolved_by", ANNA, Status.RESOLVED),
            ("resolved by oleg", "already_resolved_by", OLEG, Status.RESOLVED),
            ("resolved by itself", "already_resolved", None, Status.RESOLVED),
            ("rejected by oleg", "already_rejected_by", OLEG, Status.REJECTED),
        )
        for pressed in PRESSES
    ),
]


def test_every_press_in_every_state_is_in_the_table() -> None:
    assert {(state, pressed) for state, pressed, *_ in OUTCOMES} == {(s, p) for s in STATES for p in PRESSES}


@pytest.mark.parametrize(("state", "pressed", "toast", "type", "taken_by", "status"), OUTCOMES)
def test_a_press(
    state: str, pressed: str, toast: str, type: EntryType | None, taken_by: Person | None, status: Status
) -> None:
    before = STATES[state]()
    decision = decide(before, PRESSES[pressed](press(ANNA)), now=at(9))
    (answer,) = decision.effects
    assert isinstance(answer, Answer)
    assert (answer.toast, answer.press) == (toast, press(ANNA))
    assert (decision.incident.taken_by, decision.incident.status) == (taken_by, status)
    # A4: what came to nothing has a line as well.
    assert [entry.type for entry in decision.entries] == [type or EntryType.DENIED]
    assert decision.incident.revision == before.revision + (1 if type else 0)
    if type is None:
        assert decision.incident == before
        assert decision.entries[0].detail == {"what": pressed, "why": toast}
    for entry in decision.entries:
        assert (entry.subject, entry.at) == (Subject("person", "1", "@anna"), at(9))
        assert (entry.incident_id, entry.chat_id, entry.message_id) == (96, -100, 7)


def test_a_refusal_names_who_closed_it() -> None:
    (answer,) = decide(STATES["rejected by oleg"](), Take(press(ANNA)), now=at(9)).effects
    assert isinstance(answer, Answer)
    assert answer.detail == {"name": "@oleg"}


def test_taking_over_names_whom_from() -> None:
    (entry,) = decide(STATES["oleg's"](), Take(press(ANNA)), now=at(9)).entries
    assert entry.detail == {"from": "@oleg"}


def test_a_rejection_keeps_its_reason() -> None:
    decision = decide(opened(), Reject(press(), "planned <b>work</b>"), now=at(9))
    assert decision.incident.reason == "planned <b>work</b>"
    assert decision.entries[0].detail == {"reason": "planned <b>work</b>"}
    assert (decision.incident.closed_at, decision.incident.closed_by) == (at(9), ANNA)


def test_a_name_that_changed_is_still_the_same_person() -> None:
    taken = after(opened(), Take(press(ANNA)), minute=2)
    (answer,) = decide(taken, Take(press(Person(ANNA.id, "@anna_at_home"))), now=at(3)).effects
    assert isinstance(answer, Answer)
    assert answer.toast == "already_yours"


@pytest.mark.parametrize("pressed", PRESSES)
def test_the_second_of_two_presses_changes_nothing(pressed: str) -> None:
    event = PRESSES[pressed](press(ANNA))
    once = decide(opened(), event, now=at(2)).incident
    twice = decide(once, event, now=at(2))
    assert twice.incident == once
    assert [entry.type for entry in twice.entries] == [EntryType.DENIED]
