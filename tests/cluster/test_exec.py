"""Diagnostics: one listed command in a container, within its time and size, and nothing else ever."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatops.cluster import Cluster
from chatops.cluster import exec as execution
from chatops.core.diagnostics import DIAGNOSTICS, fitting
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.reports import Report
from chatops.core.resources import Health, ObjectRef
from chatops.sandbox.kubeapi import Command
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import NOW, Sandbox, pod
from tests.core.secret_corpus import leftover, positives


@pytest.fixture
def cluster(sandbox: Sandbox) -> Iterator[Cluster]:
    allowed = Cluster("demo", sandbox.kubeconfig, threading.Event(), sleep=lambda _: None, diagnostics=True)
    yield allowed
    allowed.close()


@pytest.fixture
def web(sandbox: Sandbox) -> ObjectRef:
    sandbox.apply(pod("web"))
    return sandbox.ref("Pod", "web")


def diagnose(cluster: Cluster, ref: ObjectRef, command: str = "disk", container: str = "app") -> Report:
    return cluster.report("exec_diag", ref, {"container": container, "command": command}, NOW)


def text(report: Report) -> str:
    return "\n".join(line.text for section in report.sections for line in section.lines)


def codes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def test_a_listed_command_and_what_it_said(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    report = diagnose(cluster, web)
    assert (report.action, report.ref, report.health) == ("exec_diag", web, Health.GOOD)
    assert report.facts == (("exit code", "0"),)
    assert "/dev/nvme1n1" in text(report)
    assert sandbox.server.cluster.exec.ran == [("df", "-h")]
    assert sandbox.server.requests.wait_for(path="/exec")
    (record,) = sandbox.server.requests.matching(path="/exec")
    assert record.query["stdin"] == record.query["tty"] == "false"
    assert record.headers["sec-websocket-protocol"].startswith("v5.channel.k8s.io")


@pytest.mark.parametrize("command", [each.id for each in DIAGNOSTICS.values() if not each.only_in])
def test_every_command_is_sent_as_it_is_listed(
    sandbox: Sandbox, cluster: Cluster, web: ObjectRef, command: str
) -> None:
    diagnose(cluster, web, command)
    assert sandbox.server.cluster.exec.ran == [DIAGNOSTICS[command].argv]


@pytest.mark.parametrize("command", ["", "sh", "df -h", "disk; id", "../disk", "etcd"])
def test_nothing_else_is_run(sandbox: Sandbox, cluster: Cluster, web: ObjectRef, command: str) -> None:
    with pytest.raises(Permanent) as caught:
        diagnose(cluster, web, command)
    assert caught.value.reason is Reason.REFUSED
    assert not sandbox.server.requests.matching(path="/exec")


def test_no_listed_command_is_a_shell_or_shows_the_environment() -> None:
    words = {word for each in DIAGNOSTICS.values() for word in each.argv}
    assert not words & {"sh", "bash", "ash", "env", "printenv", "-c", "xargs", "nsenter"}
    assert not [word for word in words if any(sign in word for sign in ";|&$`><*")]
    assert all("environ" not in word for word in words)


def test_etcd_is_asked_only_where_it_runs() -> None:
    assert "etcd" not in {each.id for each in fitting("app", "registry.k8s.io/pause:3.9")}
    assert "etcd" in {each.id for each in fitting("etcd", "whatever:1")}
    assert "etcd" in {each.id for each in fitting("main", "registry.k8s.io:5000/etcd:3.5.16-0")}
    assert "etcd" in {each.id for each in fitting("main", f"quay.io/coreos/etcd@sha256:{'0' * 64}")}


def test_it_is_off_unless_the_setting_allows_it(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    with pytest.raises(Permanent) as caught:
        diagnose(sandbox.cluster, web)
    assert (caught.value.reason, "EXEC_DIAGNOSTICS" in caught.value.detail) == (Reason.REFUSED, True)
    assert not sandbox.server.requests.matching(path="/exec")
    assert "exec_diag" in sandbox.cluster.pod(web).denied
    assert "exec_diag" not in cluster.pod(web).denied


@pytest.mark.parametrize("verbs", [(), ("create",)])
def test_without_the_right(sandbox: Sandbox, cluster: Cluster, web: ObjectRef, verbs: tuple[str, ...]) -> None:
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=("pods",)))
    if verbs:
        sandbox.server.access.allow("*", Rule(verbs=verbs, resources=("pods/exec",)))
    with pytest.raises(Permanent) as caught:
        diagnose(cluster, web)
    assert caught.value.reason is Reason.FORBIDDEN
    assert "pods/exec" in caught.value.detail
    assert sandbox.server.cluster.exec.ran == []


def test_a_program_that_the_image_lacks(cluster: Cluster, web: ObjectRef) -> None:
    report = diagnose(cluster, web, "sockets")
    assert [(note.code, note.detail) for note in report.notes] == [("no_program", "ss")]
    assert report.sections == ()


@pytest.mark.parametrize(("code", "said", "note"), [
    (127, b"", "no_program"),
    (126, b'OCI runtime exec failed: exec: "df": executable file not found in $PATH', "no_program"),
    (126, b"df: Permission denied", "not_permitted"),
])  # fmt: skip
def test_runtimes_that_tell_it_by_exit_code(
    sandbox: Sandbox, cluster: Cluster, web: ObjectRef, code: int, said: bytes, note: str
) -> None:
    sandbox.server.set_command("shop", "web", "app", Command(argv="df *", error=said, code=code))
    assert codes(diagnose(cluster, web)) == [note]


def test_a_command_that_fails_shows_what_it_said(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    script = Command(argv="nslookup *", output=b"Server: x\n", error=b";; connection timed out\n", code=1)
    sandbox.server.set_command("shop", "web", "app", script)
    report = diagnose(cluster, web, "dns")
    assert (report.health, report.facts) == (Health.WARN, (("exit code", "1"),))
    assert text(report) == "Server: x\n;; connection timed out"


def test_a_command_that_says_nothing(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    sandbox.server.set_command("shop", "web", "app", Command(argv="df *"))
    assert codes(diagnose(cluster, web)) == ["no_output"]


def test_a_container_that_is_not_there_or_does_not_run(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    assert codes(diagnose(cluster, web, container="other")) == ["no_container"]
    sandbox.apply(pod("sick", containers=[{"name": "app", "image": "app:bad"}]), seconds=100)
    ref = sandbox.ref("Pod", "sick")
    while cluster.pod(ref).containers[0].state == "running":
        sandbox.server.step(1)
    assert codes(diagnose(cluster, ref)) == ["not_running"]
    assert not sandbox.server.requests.matching(path="/exec")


def test_a_container_that_stops_before_the_command_starts(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    sandbox.server.stop_node(str(sandbox.get("Pod", "web")["spec"]["nodeName"]))
    assert codes(diagnose(cluster, web)) == ["not_running"]


def test_a_pod_that_is_gone_or_another(cluster: Cluster, web: ObjectRef) -> None:
    for ref, reason in (
        (replace(web, uid="other"), Reason.REPLACED),
        (replace(web, name="no", uid=""), Reason.NOT_FOUND),
    ):
        with pytest.raises(Permanent) as caught:
            diagnose(cluster, ref)
        assert caught.value.reason is reason


def test_a_command_that_does_not_end(
    sandbox: Sandbox, cluster: Cluster, web: ObjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution.run, "__kwdefaults__", {**execution.run.__kwdefaults__, "seconds": 0.3})
    script = Command(argv="df *", output=b"Filesystem\n/mnt/nfs ", hangs=True)
    sandbox.server.set_command("shop", "web", "app", script)
    report = diagnose(cluster, web)
    assert (codes(report), text(report), report.facts) == (["timed_out"], "Filesystem\n/mnt/nfs ", ())
    assert script.left.wait(10), "the container is let go of"


def test_more_output_than_is_read(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    line = b"x" * 99 + b"\n"
    sandbox.server.set_command("shop", "web", "app", Command(argv="ps aux", output=b"USER\n" + line * 50_000))
    report = diagnose(cluster, web, "processes")
    assert "cut" in codes(report)
    lines = text(report).split("\n")
    assert lines[0] == "USER"
    assert 64_000 < len(text(report)) <= 64 * 1024
    assert {len(each) for each in lines[1:]} == {99}
    assert report.full_text == text(report) + "\n"


def test_one_line_without_end(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    sandbox.server.set_command("shop", "web", "app", Command(argv="ps aux", output=b"word " * 500_000))
    report = diagnose(cluster, web, "processes")
    assert "cut" in codes(report)
    assert len(text(report)) <= 64 * 1024


def test_what_it_says_is_cleaned(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    said = b"\x1b[31mred\x1b[0m\tof \xff\x00\x07\x1b]0;title\x07it\r\n\n"
    sandbox.server.set_command("shop", "web", "app", Command(argv="df *", output=said))
    assert text(diagnose(cluster, web)) == "red     of \N{REPLACEMENT CHARACTER}it\n"


def test_no_secret_comes_out(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    found = [each for each in positives() if "\n" not in each.text][::7]
    said = "\n".join(each.text for each in found).encode()
    sandbox.server.set_command("shop", "web", "app", Command(argv="ps aux", output=said[: 60 * 1024]))
    report = diagnose(cluster, web, "processes")
    lines = text(report).split("\n")
    assert [a.text for a, line in zip(found[: len(lines) - 1], lines, strict=False) if leftover(a, line)] == []
    assert "masked" in report.full_text


def test_what_the_way_to_the_container_can_suffer(sandbox: Sandbox, cluster: Cluster, web: ObjectRef) -> None:
    for fault, kind, reason in (
        (Fault(kind="status", code=503, path="/exec"), Temporary, Reason.SERVER_ERROR),
        (Fault(kind="status", code=429, path="/exec"), Temporary, Reason.THROTTLED),
        (Fault(kind="drop_before", path="/exec"), Temporary, Reason.UNREACHABLE),
    ):
        sandbox.server.fail(fault)
        with pytest.raises(Failure) as caught:
            diagnose(cluster, web)
        assert (type(caught.value), caught.value.reason) == (kind, reason), fault


def test_a_token_is_sent_and_never_told(sandbox: Sandbox, web: ObjectRef, tmp_path: object) -> None:
    token = "canary-" + "t0ken" * 4
    sandbox.server.access.add_token(token, user="bot")
    with pytest.raises(Permanent) as caught:
        diagnose(Cluster("demo", sandbox.kubeconfig, threading.Event(), diagnostics=True), web)
    assert caught.value.reason is Reason.UNAUTHORIZED
    sandbox.server.token = token
    path = str(sandbox.server.kubeconfig(sandbox.kubeconfig + "-2"))
    allowed = Cluster("demo", path, threading.Event(), diagnostics=True)
    assert codes(diagnose(allowed, web)) == []
    sandbox.server.access.allow("bot", Rule(verbs=("get",), resources=("pods",)))
    with pytest.raises(Permanent) as refused:
        diagnose(allowed, web)
    assert token not in refused.value.detail


def test_what_kubernetes_says_at_the_end_is_understood() -> None:
    def ending(**status: object) -> tuple[int | None, str]:
        return execution._ending(json.dumps(status).encode())

    assert execution._ending(b"") == (None, "")
    assert execution._ending(b"not json") == (None, "not json")
    assert ending(status="Success") == (0, "")
    assert ending(status="Failure", reason="InternalError", message="x") == (None, "x")
    cause = {"causes": [{"reason": "ExitCode", "message": "boom"}]}
    assert ending(status="Failure", reason="NonZeroExitCode", message="x", details=cause) == (None, "x")
