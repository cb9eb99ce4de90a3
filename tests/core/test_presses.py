"""Every kind of press against every way it can be wrong: which refusal wins, and what it gives away."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from chatops.core.access import ACTING, DECIDING, OF_DUTY
from chatops.core.buttons import Offered, Verb
from chatops.core.outgoing import ForPresser
from chatops.core.people import ChatKind, Grant, Role, Sender, User, everywhere
from chatops.core.presses import DOUBLE_TAP, LATE, Refusal, for_presser, judge, missed, word_for
from chatops.core.resources import ObjectRef
from chatops.core.safeguards import Safeguard
from chatops.core.screens.confirm import LIFETIMES
from chatops.core.screens.toasts import TOASTS
from chatops.core.updates import Tap, TextMessage
from tests.core.scene import WORKLOAD, a_run, an_incident, at

PRESSED = at(0)
CHAT, MESSAGE, ANNA = -100, 7, 1

USERS = {
    "stranger": None,
    "disabled": User(ANNA, "@anna", everywhere(Role.ADMIN), disabled=True),
    "viewer": User(ANNA, "@anna", everywhere(Role.VIEWER)),
    "operator": User(ANNA, "@anna", everywhere(Role.OPERATOR)),
    "admin": User(ANNA, "@anna", everywhere(Role.ADMIN)),
}
PLACES = {
    "here": (CHAT, MESSAGE),
    "message not seen yet": (CHAT, None),
    "another message": (CHAT, MESSAGE + 1),
    "another chat": (CHAT - 1, MESSAGE),
    "another chat, not seen yet": (CHAT - 1, None),
}
FOREIGN = ("another message", "another chat", "another chat, not seen yet")
OWNERS = {"anybody's": None, "anna's": ANNA, "oleg's": 2}
AGES = {
    "this moment": timedelta(),
    "just now": DOUBLE_TAP - timedelta(milliseconds=1),
    "long enough": DOUBLE_TAP,
    "nearly over": LIFETIMES[Safeguard.TAP] - timedelta(milliseconds=1),
    "over": LIFETIMES[Safeguard.TAP],
    "from the future": timedelta(seconds=-5),
}


def tap() -> Tap:
    return Tap(1, "cb", CHAT, ChatKind.GROUP, "on call", MESSAGE, Sender(ANNA, "@anna"), "token")


def offered(verb: Verb, place: str, owner: str, age: str, *, used: bool, lasting: bool) -> Offered:
    at_ = PRESSED - AGES[age]
    chat, message = PLACES[place]
    return Offered(
        token="token",
        chat_id=chat,
        message_id=message,
        verb=verb,
        args={},
        ref=WORKLOAD,
        incident_id=96,
        for_user=OWNERS[owner],
        offered_at=at_,
        expires_at=None if lasting else at_ + LIFETIMES[Safeguard.TAP],
        used_at=at_ if used else None,
    )


def expected(user: str, verb: Verb, place: str, owner: str, age: str, *, used: bool, lasting: bool) -> Refusal | None:
    """The order of the rules: who, where, may they, whose, once, in time, on purpose."""
    rules = [
        (user in ("stranger", "disabled"), Refusal("stranger", denied=user)),
        (place in FOREIGN, Refusal("elsewhere", denied="foreign_button")),
        (user == "viewer" and verb in ACTING, Refusal("no_right", denied="viewer")),
        (user in ("viewer", "operator") and verb in DECIDING, Refusal("admins_only", denied=user)),
        (owner == "oleg's", Refusal("not_yours", denied="not_theirs")),
        (used, Refusal("used", denied="used")),
        (age == "over" and not lasting, Refusal("expired", denied="expired", stale=True)),
        (
            verb in SECOND_TAPS and age in ("this moment", "just now", "from the future"),
            Refusal("double_tap", denied="double_tap"),
        ),
    ]
    return next((refusal for applies, refusal in rules if applies), None)


SECOND_TAPS = (
    Verb.CONFIRM,
    Verb.APPROVE,
    Verb.DECIDE,
    Verb.REOPEN,
    Verb.MERGE,
    Verb.CHANGE_SILENCE,
    Verb.DO_COVER,
    Verb.SET_MAINTENANCE,
    Verb.SET_ROUTES,
    Verb.SET_CHAT,
)


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("user", USERS)
def test_s3_every_press(user: str, verb: Verb) -> None:
    """S3: of all combinations of person, chat, message, owner and moment only the right one counts."""
    tried = 0
    for place, owner, age, used, lasting in product(PLACES, OWNERS, AGES, (False, True), (False, True)):
        button = offered(verb, place, owner, age, used=used, lasting=lasting)
        found = judge(tap(), button, USERS[user], now=PRESSED)
        assert found == expected(user, verb, place, owner, age, used=used, lasting=lasting), (place, owner, age, used)
        tried += 1
    assert tried == 360


def test_who_chose_cannot_be_the_second_person() -> None:
    button = offered(Verb.APPROVE, "here", "anybody's", "long enough", used=False, lasting=True)
    chosen_by = replace(button, args={"by": str(tap().sender.id)})
    assert judge(tap(), chosen_by, USERS["operator"], now=PRESSED) == Refusal("second_person", denied="second_person")
    asker = User(2, "@oleg", everywhere(Role.OPERATOR))
    assert judge(tap(), replace(button, args={"by": "2"}), USERS["operator"], now=PRESSED, asker=asker) is None


@pytest.mark.parametrize(
    "asker",
    [
        None,
        User(2, "@oleg"),
        User(2, "@oleg", everywhere(Role.VIEWER)),
        User(2, "@oleg", everywhere(Role.OPERATOR), disabled=True),
        User(2, "@oleg", (Grant(Role.OPERATOR, namespace="mail"),)),
    ],
)
def test_what_somebody_asked_for_who_may_not_any_more_is_not_approved(asker: User | None) -> None:
    button = replace(
        offered(Verb.APPROVE, "here", "anybody's", "long enough", used=False, lasting=True), args={"by": "2"}
    )
    refusal = judge(tap(), button, USERS["operator"], now=PRESSED, asker=asker)
    assert refusal == Refusal("asker_lost_right", denied="asker_lost_right")


def test_s7_a_button_asks_for_the_right_where_its_object_is() -> None:
    """READ on the incident and the verb's right on the object: the one does not stand for the other."""
    incident = replace(an_incident(), namespace="shop")
    other = replace(WORKLOAD, namespace="mail")
    user = User(ANNA, "@anna", (Grant(Role.OPERATOR, namespace="shop"), Grant(Role.VIEWER, namespace="mail")))
    for verb, ref, told in [
        (Verb.CHOOSE, WORKLOAD, None),
        (Verb.CHOOSE, other, Refusal("no_right", denied="viewer")),
        (Verb.LOGS, other, None),
        (Verb.TAKE, other, None),
        (Verb.CHOOSE, replace(WORKLOAD, namespace="bank"), Refusal("out_of_scope", denied="out_of_scope")),
        (Verb.MORE, ObjectRef("Node", "w-1", "shop"), Refusal("out_of_scope", denied="out_of_scope")),
    ]:
        button = replace(offered(verb, "here", "anybody's", "long enough", used=False, lasting=True), ref=ref)
        assert judge(tap(), button, user, now=PRESSED, incident=incident) == told, (verb, ref)
    hidden = replace(incident, namespace="bank")
    for verb in set(Verb) - OF_DUTY:
        button = offered(verb, "here", "anybody's", "long enough", used=False, lasting=True)
        assert judge(tap(), button, user, now=PRESSED, incident=hidden) is not None
    for verb in OF_DUTY:
        button = offered(verb, "here", "anybody's", "long enough", used=False, lasting=True)
        assert judge(tap(), button, user, now=PRESSED) is None, "whoever may act anywhere may be on call"


def test_stopping_takes_the_right_on_what_runs() -> None:
    incident = replace(an_incident(run=a_run()), namespace="shop")
    user = User(ANNA, "@anna", (Grant(Role.VIEWER, namespace="shop"), Grant(Role.OPERATOR, namespace="mail")))
    button = replace(offered(Verb.STOP, "here", "anybody's", "long enough", used=False, lasting=True), ref=None)
    assert judge(tap(), button, user, now=PRESSED, incident=incident) == Refusal("no_right", denied="viewer")
    assert incident.run
    plan = replace(incident.run.plan, ref=replace(WORKLOAD, namespace="mail"))
    elsewhere = replace(incident, run=replace(incident.run, plan=plan))
    assert judge(tap(), button, user, now=PRESSED, incident=elsewhere) is None


@pytest.mark.parametrize("user", USERS)
def test_s3_an_unknown_token(user: str) -> None:
    """S3: it leads nowhere."""
    found = judge(tap(), None, USERS[user], now=PRESSED)
    known = user not in ("stranger", "disabled")
    assert found == (
        Refusal("unknown", denied="unknown_button", stale=True) if known else Refusal("stranger", denied=user)
    )


def test_s3_a_stranger_cannot_tell_a_real_token_from_a_guessed_one() -> None:
    """S3: the answer is the same."""
    for verb in Verb:
        button = offered(verb, "here", "anybody's", "long enough", used=False, lasting=True)
        assert judge(tap(), button, None, now=PRESSED) == judge(tap(), None, None, now=PRESSED)


def test_s3_a_foreign_button_gives_nothing_away() -> None:
    """S3: The refusal is the same whatever the button is, whose it is, and whether it still counts."""
    told = {
        judge(
            tap(), offered(verb, "another chat", owner, age, used=used, lasting=False), USERS["operator"], now=PRESSED
        )
        for verb, owner, age, used in product(Verb, OWNERS, AGES, (False, True))
    }
    assert told == {Refusal("elsewhere", denied="foreign_button")}


def test_s4_an_anonymous_admin_is_a_stranger() -> None:
    """S4: whoever stands behind it."""
    anonymous = replace(tap(), sender=Sender(1087968824, "GroupAnonymousBot", is_bot=True))
    assert judge(anonymous, None, None, now=PRESSED) == Refusal("stranger", denied="stranger")


def test_every_refusal_has_its_toast() -> None:
    codes = {
        "stranger",
        "unknown",
        "elsewhere",
        "no_right",
        "not_yours",
        "second_person",
        "used",
        "expired",
        "double_tap",
    }
    assert all(TOASTS[code] for code in codes)


def test_r21_what_was_pressed_while_nobody_listened_does_not_count() -> None:
    """R21: whoever may not at all is told that and no more; of the others none counts, and the card is drawn anew."""
    late = Refusal("too_late", denied="too_late", stale=True)
    for verb in Verb:
        button = offered(verb, "here", "anybody's", "long enough", used=False, lasting=True)
        assert judge(tap(), button, USERS["admin"], now=PRESSED, late=True) == late
    taking = offered(Verb.TAKE, "here", "anybody's", "long enough", used=False, lasting=True)
    assert judge(tap(), taking, USERS["viewer"], now=PRESSED, late=True) == Refusal("no_right", denied="viewer")
    assert judge(tap(), taking, None, now=PRESSED, late=True) == Refusal("stranger", denied="stranger")


# Words

PROMPT = 50
DRAIN = ObjectRef("Node", "worker-3", cluster="prod")


def asking(**changed: object) -> Offered:
    """A confirm that waits for Anna to write the node's name."""
    made = offered(Verb.CONFIRM, "here", "anna's", "long enough", used=False, lasting=False)
    return replace(made, **{"message_id": PROMPT, "ref": DRAIN, **changed})  # type: ignore[arg-type]  # by name


def word(text: str = "worker-3", *, reply_to: int | None = PROMPT, by: int = ANNA) -> TextMessage:
    return TextMessage(9, CHAT, ChatKind.GROUP, "on call", 60, Sender(by, "@x"), text, PRESSED, reply_to)


OVER = {"expires_at": PRESSED}
USED = {"used_at": PRESSED - timedelta(seconds=1)}
WRONG, LATE_, NOT_THEIRS, AGAIN = "wrong_word", "expired", "not_theirs", "used"


@pytest.mark.parametrize(
    ("said", "question", "changed", "why", "aside"),
    [
        (word("worker-4"), None, {}, WRONG, False),
        (word("worker-4", reply_to=None), PROMPT, {}, WRONG, False),
        (word("worker-4", reply_to=None), None, {}, None, None),
        (word("worker-4", reply_to=7), None, {}, None, None),
        (word("worker-4"), None, OVER, None, None),
        (word(), None, OVER, LATE_, False),
        (word(reply_to=None), None, OVER, LATE_, True),
        (word(reply_to=7), None, OVER, LATE_, True),
        (word(), None, {"expires_at": PRESSED + timedelta(seconds=1)}, "too_early", False),
        (word(), None, {"expires_at": None}, "too_early", False),
        (word(), None, USED, AGAIN, False),
        (word(reply_to=None), None, USED, AGAIN, True),
        (word("worker-4"), None, USED, None, None),
        (word(by=2), None, {}, NOT_THEIRS, False),
        (word(by=2), None, USED, NOT_THEIRS, False),
        (word("worker-4", by=2), None, {}, NOT_THEIRS, False),
        (word(by=2, reply_to=None), None, {}, None, None),
        (word("worker-4", by=2), None, OVER, None, None),
        (replace(word(), sender=None), None, OVER, None, None),
        (word(), None, {"ref": None}, None, None),
    ],
)
def test_a_word_that_does_not_count(
    said: TextMessage, question: int | None, changed: dict[str, object], why: str | None, aside: bool | None
) -> None:
    """A word that counts is taken before this is asked; `aside`: it may have been meant for somebody else."""
    found = missed(said, [asking(**changed)], question, now=PRESSED)
    if why is None:
        assert found is None
        return
    assert found is not None
    assert (found.refusal.denied, found.aside) == (why, aside)
    assert TOASTS[found.refusal.toast]


def test_a_word_answers_only_what_was_asked_when_it_was_written() -> None:
    asked = replace(asking(), offered_at=PRESSED + timedelta(seconds=0.9))
    assert word_for(word(), [asked]) == asked
    assert word_for(replace(word(), sent_at=PRESSED - timedelta(seconds=1)), [asked]) is None
    assert word_for(word("worker-4"), [asked]) is None
    assert word_for(word(), [replace(asked, ref=None), asked]) == asked


def test_of_several_questions_the_one_it_is_about_is_meant() -> None:
    other = replace(asking(), message_id=PROMPT + 1, ref=replace(DRAIN, name="worker-9"), token="other")
    found = missed(word("worker-4"), [other, asking()], None, now=PRESSED)
    assert found is not None
    assert found.offered == asking()
    assert missed(word("hello", reply_to=None), [other, asking()], None, now=PRESSED) is None
    assert missed(word(), [], None, now=PRESSED) is None


def test_a_second_press_within_seven_tenths_of_a_second_is_a_double_tap() -> None:
    """UX, decision 6. The card is right as it stands, and is not drawn anew for it."""
    assert timedelta(seconds=0.7) == DOUBLE_TAP
    assert timedelta(minutes=15) == LATE
    pressed = offered(Verb.CONFIRM, "here", "anybody's", "just now", used=False, lasting=True)
    refusal = judge(tap(), pressed, USERS["operator"], now=PRESSED)
    assert refusal is not None
    assert refusal.stale is False


@pytest.mark.parametrize(
    ("kind", "seconds", "alone"),
    [
        (ChatKind.GROUP, 0, True),
        (ChatKind.GROUP, 14.9, True),
        (ChatKind.GROUP, 15, False),
        (ChatKind.GROUP, -1, False),
        (ChatKind.PRIVATE, 0, False),
    ],
)
def test_an_answer_is_for_the_presser_in_a_group_and_for_15_seconds(
    kind: ChatKind, seconds: float, alone: bool
) -> None:
    pressed = replace(tap(), chat_kind=kind)
    found = for_presser(pressed, PRESSED, PRESSED + timedelta(seconds=seconds))
    assert found == (ForPresser(ANNA, "cb") if alone else None)
