"""quota_status: the fullest line first, and who fills it."""

from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.reading import codes, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox, pod, workload


def quota(hard: dict[str, str], used: dict[str, str], **spec: object) -> Obj:
    return thing("v1", "ResourceQuota", "team", {"hard": hard, **spec}, {"hard": hard, "used": used})


def asking(kind: str, name: str, replicas: int, **requests: str) -> Obj:
    made = workload(kind, name, replicas=replicas)
    made["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": requests}
    return made


def test_the_fullest_line_and_who_fills_it(sandbox: Sandbox) -> None:
    hard = {"requests.cpu": "4", "requests.memory": "8Gi", "pods": "20", "services": "0"}
    used = {"requests.cpu": "3600m", "requests.memory": "1Gi", "pods": "5", "services": "0"}
    lone = pod("lone", containers=[{"name": "app", "image": "app:1", "resources": {"requests": {"cpu": "300m"}}}])
    sandbox.apply(
        quota(hard, used),
        asking("Deployment", "web", 3, cpu="800m", memory="256Mi"),
        asking("StatefulSet", "db", 1, cpu="900m", memory="1Gi"),
        lone,
    )
    told = read(sandbox, "quota_status", "ResourceQuota", "team")
    uses = section(told, "Quota use")
    assert uses[0].text == "requests.cpu ▰▰▰▰▰▰▰▰▰▱ 90% · 3600m/4"
    assert [line.health for line in uses] == [Health.WARN, Health.GOOD, Health.GOOD, Health.GOOD]
    assert told.health is Health.WARN
    assert lines(told, "Biggest requesters") == [
        "Deployment/web 2400m (60%) · ×3",
        "StatefulSet/db 900m (22%) · ×1",
        "Pod/lone 300m (7%) · ×1",
    ]
    assert names(told) == ["Deployment/web", "StatefulSet/db", "Pod/lone"]


def test_the_line_an_alert_names(sandbox: Sandbox) -> None:
    hard, used = {"requests.cpu": "4", "requests.memory": "8Gi"}, {"requests.cpu": "4", "requests.memory": "1Gi"}
    sandbox.apply(quota(hard, used), asking("Deployment", "web", 2, cpu="2", memory="512Mi"))
    told = read(sandbox, "quota_status", "ResourceQuota", "team", resource="requests.memory")
    assert told.health is Health.BAD
    assert dict(told.facts) == {"fullest": "requests.cpu", "requesters of": "requests.memory"}
    assert lines(told, "Biggest requesters") == ["Deployment/web 1Gi (12%) · ×2"]


def test_what_no_pod_asks_for_has_no_requesters(sandbox: Sandbox) -> None:
    sandbox.apply(quota({"requests.storage": "100Gi"}, {"requests.storage": "99Gi"}), workload("Deployment", "web"))
    told = read(sandbox, "quota_status", "ResourceQuota", "team")
    assert lines(told, "Biggest requesters") == []
    assert told.health is Health.WARN


def test_a_scope_is_said(sandbox: Sandbox) -> None:
    sandbox.apply(quota({"pods": "2"}, {"pods": "2"}, scopes=["BestEffort"]), workload("Deployment", "web"))
    told = read(sandbox, "quota_status", "ResourceQuota", "team")
    assert (codes(told), told.notes[0].detail) == (["quota_scoped"], "BestEffort")
    assert lines(told, "Biggest requesters") == ["Deployment/web 2 (100%) · ×2"]


def test_a_long_quota_has_a_file(sandbox: Sandbox) -> None:
    hard = {f"count/widgets{n}.example.com": "10" for n in range(14)}
    sandbox.apply(quota(hard, {}))
    told = read(sandbox, "quota_status", "ResourceQuota", "team")
    assert told.file_name == "quota_status-team.txt"
    assert all(name in told.full_text for name in hard)


def test_without_the_right_to_replica_sets_they_are_named_themselves(sandbox: Sandbox) -> None:
    sandbox.apply(quota({"pods": "9"}, {"pods": "2"}), workload("Deployment", "web"))
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=("resourcequotas", "pods")))
    [line] = lines(read(sandbox, "quota_status", "ResourceQuota", "team"), "Biggest requesters")
    assert line.startswith("ReplicaSet/web-")
