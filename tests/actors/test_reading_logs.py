"""Logs and diagnostics in a chat: what was fetched is searched, and who reads or runs something is written down."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.conversation.kept_logs import KeptLogs
from chatops.actors.work import ReadLogs, ReadPod, ReadReport, WorkFailed
from chatops.core.audit import SYSTEM, Entry, EntryType, Subject
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.masking import mask_lines
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import ContainerView, Health, LogText, ObjectRef, PodView
from tests.actors.house import ANNA, House, house
from tests.actors.scene import POD, Scene, body
from tests.core.secret_corpus import leftover, positives

EVE = 1003
GROUP = -100_500
LINES = (
    "2026-11-23T08:59:00.000000000Z INFO  started",
    "2026-11-23T08:59:01.000000000Z ERROR cache shard 31",
    "2026-11-23T08:59:02.000000000Z     at cache.py:88",
    "2026-11-23T08:59:03.000000000Z INFO  Cache is warm",
)


class LogScene(Scene):
    """A pod that logs, and says what was run in it."""

    lines: tuple[str, ...] = LINES

    def __call__(self, work: Any) -> Any:
        match work:
            case ReadLogs(ref, container, previous):
                above = ref if ref.kind != "Pod" else None
                chosen = "failing" if above else ""
                return LogText(
                    POD,
                    container or "app",
                    previous,
                    self.lines,
                    older=True,
                    earlier_run=True,
                    chosen=chosen,
                    above=above,
                )
            case ReadReport("exec_diag", ref, params):
                said = (Section("Output", (Line(f"ran {params['command']} in {params['container']}"),)),)
                facts, size = (("exit code", "0"),), 512
                return Report("exec_diag", ref, Health.GOOD, facts, said, full_text="x", file_name="df.txt", size=size)
            case _:
                return super().__call__(work)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, LogScene]]:
    with house(tmp_path) as built:
        scene = LogScene(built.clock)
        built.cluster.answer = scene
        yield built, scene


def asked(built: House, kind: type = ReadLogs) -> list[Any]:
    """What the cluster was asked for so far."""
    found = []
    while not built.cluster.work.empty():
        found.append(built.cluster.work.get())
    return [work for work in found if isinstance(work, kind)]


def reading(built: House) -> int:
    """The card, moved on to the crash logs."""
    built.post_webhook(body("firing_group_of_3"))
    card = built.post.wait_text("keeps crashing")
    built.press(card, "Crash logs")
    return built.post.wait_text("newest at the bottom")


def test_errors_only_is_not_asked_of_the_cluster_again(shop):
    built, _ = shop
    card = reading(built)
    assert len(asked(built)) == 1
    built.press(card, "Errors only")
    assert built.post.wait_text("Errors only: 2 lines") == card
    text = built.post.messages[card].html
    assert "ERROR cache shard 31" in text
    assert "at cache.py:88" in text
    assert "started" not in text
    assert "1 error in 4 lines: «cache shard …» ×1" in text
    built.press(card, "All lines")
    built.post.wait_text("08:59:00.000Z INFO  started")
    assert asked(built) == []


def test_a_search_by_reply_is_not_asked_of_the_cluster_again(shop):
    built, _ = shop
    card = reading(built)
    asked(built)
    built.press(card, "Search")
    built.post.wait_text("Reply to this message")
    built.write("  CACHE ", reply_to=card)
    assert built.post.wait_text("3 lines with «CACHE»") == card
    assert "started" not in built.post.messages[card].html
    built.press(card, "Search")
    built.post.wait_text("Reply to this message")
    built.write("/healthz <b>", reply_to=card)
    built.post.wait_text("No line holds «/healthz &lt;b&gt;»")
    assert asked(built) == []
    assert built.post.sent == 1


def test_in_private_what_is_written_next_is_the_answer_and_a_command_is_none(shop):
    built, _ = shop
    card = reading(built)
    built.press(card, "Search")
    built.post.wait_text("Reply to this message")
    built.write("/help")
    built.post.wait_text("/incidents")
    built.write("warm")
    built.post.wait_text("1 line with «warm»")
    built.write("started")
    built.write("/history")
    built.post.wait_text("No incident has ended")
    assert "1 line with «warm»" in built.post.messages[card].html, "nothing asked for that"


def test_in_a_group_only_a_reply_is_an_answer(shop):
    built, _ = shop
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    built.post_webhook(body("firing_group_of_3"))
    built.until(lambda: built.store.cards.get(GROUP, 1))
    shared = built.store.cards.get(GROUP, 1).message_id
    built.post.wait(lambda post: "keeps crashing" in post.messages[shared].html)
    built.press(shared, "Crash logs", chat=GROUP)
    below = built.post.wait_text("newest at the bottom")
    assert below != shared
    built.until(lambda: built.store.positions.get(GROUP, below))
    asked(built)
    built.press(below, "Search", chat=GROUP)
    built.post.wait_text("Reply to this message")
    built.write("warm", chat=GROUP)
    built.write("warm", chat=GROUP, user=EVE, reply_to=below)
    built.write("shard", chat=GROUP, reply_to=below)
    assert built.post.wait_text("1 line with «shard»") == below
    assert asked(built) == []


def test_what_is_no_longer_kept_is_fetched_again_and_said(shop, tmp_path):
    built, _ = shop
    card = reading(built)
    asked(built)
    built.stop()
    built.start()
    built.press(card, "Errors only")
    built.post.wait_text("Fetched again")
    (work,) = asked(built)
    assert (work.ref, work.container, work.previous) == (POD, "app", True)
    built.press(card, "All lines")
    built.until(lambda: "Fetched again" not in built.post.messages[card].html)
    assert asked(built) == []


def test_since_more_lines_and_the_other_run_are_fetched(shop):
    built, _ = shop
    card = reading(built)
    asked(built)
    for label, seen, expected in (
        ("15 min", "last 4 lines of 15 min", {"since": 900, "tail": 1_000, "previous": True}),
        ("15 min", "last 4 lines, newest", {"since": 0, "tail": 50, "previous": True}),
        ("200 lines", "last 4 lines, newest", {"since": 0, "tail": 200, "previous": True}),
        ("1000 lines", "last 4 lines, newest", {"since": 0, "tail": 1_000, "previous": True}),
        ("Current run", "last 4 lines, newest", {"since": 0, "tail": 50, "previous": False}),
    ):
        before = built.post.messages[card]
        built.press(card, label)
        built.until(lambda before=before: built.post.messages[card] is not before)
        built.post.wait_text(seen)
        (work,) = asked(built)
        assert {name: getattr(work, name) for name in expected} == expected, label
    built.press(card, "1 h")
    built.post.wait_text("last 4 lines of 1 h")
    built.press(card, "As file")
    document = built.post.wait(lambda post: next(iter(post.others), None))
    assert document.content.decode().splitlines() == ["(older lines left out)", *LINES]
    assert asked(built)[-1] == ReadLogs(POD, "app", False, 5_000, 3_600, 1024 * 1024)


def test_the_logs_of_a_workload_say_which_pod_and_lead_back(shop):
    built, _ = shop
    built.post_webhook(body("firing_group_of_3"))
    card = built.post.wait_text("keeps crashing")
    built.press(card, "Resources")
    built.post.wait_text("› Resources")
    built.press(card, "deploy checkout")
    built.post.wait_text("› Pods")
    built.press(card, "Logs")
    built.post.wait_text("The pod of <code>deploy checkout</code> that fares worst")
    built.press(card, "Errors only")
    built.post.wait_text("Errors only")
    built.press(card, "« Pod")
    built.post.wait_text("QoS")
    built.press(card, "« Pods")
    assert built.post.wait_text("› Pods") == card


def test_a_pod_of_one_container_is_not_asked_about(shop):
    built, scene = shop
    quiet = replace(scene.pod, containers=(ContainerView("app", "running", ready=True),))
    scene.pod = quiet
    token = offer(built, Button("x", Verb.LOGS, ref=POD))
    built.press_token(7, token)
    built.post.wait_text("newest at the bottom")
    assert asked(built)[-1].container == "app"
    scene.pod = replace(quiet, containers=(*quiet.containers, replace(quiet.containers[0], name="proxy")))
    built.press_token(7, token)
    built.post.wait_text("which container?")


def offer(built: House, button: Button, user: int = ANNA) -> str:
    """A button on a message that stands somewhere in the chat."""
    built.store.positions.put(Position(user, 7, Verb.CARD))
    (token,) = built.store.buttons.offer(user, 7, [button], built.clock())
    return token


def test_diagnostics_are_chosen_run_and_written_down(shop):
    built, scene = shop
    scene.pod = replace(scene.pod, containers=(ContainerView("app", "running", ready=True),))
    built.press_token(7, offer(built, Button("x", Verb.DIAGNOSE, ref=POD)))
    built.post.wait_text("Each button runs one command")
    assert asked(built, ReadReport) == []
    built.press(7, "Disk space")
    built.post.wait_text("ran disk in app")
    assert asked(built, ReadReport) == [ReadReport("exec_diag", POD, {"container": "app", "command": "disk"})]
    before, after = told_of(built)
    what = {"what": "diagnostics", "action": "exec_diag", "command": "df -h", "container": "app"}
    assert before.detail == {**what, "run": before.detail["run"]}
    assert (before.object, before.subject.id, before.type) == (POD, str(ANNA), EntryType.LOOKED)
    came = {"outcome": "succeeded", "exit_code": "0", "bytes": "512", "seconds": "0"}
    assert after.detail == {"action": "exec_diag", "run": before.detail["run"], **came}
    assert (after.object, after.type, after.chat_id, after.message_id) == (POD, EntryType.ACTION_FINISHED, ANNA, 7)


def told_of(built: House) -> list[Entry]:
    """What the audit log has of diagnostics."""
    entries = [stored.entry for stored in built.store.audit.page(limit=99)]
    return [entry for entry in entries if "exec_diag" in (entry.detail.get("action"), entry.detail.get("what"))]


OUTCOMES = [
    (Report("exec_diag", POD, facts=(("exit code", "1"),), size=9), "failed", {"exit_code": "1", "bytes": "9"}),
    (Report("exec_diag", POD, notes=(Note("timed_out", "10"),)), "failed", {"problem": "timed_out"}),
    (Report("exec_diag", POD, notes=(Note("not_running", "app"),)), "failed", {"problem": "not_running"}),
    (Report("exec_diag", POD, facts=(("exit code", "0"),), notes=(Note("cut", "64"),)), "succeeded", {"cut": "1"}),
    (WorkFailed(None, "forbidden", "no exec", False), "failed", {"problem": "forbidden", "detail": "no exec"}),
    (WorkFailed(None, "unknown_outcome", "", False), "interrupted", {"problem": "unknown_outcome"}),
]


@pytest.mark.parametrize(("answer", "outcome", "told"), OUTCOMES)
def test_a4_what_came_of_a_diagnostic_is_a_line_of_the_same_run(shop, answer, outcome, told):
    built, _ = shop
    others = built.cluster.answer
    built.cluster.answer = lambda work: answer if isinstance(work, ReadReport) else others(work)
    args = {"report": "exec_diag", "container": "app", "command": "disk"}
    built.press_token(7, offer(built, Button("x", Verb.REPORT, args, POD)))
    built.until(lambda: len(told_of(built)) == 2)
    before, after = told_of(built)
    assert after.type is EntryType.ACTION_FINISHED
    assert after.detail["run"] == before.detail["run"]
    assert after.detail["outcome"] == outcome
    assert told.items() <= after.detail.items()


def test_a4_a_diagnostic_nobody_waits_for_any_more_is_called_interrupted(shop):
    built, _ = shop
    built.cluster.answer = lambda work: None
    args = {"report": "exec_diag", "container": "app", "command": "disk"}
    built.press_token(7, offer(built, Button("x", Verb.REPORT, args, POD)))
    built.until(lambda: asked(built, ReadReport))
    built.stop()
    assert [entry.detail.get("outcome") for entry in told_of(built)] == [None, "interrupted"]


def test_a4_a_diagnostic_that_was_killed_with_the_process_is_called_interrupted(shop):
    built, _ = shop
    built.stop()
    begun = {"what": "diagnostics", "action": "exec_diag", "command": "df -h", "container": "app"}
    for run, chat in (("mine", ANNA), ("theirs", GROUP), ("over", ANNA)):
        subject = Subject.person(ANNA, "@anna")
        detail = {**begun, "run": run}
        built.store.audit.append([Entry(EntryType.LOOKED, subject, built.clock(), 1, POD, chat, 7, detail)])
    ended = {"action": "exec_diag", "run": "over", "outcome": "succeeded"}
    built.store.audit.append([Entry(EntryType.ACTION_FINISHED, SYSTEM, built.clock(), 1, POD, ANNA, 7, ended)])
    before = len(told_of(built))
    for _ in range(2):
        built.start()
        built.write("/help")
        built.until(lambda: not built.store.updates.pending())
        built.stop()
    (after,) = told_of(built)[before:]
    assert (after.object, after.incident_id, after.chat_id, after.message_id) == (POD, 1, ANNA, 7)
    assert (after.detail["run"], after.detail["outcome"]) == ("mine", "interrupted")


def test_a4_a_log_that_the_cluster_does_not_give_is_a_denied_line(shop):
    built, _ = shop
    others = built.cluster.answer
    refusal = WorkFailed(None, "forbidden", 'pods "log" is forbidden', False)
    built.cluster.answer = lambda work: refusal if isinstance(work, ReadLogs) else others(work)
    built.press_token(7, offer(built, Button("x", Verb.LOGS, {"container": "app"}, POD)))
    built.until(lambda: built.store.audit.page(limit=99)[-1].entry.type is EntryType.DENIED)
    entry = built.store.audit.page(limit=99)[-1].entry
    assert (entry.object, entry.subject.id, entry.message_id) == (POD, str(ANNA), 7)
    assert entry.detail == {"what": "logs", "why": "forbidden", "detail": 'pods "log" is forbidden'}


@pytest.mark.parametrize("verb", [Verb.DIAGNOSE, Verb.REPORT, Verb.REPORT_FILE])
def test_a_viewer_runs_no_diagnostics(shop, verb):
    built, _ = shop
    built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
    args = {"report": "exec_diag", "container": "app", "command": "disk"} if verb is not Verb.DIAGNOSE else {}
    token = offer(built, Button("x", verb, args, POD), EVE)
    assert "you may look" in built.press_token(7, token, user=EVE, chat=EVE)
    assert built.cluster.work.empty()
    assert [s.entry.type for s in built.store.audit.page(limit=99)][-1] is EntryType.DENIED


def test_no_secret_reaches_a_screen_or_a_file(shop):
    built, scene = shop
    found = [each for each in positives() if "\n" not in each.text][::23]
    # As the door gives them away.
    scene.lines = mask_lines([f"ERROR {each.text}" for each in found])
    card = reading(built)
    shown = [built.post.messages[card].html]
    built.press(card, "Errors only")
    built.post.wait_text("Errors only")
    shown.append(built.post.messages[card].html)
    built.press(card, "Search")
    built.post.wait_text("Reply to this message")
    built.write("masked")
    built.post.wait_text("with «masked»")
    shown.append(built.post.messages[card].html)
    built.press(card, "As file")
    shown.append(built.post.wait(lambda post: next(iter(post.others), None)).content.decode())
    for each in found:
        if len(each.secret) >= 16 and " " not in each.secret:
            assert [text for text in shown if each.secret[-8:] in text] == [], each.text
    assert leftover(found[0], shown[-1].splitlines()[1]) == ""


def text_of(size: int) -> LogText:
    return LogText(ObjectRef("Pod", "x"), "app", False, ("x" * (size - 1),))


def test_few_texts_are_kept_and_the_least_used_goes_first():
    kept = KeptLogs(most=3, room=100)
    names = [kept.keep(text_of(10)) for _ in range(3)]
    assert len(set(names)) == 3
    assert kept.get(names[0]) == text_of(10)
    fourth = kept.keep(text_of(10))
    assert [kept.get(name) is not None for name in (*names, fourth)] == [True, False, True, True]
    large = kept.keep(text_of(95))
    assert [kept.get(name) for name in (*names, fourth)] == [None] * 4
    assert kept.get(large)
    assert kept.get(kept.keep(text_of(101))) is None
    assert kept.get("never") is None


def test_a_pod_view_without_containers_still_has_its_picker(shop):
    built, scene = shop
    scene.pod = PodView(POD, "Pending", Health.WARN, 0, 0, 0)
    built.press_token(7, offer(built, Button("x", Verb.LOGS, ref=POD)))
    built.post.wait_text("which container?")
    assert len(asked(built, ReadPod)) == 1
