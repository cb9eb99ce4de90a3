"""/silences by messages: what each person may see, ours through the incident, others' by two presses and the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.upstream_messages import ExpireSilence, ExtendUntil, ListSilences
from chatops.actors.work import WorkFailed
from chatops.core.audit import EntryType
from chatops.core.outside import NOTHING
from chatops.core.people import Grant, Role, User, everywhere
from chatops.core.presses import DOUBLE_TAP
from chatops.core.silences import SilencePlace, StandingSilence, StandingSilences
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene
from tests.actors.test_silencing import Upstream, silence_it, silence_of, types

EVE = 1003
HOUR = timedelta(hours=1)


class Alertmanager(Upstream):
    """And lists what stands."""

    def __init__(self) -> None:
        super().__init__()
        self.standing: list[StandingSilence] = []
        self.silent: tuple[str, ...] = ()

    def __call__(self, work: Any) -> Any:
        if isinstance(work, ListSilences) and ListSilences not in self.fails:
            self.asked.append(work)
            return StandingSilences(tuple(self.standing), self.silent)
        return super().__call__(work)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Alertmanager]]:
    with house(tmp_path) as built:
        upstream = Alertmanager()
        built.cluster.answer = Scene(built.clock)
        built.upstream.answer = upstream
        yield built, upstream


def standing(built: House, id: str = "theirs", **fields: Any) -> StandingSilence:
    now = built.clock()
    matchers = ('alertname="DiskFull"', 'namespace="mail"')
    made = StandingSilence(id, 0, matchers, "oleg <b>", "until the disk comes", now, now + 2 * HOUR, namespace="mail")
    return replace(made, **fields)


def listed(built: House, text: str = "1 silence</b>") -> int:
    built.write("/silences")
    return built.post.wait_text(text)


def opened(built: House, label: str = "1") -> int:
    message = listed(built)
    built.press(message, label)
    built.post.wait(lambda post: any("End now" in k.label for row in post.messages[message].keyboard for k in row))
    built.clock.move(seconds=DOUBLE_TAP.total_seconds() + 1)
    return message


def last(built: House) -> Any:
    return built.store.audit.page(limit=1_000)[-1].entry


def test_ours_and_others_stand_side_by_side(shop):
    built, upstream = shop
    silence_it(built)
    ours = standing(built, silence_of(built).id, ends_at=silence_of(built).ends_at, namespace="shop")
    upstream.standing = [ours, standing(built)]
    html = built.post.messages[listed(built, "<b>2 silences</b>")].html
    assert "<code>#1</code>" in html
    assert "oleg &lt;b&gt;" in html
    assert html.count("not made here") == 1


def test_nothing_and_nobody_is_said(shop):
    built, upstream = shop
    upstream.silent = ("am-2:9093",)
    html = built.post.messages[listed(built, "Nothing is silenced")].html
    assert "am-2:9093 does not answer" in html
    upstream.fails[ListSilences] = WorkFailed(None, "unreachable", "refused", True)
    built.write("/silences")
    built.post.wait_text("cannot be reached right now")


def test_many_are_paged(shop):
    built, upstream = shop
    upstream.standing = [standing(built, f"s{number}") for number in range(8)]
    message = listed(built, "<b>8 silences</b>")
    built.press(message, "›")
    built.post.wait(lambda post: "8. <code>" in post.messages[message].html)


def test_each_sees_what_lies_where_they_may_read(shop):
    built, upstream = shop
    upstream.standing = [
        standing(built, "in mail"),
        standing(built, "in shop", namespace="shop", matchers=('namespace="shop"',)),
        standing(built, "anywhere", namespace="", matchers=('alertname=~".+"',)),
    ]
    built.store.users.put(User(EVE, "@eve", (Grant(Role.VIEWER, namespace="mail"),)))
    built.write("/silences", user=EVE, chat=EVE)
    message = built.post.wait_text("<b>1 silence</b>")
    assert "mail" in built.post.messages[message].html
    assert "shop" not in built.post.messages[message].html
    built.press(message, "1", user=EVE, chat=EVE)
    built.post.wait(lambda post: "until the disk comes" in post.messages[message].html)
    labels = [key.label for row in built.post.messages[message].keyboard for key in row]
    assert not [label for label in labels if "End" in label or "Extend" in label]


def test_one_of_others_is_ended_and_both_lines_written(shop):
    built, upstream = shop
    upstream.standing = [standing(built)]
    message = opened(built)
    built.press(message, "End now")
    upstream.standing = []
    built.post.wait_text("It was ended")
    assert upstream.of(ExpireSilence) == [ExpireSilence(SilencePlace("theirs", 0))]
    assert types(built)[-2:] == [EntryType.UNSILENCE_REQUESTED, EntryType.UNSILENCED]
    entry = last(built)
    assert (entry.subject.id, entry.object.path, entry.detail["silence"]) == (str(ANNA), "mail/theirs", "theirs")


def test_one_of_others_is_extended_once_to_the_moment_that_was_seen(shop):
    built, upstream = shop
    upstream.standing = [standing(built)]
    upstream.extended = SilencePlace("another", 0)
    message = opened(built)
    token = built.post.button(message, "Extend by 1 h")
    built.press_token(message, token)
    assert "already" in built.press_token(message, token)
    built.post.wait_text("It was extended")
    (asked,) = upstream.of(ExtendUntil)
    assert (asked.place, asked.ends_at) == (SilencePlace("theirs", 0), upstream.standing[0].ends_at + HOUR)
    assert f"@u1001 ({ANNA})" in asked.note
    outcome = next(e.entry for e in built.store.audit.page(limit=1_000) if e.entry.type is EntryType.SILENCE_EXTENDED)
    assert (outcome.detail["silence"], outcome.detail["before"]) == ("another", "theirs")


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_is_looked_for_by_its_key_and_never_sent_again(shop, arrived):
    built, upstream = shop
    theirs = standing(built)
    upstream.standing = [theirs]
    message = opened(built)
    upstream.fails[ExtendUntil] = WorkFailed(None, "unknown_outcome", "", False)
    if arrived:

        def lose(work: Any) -> Any:
            if isinstance(work, ExtendUntil):
                upstream.standing = [replace(theirs, ends_at=work.ends_at, comment=theirs.comment + work.note)]
            return upstream(work)

        built.upstream.answer = lose
    built.press(message, "Extend by 1 h")
    built.post.wait_text("It was extended" if arrived else "answer was lost")
    assert len(upstream.of(ExtendUntil)) == 1
    ends = {EntryType.SILENCE_EXTENDED, EntryType.SILENCE_FAILED} & set(types(built))
    assert ends == {EntryType.SILENCE_EXTENDED if arrived else EntryType.SILENCE_FAILED}


def test_a_refusal_is_said(shop):
    built, upstream = shop
    upstream.standing = [standing(built)]
    message = opened(built)
    upstream.fails[ExpireSilence] = WorkFailed(None, "forbidden", "read only", False)
    built.press(message, "End now")
    built.post.wait_text("did not do it: the bot may not ask it that: read only")
    assert last(built).type is EntryType.SILENCE_FAILED


def test_what_was_asked_for_before_a_restart_has_an_outcome(shop):
    built, upstream = shop
    upstream.standing = [standing(built)]
    message = opened(built)
    built.upstream.answer = lambda work: None if isinstance(work, ExpireSilence) else upstream(work)
    built.press(message, "End now")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCE_REQUESTED)
    built.stop()
    built.start()
    built.write("/help")
    built.until(lambda: EntryType.SILENCE_FAILED in types(built))
    assert last(built).detail["problem"] == "unknown_outcome"


def test_the_right_is_had_at_the_press_and_not_at_the_question(shop):
    built, upstream = shop
    built.store.users.put(User(EVE, "@eve", (Grant(Role.OPERATOR, namespace="mail"),)))
    upstream.standing = [standing(built)]
    built.write("/silences", user=EVE, chat=EVE)
    message = built.post.wait_text("<b>1 silence</b>")
    built.press(message, "1", user=EVE, chat=EVE)
    built.post.wait(lambda post: any("End" in k.label for row in post.messages[message].keyboard for k in row))
    built.clock.move(seconds=2)
    token = built.post.button(message, "End now")
    built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    assert "⛔" in built.press_token(message, token, user=EVE, chat=EVE)
    assert types(built)[-1] is EntryType.DENIED
    assert not upstream.of(ExpireSilence)


def test_ours_is_ended_by_its_incident(shop):
    built, upstream = shop
    card = silence_it(built)
    upstream.standing = [standing(built, silence_of(built).id, ends_at=silence_of(built).ends_at, namespace="shop")]
    message = opened(built)
    built.press(message, "End now")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert last(built).incident_id == 1
    assert upstream.of(ExpireSilence) == [ExpireSilence(SilencePlace("am-id", 1))]
    built.post.wait(lambda post: "silenced until" not in post.messages[card].html)


def test_ours_is_extended_by_its_incident(shop):
    built, upstream = shop
    silence_it(built)
    ends_at = silence_of(built).ends_at
    upstream.standing = [standing(built, silence_of(built).id, ends_at=ends_at, namespace="shop")]
    built.press(opened(built), "Extend by 1 h")
    built.until(lambda: silence_of(built).ends_at == ends_at + HOUR)
    assert upstream.of(ExtendUntil) == [ExtendUntil(SilencePlace("am-id", 1), ends_at + HOUR)]


def test_one_that_ended_meanwhile_is_said_to_be_gone(shop):
    built, upstream = shop
    upstream.standing = [standing(built)]
    message = listed(built)
    upstream.standing = []
    built.press(message, "1")
    built.post.wait_text("does not stand any more")


def test_without_alertmanager_that_is_said(tmp_path):
    with house(tmp_path) as built:
        built.stop()
        built.outside = NOTHING
        built.start()
        built.write("/silences")
        built.post.wait_text("No Alertmanager's address is set")
