"""What an incident's suspects come down to, and what a cluster that does not answer becomes."""

from collections.abc import Sequence

import pytest

from chatops.core.failures import Reason
from chatops.core.resources import Health, ObjectRef
from chatops.core.surveys import Survey
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import NOW, Sandbox, pod, workload


def survey(sandbox: Sandbox, *suspects: ObjectRef) -> Survey:
    return sandbox.cluster.survey(suspects, NOW)


def names(refs: Sequence[ObjectRef]) -> list[str]:
    return [ref.path for ref in refs]


def found(result: Survey) -> list[str]:
    return [f"{view.ref.kind} {view.ref.path} {view.ready}/{view.desired}" for view in result.workloads]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_pod_comes_down_to_its_workload(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"))
    pods = [each["metadata"]["name"] for each in sandbox.pods("web")]
    assert len(pods) == 2
    result = survey(sandbox, *(sandbox.ref("Pod", name) for name in pods))
    assert found(result) == [f"{kind} shop/web 2/2"]
    (view,) = result.workloads
    assert sorted(p.ref.name for p in view.pods) == sorted(pods)
    assert view.ref == sandbox.ref(kind, "web")
    assert (view.health, view.updated, result.problem, result.missing) == (Health.GOOD, 2, "", ())
    assert result.taken_at == NOW
    assert result.cluster == "demo"


def test_every_way_to_one_workload_is_one_workload(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    replica_set = sandbox.server.list("ReplicaSet", "shop")[0]["metadata"]["name"]
    some_pod = sandbox.pods("web")[0]["metadata"]["name"]
    result = survey(
        sandbox,
        ObjectRef("Deployment", "web", "shop"),
        ObjectRef("ReplicaSet", replica_set, "shop"),
        ObjectRef("Pod", some_pod, "shop"),
        ObjectRef("Deployment", "web"),
        ObjectRef("Pod", some_pod),
    )
    assert found(result) == ["Deployment shop/web 2/2"]


def test_pods_of_strangers_with_the_same_labels_are_left_out(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), pod("stranger", labels={"app": "web"}))
    sandbox.apply(workload("StatefulSet", "web", replicas=1))
    result = survey(sandbox, ObjectRef("Deployment", "web", "shop"), ObjectRef("StatefulSet", "web", "shop"))
    owners = {view.ref.kind: {p.owner.kind for p in view.pods if p.owner} for view in result.workloads}
    assert owners == {"Deployment": {"ReplicaSet"}, "StatefulSet": {"StatefulSet"}}
    assert {view.ref.kind: len(view.pods) for view in result.workloads} == {"Deployment": 2, "StatefulSet": 1}


def test_a_selector_of_expressions(sandbox: Sandbox) -> None:
    manifest = workload("Deployment", "web")
    manifest["spec"]["selector"] = {
        "matchExpressions": [
            {"key": "app", "operator": "In", "values": ["web", "other"]},
            {"key": "legacy", "operator": "DoesNotExist"},
            {"key": "app", "operator": "Exists"},
            {"key": "app", "operator": "NotIn", "values": ["api"]},
        ]
    }
    sandbox.apply(manifest)
    (view,) = survey(sandbox, ObjectRef("Deployment", "web", "shop")).workloads
    assert len(view.pods) == 2


def test_pods_without_a_workload_stay_pods(sandbox: Sandbox) -> None:
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "import", "namespace": "shop"},
        "spec": {
            "template": {
                "metadata": {"labels": {"app": "import"}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "app", "image": "app:1"}]},
            }
        },
    }
    sandbox.apply(pod("lonely"), job)
    of_job = sandbox.pods("import")[0]["metadata"]["name"]
    result = survey(sandbox, ObjectRef("Pod", "lonely", "shop"), ObjectRef("Pod", of_job, "shop"))
    assert result.workloads == ()
    assert {view.ref.name: view.owner and view.owner.kind for view in result.pods} == {
        "lonely": None,
        of_job: "Job",
    }


def test_the_worst_comes_first(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "fine"), workload("Deployment", "sick", "app:bad"), seconds=300)
    result = survey(sandbox, ObjectRef("Deployment", "fine", "shop"), ObjectRef("Deployment", "sick", "shop"))
    assert [(view.ref.name, view.health) for view in result.workloads] == [
        ("sick", Health.BAD),
        ("fine", Health.GOOD),
    ]
    worst = result.worst_pod
    assert worst is not None
    assert worst.restarts > 0
    assert worst.failing is not None
    assert worst.failing.name == "app"
    last = worst.failing.last_exit
    assert last is not None
    assert (last.reason, last.exit_code) == ("OOMKilled", 137)


def test_other_objects_are_known_to_exist(sandbox: Sandbox) -> None:
    result = survey(
        sandbox, ObjectRef("Node", "worker-1"), ObjectRef("Node", "worker-9"), ObjectRef("Issuer", "x", "y")
    )
    assert [view.ref.path for view in result.others] == ["worker-1"]
    assert result.others[0].ref.uid
    assert names(result.missing) == ["worker-9"]


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("Deployment", "web-6d9f7c5b8d-x2k4q"),
        ("StatefulSet", "web-12"),
        ("DaemonSet", "web-x2k4q"),
    ],
)
@pytest.mark.parametrize("namespace", ["shop", ""])
def test_a_pod_that_is_gone_leads_to_its_workload(sandbox: Sandbox, kind: str, gone: str, namespace: str) -> None:
    sandbox.apply(workload(kind, "web"))
    suspect = ObjectRef("Pod", gone, namespace)
    result = survey(sandbox, suspect)
    assert found(result) == [f"{kind} shop/web 2/2"]
    assert result.missing == (suspect,)


def test_a_pod_replaced_under_its_name_is_missing_and_its_workload_is_not(sandbox: Sandbox) -> None:
    sandbox.apply(workload("StatefulSet", "db"))
    result = survey(sandbox, ObjectRef("Pod", "db-0", "shop", uid="another-life"))
    assert found(result) == ["StatefulSet shop/db 2/2"]
    assert names(result.missing) == ["shop/db-0"]


def test_a_workload_made_anew_is_seen_as_it_is(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    suspect = ObjectRef("Deployment", "web", "shop", uid="another-life")
    result = survey(sandbox, suspect)
    assert found(result) == ["Deployment shop/web 2/2"]
    assert result.missing == (suspect,)


def test_a_pod_that_is_gone_with_its_workload(sandbox: Sandbox) -> None:
    result = survey(sandbox, ObjectRef("Pod", "web-6d9f7c5b8d-x2k4q", "shop"))
    assert (result.workloads, names(result.missing)) == ((), ["shop/web-6d9f7c5b8d-x2k4q"])


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "UPPER", "a?x=1", "a%2Fb", "-x", "x" * 300, "ü", "a\nb"])
def test_names_that_cannot_be_are_missing_and_never_asked_for(sandbox: Sandbox, name: str) -> None:
    suspect = ObjectRef("Pod", name, "shop")
    assert survey(sandbox, suspect, ObjectRef("Pod", "x", name or "..")).problem == ""
    assert all("/shop/pods/" not in record.path for record in sandbox.server.requests.matching())


def test_a_dead_server_is_a_problem_and_not_an_exception(sandbox: Sandbox) -> None:
    sandbox.server.go_away()
    result = survey(sandbox, ObjectRef("Deployment", "web", "shop"), ObjectRef("Deployment", "api", "shop"))
    assert (result.problem, result.problem_detail, result.retry) == (
        "unreachable",
        "Connection refused",
        True,
    )
    assert (result.workloads, result.missing) == ((), ())


def test_a_server_that_hangs_is_asked_for_one_suspect_only(sandbox: Sandbox) -> None:
    sandbox.server.fail(Fault(kind="hang", times=99))
    hasty = sandbox.connect(read_timeout=0.1)
    result = hasty.survey([ObjectRef("Deployment", name, "shop") for name in ("a", "b", "c")], NOW)
    assert (result.problem, result.retry) == ("timeout", True)
    sandbox.server.faults.clear()
    assert {record.path.rsplit("/", 1)[1] for record in sandbox.server.requests.matching()} <= {"a"}


def test_a_suspect_that_may_not_be_seen_does_not_hide_the_others(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), workload("Deployment", "safe", namespace="vault"))
    sandbox.server.access.allow("*", Rule(verbs=("*",), namespaces=("shop",)))
    result = survey(sandbox, ObjectRef("Deployment", "safe", "vault"), ObjectRef("Deployment", "web", "shop"))
    assert found(result) == ["Deployment shop/web 2/2"]
    assert (result.problem, result.retry) == (Reason.FORBIDDEN.value, False)
    assert "cannot get resource" in result.problem_detail


def test_rights_to_what_is_beside_the_workload_may_lack(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    sandbox.server.access.allow("*", Rule(verbs=("get", "list"), resources=("deployments", "pods")))
    result = survey(sandbox, ObjectRef("Deployment", "web", "shop"))
    (view,) = result.workloads
    assert (len(view.pods), view.rollout, view.autoscaler, result.problem) == (2, None, "", "")


def test_a_missing_kubeconfig_is_a_problem(sandbox: Sandbox) -> None:
    sandbox.kubeconfig += ".gone"
    result = sandbox.connect().survey([ObjectRef("Deployment", "web", "shop")], NOW)
    assert (result.problem, result.retry) == ("not_configured", False)
