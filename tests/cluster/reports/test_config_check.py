"""config_check: what containers complain of, and when their configuration changed; nothing of what is in it."""

from datetime import timedelta

import pytest

from chatops.cluster.reports.config_check import error_lines
from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related, titles
from tests.cluster.sandbox import Obj, Sandbox, pod, workload

CANARY = "canary-value-5f4dcc3b"


def source(kind: str, name: str, **more: object) -> Obj:
    data = {"data": {"key": CANARY}} if kind == "ConfigMap" else {"stringData": {"key": CANARY}}
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop", **more}, **data}


def configured() -> Obj:
    containers = [
        {
            "name": "app",
            "image": "app:1",
            "env": [
                {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "key"}}},
                {"name": "PLAIN", "value": CANARY},
            ],
            "envFrom": [{"configMapRef": {"name": "everything"}}],
        },
        {"name": "config-reloader", "image": "reloader:1"},
    ]
    volumes = [
        {"name": "config", "configMap": {"name": "rules"}},
        {"name": "token", "projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}},
        {"name": "tls", "secret": {"secretName": "tls"}},
        {"name": "extra", "configMap": {"name": "extra", "optional": True}},
    ]
    return pod("prom-0", containers=containers, volumes=volumes, nodeName="worker-1")


@pytest.fixture
def prometheus(sandbox: Sandbox) -> Sandbox:
    sandbox.apply(
        *(source("ConfigMap", name) for name in ("rules", "everything")),
        *(source("Secret", name) for name in ("login", "tls")),
        configured(),
    )
    now = sandbox.server.clock.now()
    said = (
        'level=error msg="reload failed" err="parsing YAML file: line 3"',
        "level=info msg=ok errors=0",
        'level=error msg="reload failed" err="parsing YAML file: line 7"',
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789 is invalid",
    )
    told = [(now + timedelta(seconds=n), text) for n, text in enumerate(said)]
    sandbox.server.set_logs("shop", "prom-0", "config-reloader", told)
    sandbox.server.set_logs("shop", "prom-0", "app", [(now, "listening, no errors")])
    return sandbox


def test_reloaders_first_and_each_error_once(prometheus: Sandbox, read: Read) -> None:
    told = read("config_check", "Pod", "prom-0")
    assert titles(told) == ["config-reloader", "Configuration"]
    first, second = lines(told, "config-reloader")
    assert first == 'level=error msg="reload failed" err="parsing YAML file: line 7"'
    assert "is invalid" in second
    assert "abcdefghijklmnopqrstuvwxyz0123456789" not in str(told)
    assert told.health is Health.BAD
    assert facts(told) == {"pod": "prom-0", "status": "Running"}


def test_only_metadata_is_asked_for(prometheus: Sandbox, read: Read) -> None:
    prometheus.server.requests.clear()
    told = read("config_check", "Pod", "prom-0")
    assert [line.split(" · ")[0] for line in lines(told, "Configuration")] == [
        "configmap rules 60s",
        "secret tls 60s",
        "configmap extra not found",
        "configmap everything 60s",
        "secret login 60s",
    ]
    version = prometheus.get("Secret", "tls")["metadata"]["resourceVersion"]
    assert f"rv {version}" in lines(told, "Configuration")[1]
    requests = prometheus.server.requests
    asked = requests.matching(path="/secrets") + requests.matching(path="/configmaps")
    assert len(asked) == 5
    assert all(record.headers["accept"].startswith("application/json;as=PartialObjectMetadata;") for record in asked)
    assert not any("," in record.headers["accept"] for record in asked), "no second choice that would bring the data"
    assert CANARY not in str(told)


def test_a_change_after_the_start_and_a_source_that_is_gone(prometheus: Sandbox, read: Read) -> None:
    prometheus.server.step(100)
    now = prometheus.server.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    writes = [{"manager": "kubectl-edit", "operation": "Update", "time": now}]
    prometheus.server.apply(source("ConfigMap", "rules", managedFields=writes))
    resource = prometheus.server.kinds.of("v1", "Secret")
    assert resource is not None
    prometheus.server.store.delete(resource, "shop", "login")
    prometheus.server.step(30)
    section = next(s for s in read("config_check", "Pod", "prom-0").sections if s.title == "Configuration")
    health = {line.text.split(" ")[1]: line.health for line in section.lines}
    assert health == {"rules": Health.WARN, "tls": None, "extra": None, "everything": None, "login": Health.BAD}
    assert section.lines[0].text.endswith("changed 30s ago by kubectl-edit, after the start")


def test_without_the_right_to_see_them(prometheus: Sandbox, read: Read) -> None:
    prometheus.server.access.allow("*", Rule(resources=("pods", "pods/log")))
    told = read("config_check", "Pod", "prom-0")
    assert notes(told) == ["metadata_denied"]
    assert lines(told, "Configuration")[0] == "configmap rules forbidden"


def test_a_workload_by_its_worst_pod(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "bad", "app:bad"), seconds=100)
    told = read("config_check", "Deployment", "bad")
    # Begun anew a moment ago, it has said nothing yet; the run before has.
    assert titles(told) == ["app (previous)"]
    assert lines(told, "app (previous)") == ["ERROR out of memory"]
    assert related(told)[0].startswith("Pod shop/bad-")
    assert told.ref.kind == "Deployment"


def test_nothing_to_look_at_and_nothing_found(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.apply(workload("Deployment", "web"))
    assert notes(read("config_check", "Deployment", "web")) == ["no_pods"]
    sandbox.server.step(60)
    well = read("config_check", "Deployment", "web")
    assert (notes(well), well.health) == (["no_config_errors"], Health.GOOD)


@pytest.mark.parametrize(
    "line",
    [
        "ts=2026-11-23 level=error component=x",
        '{"level":"error","msg":"x"}',
        "E1123 09:00:00.1 1 reflector.go:1] nope",
        "yaml: line 3: could not find expected ':' while parsing a block",
        "nginx: [emerg] invalid number of arguments",
        "Failed to load configuration",
        "cannot unmarshal !!str into int",
        "0 errors, 1 failed",
    ],
)
def test_what_looks_like_an_error(line: str) -> None:
    assert error_lines((f"2026-11-23T09:00:00.000000000Z {line}",)) == [line]


@pytest.mark.parametrize(
    "line", ["level=info msg=ok", "0 errors", "error=nil", "errors: 0", "terror", "GET /errorpage"]
)
def test_what_does_not(line: str) -> None:
    assert error_lines((line,)) == []
