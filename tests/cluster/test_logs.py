"""Logs: which container, which run, which lines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.log_asks import FILE_BYTES, FILE_TAIL
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, pod, workload

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


def test_whether_there_are_older_lines_is_known(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    ref = sandbox.ref("Pod", "chatty")
    for count, tail, older in ((50, 50, False), (51, 50, True), (0, 50, False), (1, 1, False)):
        sandbox.server.set_logs("shop", "chatty", "app", [(AT, f"line {n}") for n in range(count)])
        log = sandbox.cluster.logs(ref, tail=tail)
        assert (len(log.lines), log.older) == (min(count, tail), older), count
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, "x" * 990) for _ in range(30)])
    log = sandbox.cluster.logs(ref, tail=30, limit_bytes=10_300)
    assert (len(log.lines), log.older) == (10, True)


def test_since_a_time(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    now = sandbox.server.clock.now()
    told = [(now - timedelta(minutes=minutes), f"{minutes} min ago") for minutes in (90, 20, 10, 3, 1)]
    sandbox.server.set_logs("shop", "chatty", "app", told)
    ref = sandbox.ref("Pod", "chatty")
    for since, lines in ((300, 2), (900, 3), (3_600, 4), (0, 5)):
        log = sandbox.cluster.logs(ref, since=since)
        assert (len(log.lines), log.older) == (lines, False), since
    (query,) = [record.query for record in sandbox.server.requests.matching(path="/log")][-1:]
    assert "sinceSeconds" not in query, "0 is no limit"
    assert sandbox.cluster.logs(ref, since=300, previous=True).fell_back


def test_an_earlier_run_is_known_of(sandbox: Sandbox) -> None:
    sandbox.apply(pod("sick", containers=[{"name": "app", "image": "app:bad"}]), pod("well"), seconds=100)
    assert sandbox.cluster.logs(sandbox.ref("Pod", "sick")).earlier_run
    assert not sandbox.cluster.logs(sandbox.ref("Pod", "well")).earlier_run


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_of_a_workload_the_pod_that_fares_worst(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web", "app:1"), seconds=120)
    ref = sandbox.ref(kind, "web")
    log = sandbox.cluster.logs(ref)
    assert (log.chosen, log.above, log.container) == ("newest", ref, "app")
    assert log.pod.name in [each["metadata"]["name"] for each in sandbox.pods("web")]
    sandbox.release(kind, "web", "app:bad")
    log = sandbox.cluster.logs(ref)
    assert log.chosen == "failing"
    image = sandbox.get("Pod", log.pod.name)["spec"]["containers"][0]["image"]
    assert image == "app:bad"
    assert sandbox.cluster.logs(ref, previous=True).lines[-1].endswith("ERROR out of memory")


def test_of_a_workload_without_pods(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=0))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.logs(sandbox.ref("Deployment", "web"))
    assert (caught.value.reason, "no pods" in caught.value.detail) == (Reason.REFUSED, True)
    with pytest.raises(Permanent) as gone:
        sandbox.cluster.logs(replace(sandbox.ref("Deployment", "web"), uid="other"))
    assert gone.value.reason is Reason.REPLACED


def job(name: str, image: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "work", "image": image}]
    template = {"spec": {"restartPolicy": "Never", "containers": containers}}
    body = {"template": template, "backoffLimit": 0, **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "shop"}, "spec": body}


def cron_job(name: str, image: str) -> dict[str, Any]:
    inner = job(name, image)["spec"]
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": inner}}
    meta = {"name": name, "namespace": "shop"}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec}


def test_of_a_job(sandbox: Sandbox) -> None:
    sandbox.apply(job("import", "app:bad"), job("other", "app:1"), seconds=90)
    log = sandbox.cluster.logs(sandbox.ref("Job", "import"))
    assert (log.chosen, log.container) == ("only", "work")
    assert log.pod.name.startswith("import-")
    assert log.lines[-1].endswith("ERROR out of memory")


def test_of_a_cron_job_the_failing_run_else_the_newest(sandbox: Sandbox) -> None:
    sandbox.apply(cron_job("nightly", "app:bad"), job("other", "app:1"), seconds=200)
    ref = sandbox.ref("CronJob", "nightly")
    log = sandbox.cluster.logs(ref)
    assert log.pod.name.startswith("nightly-")
    assert (log.chosen in ("failing", "only"), log.above) == (True, ref)
    made = {each["metadata"]["name"] for each in sandbox.server.list("Pod", "shop")}
    assert len([name for name in made if name.startswith("nightly-")]) >= 1


def test_pods_are_asked_for_with_the_right_to_list_them(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Deployment", "web")
    sandbox.server.access.allow("*", Rule(verbs=("get",), resources=("deployments", "pods", "pods/log")))
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.logs(ref)
    assert caught.value.reason is Reason.FORBIDDEN


def test_everything_that_fits_a_file(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, f"{n} {'x' * 150}") for n in range(9_000)])
    log = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), tail=FILE_TAIL, limit_bytes=FILE_BYTES)
    assert (len(log.lines), log.older) == (FILE_TAIL, True)
    assert log.lines[-1].split(" ")[1] == "8999"
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, f"{n} {'x' * 900}") for n in range(9_000)])
    log = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), tail=FILE_TAIL, limit_bytes=FILE_BYTES)
    assert log.older
    assert FILE_BYTES * 0.9 < sum(len(line) + 1 for line in log.lines) <= FILE_BYTES
    assert log.lines[-1].split(" ")[1] == "8999"


def test_a_line_of_a_mebibyte(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    lines = [(AT, "before"), (AT, "x" * 1024 * 1024), (AT, "after")]
    sandbox.server.set_logs("shop", "chatty", "app", lines)
    log = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), limit_bytes=256 * 1024)
    assert ([line.rsplit(" ", 1)[1] for line in log.lines], log.older) == (["after"], True)
    whole = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), limit_bytes=2 * 1024 * 1024)
    assert [len(line.rsplit(" ", 1)[1]) for line in whole.lines] == [6, 1024 * 1024, 5]


def test_bytes_that_are_no_text(sandbox: Sandbox) -> None:
    sandbox.apply(pod("rude"))
    raw = b"caf\xe9 \xff\xfe \xc3".decode("utf-8", "surrogateescape")
    sandbox.server.set_logs("shop", "rude", "app", [(AT, raw), (AT, "\x1b]0;title\x07\x1b[2Jok\r"), (AT, "50%\r100%")])
    lines = [line.split(" ", 1)[1] for line in sandbox.cluster.logs(sandbox.ref("Pod", "rude")).lines]
    mark = "\N{REPLACEMENT CHARACTER}"
    assert lines == [f"caf{mark} {mark}{mark} {mark}", "ok", "100%"]
    for line in lines:
        line.encode()


def test_many_containers_with_long_names(sandbox: Sandbox) -> None:
    names = [f"{'c' * 60}-{n:02}" for n in range(64)]
    name = "p" * 253
    sandbox.apply(pod(name, containers=[{"name": each, "image": "app:1"} for each in names]))
    ref = sandbox.ref("Pod", name)
    log = sandbox.cluster.logs(ref, names[-1])
    assert (log.container, log.containers, log.pod) == (names[-1], 64, ref)
    assert len(sandbox.cluster.pod(ref).containers) == 64


def test_a_secret_at_the_cut_is_masked_before_it_is_cut(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    secret = "gh" + "p_" + "aB3" * 12
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, f"{'x' * 400} {secret} {'y' * 900}")])
    ref: ObjectRef = sandbox.ref("Pod", "chatty")
    look: Callable[[int], str] = lambda limit: sandbox.cluster.logs(ref, limit_bytes=limit).lines[0]  # noqa: E731
    for limit in range(430, 480, 5):
        assert "aB3aB" not in look(limit)
