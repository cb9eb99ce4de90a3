"""Each line of the log says what it is about: by the actor's address, and by what it is told."""

import threading

import pytest
from structlog.contextvars import clear_contextvars, get_contextvars

from chatops.actors.base import Actor
from chatops.actors.chat_messages import IncidentChanged, UpdateArrived
from chatops.actors.marks import mark_thread, marked, marks_of
from chatops.actors.messages import FollowAgain, Happened, MailArrived
from chatops.actors.telegram_messages import Deliver
from chatops.actors.work import ReadYaml, Submit, WorkDone
from chatops.actors.work_messages import Assign, Ticket
from chatops.core.incidents.events import Settled
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.people import ChatKind
from chatops.core.resources import ObjectRef
from chatops.core.updates import Membership

REF = ObjectRef("Pod", "cart", "shop")
WORK = ReadYaml(REF)


@pytest.mark.parametrize(
    ("message", "marks"),
    [
        (MailArrived(), {}),
        ("anything", {}),
        (Assign(None, None, None), {}),
        (Happened(None), {}),
        (IncidentChanged(7, 2), {"incident": 7}),
        (FollowAgain("ab12"), {"run": "ab12"}),
        (Happened(Settled(), 900), {"update": 900}),
        (Deliver(AnswerTap("x"), Lane.ANSWER), {}),
        (Deliver(AnswerTap("x"), Lane.ANSWER, incident_id=7), {"incident": 7}),
        (Submit(WORK, ("incident", 7), ("perform", "ab12")), {"incident": 7, "run": "ab12"}),
        (Submit(WORK, ("chat", 5), 12), {}),
        (Assign(None, Ticket(), Submit(WORK, ("incident", 7), ("survey", ""))), {"incident": 7}),  # type: ignore[arg-type]  # nobody answers
        (WorkDone(("look up", "ab12"), True), {"run": "ab12"}),
        (UpdateArrived(Membership(901, -5, ChatKind.GROUP, "team", None, True)), {"update": 901}),
        (WorkDone(("lift", "key"), True), {}),
    ],
)
def test_the_ids_that_a_message_has(message, marks):
    assert marks_of(message) == marks
    clear_contextvars()
    with marked(message):
        assert get_contextvars() == marks
    assert get_contextvars() == {}


class Reporter(Actor):
    """Answers with what its lines would carry."""

    def receive(self, message):
        return dict(get_contextvars())


def test_an_actors_lines_carry_its_address_and_what_it_handles(directory):
    incident = Reporter.start(directory=directory, address=("incident", 7))
    assert incident.ask(FollowAgain("ab12"), timeout=10) == {"incident": 7, "run": "ab12"}
    assert incident.ask(MailArrived(), timeout=10) == {"incident": 7}
    pool = Reporter.start(directory=directory, address=("pool", "prod"))
    assert pool.ask(MailArrived(), timeout=10) == {}
    incident.stop()
    pool.stop()


def test_a_thread_is_marked_for_itself_alone():
    clear_contextvars()
    thread = threading.Thread(target=mark_thread, args=(("chat", -5),))
    thread.start()
    thread.join(10)
    assert get_contextvars() == {}
