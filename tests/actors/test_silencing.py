"""A silence by messages: picked, made once, shown, looked after, lifted, and not forgotten by a restart."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.addresses import chat_address, incident_address
from chatops.actors.upstream_messages import (
    CountMatched,
    CreateSilence,
    DrawGraph,
    ExpireSilence,
    ExtendUntil,
    FindSilence,
    LookAtSilence,
    ReadOutside,
    TendSilence,
)
from chatops.actors.work import WorkFailed
from chatops.core.alerts import Severity
from chatops.core.audit import EntryType
from chatops.core.outside import NOTHING
from chatops.core.people import Grant, Role, User, everywhere
from chatops.core.reports import Line, Report, Section
from chatops.core.silences import Counted, Matched, SilencePlace, SilenceWatch, next_morning
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body, resolved

EVE = 1003


class Upstream:
    """An Alertmanager that does what it is asked, or `fails` by kind of work."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.fails: dict[type, WorkFailed] = {}
        self.found = SilencePlace()
        self.extended: SilencePlace | None = None
        self.others: tuple[str, ...] = ()
        self.watch = SilenceWatch(active=True)

    def __call__(self, work: Any) -> Any:
        self.asked.append(work)
        if type(work) in self.fails:
            return self.fails[type(work)]
        match work:
            case CountMatched(choices, ours):
                return Counted(
                    tuple(
                        Matched(each.matchers, len(ours), 2, ("DiskFull",), 0, each.scope, self.others)
                        for each in choices
                    )
                )
            case CreateSilence():
                return SilencePlace("am-id", 1)
            case FindSilence():
                return self.found
            case ExtendUntil(place, ends_at):
                return self.extended or SilencePlace(place.id, place.instance, ends_at)
            case ExpireSilence():
                return True
            case LookAtSilence():
                return self.watch
            case DrawGraph(ref):
                return Report("metric_graph", ref, sections=(Section("pod=checkout", (Line("▁▂▃"),)),))
            case ReadOutside(action, ref):
                return Report(action, ref, sections=(Section("pod=checkout", (Line("▁▂▃"),)),))

    def of(self, kind: type) -> list[Any]:
        return [work for work in self.asked if type(work) is kind]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Upstream]]:
    with house(tmp_path) as built:
        upstream = Upstream()
        built.cluster.answer = Scene(built.clock)
        built.upstream.answer = upstream
        yield built, upstream


def open_card(shop: House) -> int:
    shop.post_webhook(body("firing_group_of_3"))
    return shop.post.wait_text("keeps crashing")


def silence_it(shop: House, label: str = "1 h") -> int:
    card = open_card(shop)
    shop.press(card, "Silence")
    shop.post.wait_text("Matches")
    assert "Asking" in shop.press(card, label)
    shop.post.wait_text("silenced until")
    return card


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def silence_of(shop: House) -> Any:
    return shop.store.incidents.get(1).silence


def test_the_picker_says_what_would_be_hidden(shop):
    built, upstream = shop
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    html = built.post.messages[card].html
    assert "Hides 5 alerts" in html
    assert "2 alerts of other incidents too: DiskFull" in html
    (asked,) = upstream.of(CountMatched)
    group = {matcher.name: matcher.value for matcher in asked.choices[0].matchers}
    assert group.items() >= built.store.incidents.get(1).group_labels.items()
    assert len(asked.ours) == 3


def test_it_is_made_shown_and_audited(shop):
    built, upstream = shop
    card = silence_it(built)
    (made,) = upstream.of(CreateSilence)
    assert made.draft.created_by == "@u1001 (1001)"
    assert made.draft.comment.startswith("#1 ")
    assert made.draft.key in made.draft.comment
    assert made.draft.ends_at == built.clock() + timedelta(hours=1)
    assert "by @u1001" in built.post.messages[card].html
    assert types(built)[-2:] == [EntryType.SILENCE_REQUESTED, EntryType.SILENCED]


def test_it_is_lifted_by_a_press(shop):
    built, upstream = shop
    card = silence_it(built)
    built.press(card, "Unsilence")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    built.post.wait(lambda post: "🔕 silenced" not in post.messages[card].html)
    assert upstream.of(ExpireSilence) == [ExpireSilence(SilencePlace("am-id", 1))]
    built.press(card, "Timeline")
    built.post.wait_text("silence lifted: @u1001")


def test_until_resolved_is_lifted_when_the_webhook_says_so(shop):
    built, upstream = shop
    silence_it(built, "Until resolved")
    built.post_webhook(resolved("firing_group_of_3"))
    built.post.wait_text("🟢")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert upstream.of(ExpireSilence)


def test_until_resolved_is_lifted_when_alertmanager_lists_the_alerts_no_more(shop):
    """No webhook comes of a silenced alert."""
    built, upstream = shop
    silence_it(built, "Until resolved")
    upstream.watch = SilenceWatch(True, frozenset())
    built.directory.tell(incident_address(1), TendSilence(silence_of(built).key))
    built.post.wait_text("🟢")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert upstream.of(ExpireSilence)


@pytest.mark.parametrize("how", ["lifted", "gone", "expired"])
def test_what_ended_right_before_the_silence_is_not_missed(shop, how):
    """Alertmanager has forgotten to tell of it and never will: it is read from its list once more."""
    built, upstream = shop
    card = silence_it(built)
    upstream.watch = SilenceWatch(how == "expired", frozenset())
    if how == "lifted":
        built.press(card, "Unsilence")
    else:
        built.clock.move(minutes=61 if how == "expired" else 1)
        built.directory.tell(incident_address(1), TendSilence(silence_of(built).key))
    built.post.wait_text("🟢")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert built.store.audit.page(limit=1_000)[-1].entry.detail["how"] == how


def test_its_time_passes(shop):
    built, upstream = shop
    card = silence_it(built, "30 min")
    built.clock.move(minutes=31)
    built.directory.tell(incident_address(1), TendSilence(silence_of(built).key))
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    built.post.wait(lambda post: "silenced until" not in post.messages[card].html)
    assert not upstream.of(ExpireSilence)


def test_who_may_not_act_may_not_silence(shop):
    built, upstream = shop
    built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    card = open_card(built)
    assert "⛔" in built.press(card, "Silence", user=EVE)
    assert types(built)[-1] is EntryType.DENIED
    assert not upstream.asked


def test_two_presses_are_one_silence(shop):
    built, upstream = shop
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    token = built.post.button(card, "4 h")
    built.press_token(card, token)
    assert "Already silenced" in built.press_token(card, token)
    assert len(upstream.of(CreateSilence)) == 1


def test_a_refusal_is_on_the_card_and_can_be_tried_again(shop):
    built, upstream = shop
    upstream.fails[CreateSilence] = WorkFailed(None, "refused", "silence invalid: <b>no</b>", False)
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    built.press(card, "1 h")
    built.post.wait_text("it refused: silence invalid: &lt;b&gt;no&lt;/b&gt;")
    assert types(built)[-1] is EntryType.SILENCE_FAILED
    assert built.post.button(card, "🔕 Silence")


def test_a_lost_answer_is_looked_up_and_never_sent_again(shop):
    built, upstream = shop
    upstream.fails[CreateSilence] = WorkFailed(None, "unknown_outcome", "", False)
    upstream.found = SilencePlace("found-id")
    silence_it(built)
    assert len(upstream.of(CreateSilence)) == 1
    assert silence_of(built).id == "found-id"


def test_a_lost_answer_of_a_silence_that_is_not_there_says_so(shop):
    built, upstream = shop
    upstream.fails[CreateSilence] = WorkFailed(None, "unknown_outcome", "", False)
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    built.press(card, "1 h")
    built.post.wait_text("its answer was lost, and it is not there")


def test_a_process_that_died_in_between_looks_it_up(shop):
    built, upstream = shop
    upstream.fails[CreateSilence] = WorkFailed(None, "unknown_outcome", "", False)
    upstream.fails[FindSilence] = WorkFailed(None, "unreachable", "", True)
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    built.press(card, "1 h")
    built.until(lambda: upstream.of(FindSilence))
    built.stop()
    upstream.fails.clear()
    upstream.found = SilencePlace("found-id")
    built.start()
    built.directory.tell(incident_address(1), TendSilence("of another life"))
    built.until(lambda: silence_of(built).id == "found-id")
    assert len(upstream.of(CreateSilence)) == 1


def test_a_lift_that_fails_is_tried_again_after_a_restart(shop):
    built, upstream = shop
    card = silence_it(built)
    upstream.fails[ExpireSilence] = WorkFailed(None, "unreachable", "", True)
    built.press(card, "Unsilence")
    built.post.wait_text("lift the silence…")
    built.until(lambda: upstream.of(ExpireSilence))
    built.stop()
    upstream.fails.clear()
    built.start()
    built.directory.tell(incident_address(1), TendSilence("of another life"))
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)


def test_one_that_alertmanager_forgot_counts_as_lifted(shop):
    built, upstream = shop
    card = silence_it(built)
    upstream.fails[ExpireSilence] = WorkFailed(None, "not_found", "silence not found", False)
    built.press(card, "Unsilence")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)


def test_an_alertmanager_that_is_down_is_said_instead_of_the_picker(shop):
    built, upstream = shop
    upstream.fails[CountMatched] = WorkFailed(None, "unreachable", "Connection refused", True)
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Alertmanager does not tell: it cannot be reached right now (Connection refused).")
    upstream.fails.clear()
    built.press(card, "🔄")
    built.post.wait_text("Matches")


def test_without_alertmanager_nothing_is_offered(tmp_path):
    with house(tmp_path) as built:
        built.stop()
        built.outside = NOTHING
        built.start()
        built.cluster.answer = Scene(built.clock)
        card = open_card(built)
        labels = [key.label for row in built.post.messages[card].keyboard for key in row]
        assert not [label for label in labels if "Silence" in label or "Graph" in label]
        assert [label for label in labels if "Escalate" in label]


def test_a_graph_is_read_of_the_alerts_own_expression(shop):
    built, upstream = shop
    card = open_card(built)
    if not [k for row in built.post.messages[card].keyboard for k in row if "Graph" in k.label]:
        pytest.skip("the captured alert names no expression")
    built.press(card, "Graph")
    built.post.wait_text("▁▂▃")
    (asked,) = upstream.of(DrawGraph)
    assert "g0.expr=" in asked.generator_url


def test_alertmanagers_standing_is_behind_the_picker(shop):
    built, upstream = shop
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    built.press(card, "🔔 Alertmanager")
    built.post.wait_text("▁▂▃")
    assert [work.action for work in upstream.of(ReadOutside)] == ["alertmanager_status"]
    assert built.directory.ref(chat_address(ANNA))


# How much


def elsewhere(name: str) -> bytes:
    """A group of another namespace, whose alerts are others."""
    told = json.loads(body(name))
    for labels in (told["groupLabels"], told["commonLabels"], *(alert["labels"] for alert in told["alerts"])):
        labels["namespace"] = "mail"
    for number, alert in enumerate(told["alerts"]):
        alert["fingerprint"] = f"{number:016x}"
    return json.dumps({**told, "groupKey": "{}:{elsewhere}"}).encode()


def test_the_narrowest_is_a_press_away_and_is_what_is_made(shop):
    built, upstream = shop
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("◉ <b>The whole group</b>")
    built.press(card, "The object")
    built.post.wait_text("◉ <b>This alert on this object</b>")
    built.press(card, "1 h")
    built.post.wait_text("silenced until")
    narrow = upstream.of(CountMatched)[-1].choices[-1]
    (made,) = upstream.of(CreateSilence)
    assert made.draft.matchers == narrow.matchers
    assert made.draft.ours == {each.alert.fingerprint for each in built.store.incidents.get(1).firing}
    assert "2 alerts of it are not silenced" in built.post.messages[card].html


def test_the_incidents_that_would_be_hidden_are_named_to_who_may_see_them(shop):
    built, upstream = shop
    card = open_card(built)
    built.post_webhook(elsewhere("firing_single"))
    built.until(lambda: built.store.incidents.get(2) and built.store.incidents.get(2).firing)
    other = built.store.incidents.get(2)
    upstream.others = tuple(each.alert.fingerprint for each in other.firing)
    built.press(card, "Silence")
    built.post.wait_text("#2, DiskFull")
    own = built.store.incidents.get(1).namespace
    assert own != other.namespace
    built.store.users.put(User(ANNA, "@u1001", (Grant(Role.OPERATOR, namespace=own),)))
    built.press(card, "🔄")
    built.post.wait(lambda post: "too: DiskFull" in post.messages[card].html)


def test_until_the_morning_is_the_moment_that_was_said(shop):
    built, upstream = shop
    card = open_card(built)
    built.press(card, "Silence")
    built.post.wait_text("Matches")
    morning = next_morning(built.clock())
    built.press(card, "Until 10:00 UTC")
    built.post.wait_text("silenced until")
    (made,) = upstream.of(CreateSilence)
    assert made.draft.ends_at == morning


# Before its end


def nearly_over(built: House, label: str = "1 h") -> int:
    card = silence_it(built, label)
    built.clock.move(minutes=51)
    built.directory.tell(incident_address(1), TendSilence(silence_of(built).key))
    built.post.wait(lambda post: "it still fires" in post.messages[card].html)
    return card


def test_the_card_tells_of_its_end_with_what_can_be_done(shop):
    built, _ = shop
    card = nearly_over(built)
    assert built.post.button(card, "Extend by 1 h")
    assert built.post.button(card, "End now")
    assert silence_of(built).warned
    assert built.store.incidents.get(1).severity is Severity.CRITICAL
    built.post.wait(lambda post: any("The silence of" in each.html for each in post.messages.values()))


def test_an_alertmanager_that_does_not_answer_keeps_nobody_from_being_told(shop):
    built, upstream = shop
    upstream.fails[LookAtSilence] = WorkFailed(None, "unreachable", "", True)
    nearly_over(built)


def test_it_is_extended_by_a_press_and_ended_by_its_new_id(shop):
    built, upstream = shop
    card = nearly_over(built)
    ends_at = silence_of(built).ends_at
    upstream.extended = SilencePlace("another-id", 0)
    built.press(card, "Extend by 1 h")
    built.until(lambda: types(built)[-1] is EntryType.SILENCE_EXTENDED)
    assert upstream.of(ExtendUntil) == [ExtendUntil(SilencePlace("am-id", 1), ends_at + timedelta(hours=1))]
    built.post.wait(lambda post: "for longer" not in (html := post.messages[card].html) and "still fires" not in html)
    built.press(card, "Unsilence")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert upstream.of(ExpireSilence) == [ExpireSilence(SilencePlace("another-id", 0))]
    built.press(card, "Timeline")
    built.post.wait_text("asked for a longer silence")


def test_end_now_ends_it(shop):
    built, upstream = shop
    card = nearly_over(built)
    built.press(card, "End now")
    built.until(lambda: types(built)[-1] is EntryType.UNSILENCED)
    assert len(upstream.of(ExpireSilence)) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_to_an_extension_is_looked_up_and_never_sent_again(shop, arrived):
    built, upstream = shop
    card = nearly_over(built)
    longer = silence_of(built).ends_at + timedelta(hours=1)
    upstream.fails[ExtendUntil] = WorkFailed(None, "unknown_outcome", "", False)
    upstream.found = SilencePlace("another-id", 0, longer if arrived else silence_of(built).ends_at)
    built.press(card, "Extend by 1 h")
    last = EntryType.SILENCE_EXTENDED if arrived else EntryType.SILENCE_FAILED
    built.until(lambda: types(built)[-1] is last)
    assert len(upstream.of(ExtendUntil)) == 1
    assert silence_of(built).id == ("another-id" if arrived else "am-id")
    if not arrived:
        built.post.wait_text("could not be extended")


def test_a_process_that_died_while_it_was_extended_looks_it_up(shop):
    built, upstream = shop
    card = nearly_over(built)
    longer = silence_of(built).ends_at + timedelta(hours=1)
    upstream.fails[ExtendUntil] = WorkFailed(None, "unknown_outcome", "", False)
    upstream.fails[FindSilence] = WorkFailed(None, "unreachable", "", True)
    built.press(card, "Extend by 1 h")
    built.until(lambda: upstream.of(FindSilence))
    built.stop()
    upstream.fails.clear()
    upstream.found = SilencePlace("another-id", 1, longer)
    built.start()
    built.directory.tell(incident_address(1), TendSilence("of another life"))
    built.until(lambda: silence_of(built).id == "another-id")
    assert silence_of(built).ends_at == longer
    assert len(upstream.of(ExtendUntil)) == 1
