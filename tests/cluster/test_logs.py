"""Logs: which container, which run, which lines."""

from datetime import UTC, datetime

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, pod

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_the_failing_containers_last_run(sandbox: Sandbox) -> None:
    containers = [{"name": "proxy", "image": "app:1"}, {"name": "app", "image": "app:bad"}]
    sandbox.apply(pod("sick", containers=containers), seconds=100)
    ref = sandbox.ref("Pod", "sick")
    log = sandbox.cluster.logs(ref, previous=True)
    assert (log.container, log.previous, log.fell_back, log.pod) == ("app", True, False, ref)
    assert log.lines
    stamp, words = log.lines[0].split(" ", 1)
    assert datetime.fromisoformat(stamp).tzinfo is not None
    assert words == "ERROR out of memory"


def test_without_an_earlier_run_the_current_one_comes_and_says_so(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"))
    log = sandbox.cluster.logs(sandbox.ref("Pod", "lonely"), previous=True)
    assert (log.previous, log.fell_back) == (False, True)
    assert any("listening" in line for line in log.lines)


def test_which_container_is_meant(sandbox: Sandbox) -> None:
    containers = [{"name": "proxy", "image": "app:1"}, {"name": "main", "image": "app:1"}]
    manifest = pod("two", containers=containers)
    manifest["metadata"]["annotations"] = {"kubectl.kubernetes.io/default-container": "main"}
    sandbox.apply(manifest)
    ref = sandbox.ref("Pod", "two")
    assert sandbox.cluster.logs(ref).container == "main"
    assert sandbox.cluster.logs(ref, "proxy").container == "proxy"
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.logs(ref, "none")
    assert caught.value.reason is Reason.NOT_FOUND


def test_the_newest_lines_are_kept(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, f"{'x' * 990} line {n}") for n in range(2000)])
    ref = sandbox.ref("Pod", "chatty")
    log = sandbox.cluster.logs(ref, tail=3)
    assert [line.rsplit(" ", 1)[1] for line in log.lines] == ["1997", "1998", "1999"]
    sandbox.server.requests.clear()
    cut = sandbox.cluster.logs(ref, tail=2000, limit_bytes=20_000)
    assert cut.lines[-1].endswith("line 1999")
    assert 15 <= len(cut.lines) <= 20
    assert all(line.startswith("2026-") for line in cut.lines), "a line that was cut in two is left out"
    assert len(sandbox.server.requests.matching(path="/log")) <= 3


def test_one_line_longer_than_everything(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, "x" * 2_000_000)])
    (line,) = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), limit_bytes=1000).lines
    assert len(line) == 1000


def test_lines_are_cleaned(sandbox: Sandbox) -> None:
    sandbox.apply(pod("rude"))
    sandbox.server.set_logs("shop", "rude", "app", [(AT, "\x1b[31mred\x1b[0m \x07\u202ebell"), (AT, "")])
    lines = sandbox.cluster.logs(sandbox.ref("Pod", "rude")).lines
    assert [line.split(" ", 1)[1] for line in lines] == ["red bell", ""]


def test_logs_of_a_container_that_has_not_started(sandbox: Sandbox) -> None:
    sandbox.apply(pod("lonely"), seconds=0)
    sandbox.server.fail(Fault(kind="status", code=400, path="/log"))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.logs(sandbox.ref("Pod", "lonely"))
    assert caught.value.reason is Reason.REFUSED
