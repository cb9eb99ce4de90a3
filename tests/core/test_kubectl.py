"""The command that does by hand what a button does: one for each action, safe to paste whatever the names are."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core import kubectl
from chatops.core.actions import ACTIONS
from chatops.core.actions.repertoire import Nature
from chatops.core.resources import CLUSTER_WIDE, ObjectRef


def ref(kind: str, name: str = "x") -> ObjectRef:
    return ObjectRef(kind, name, "" if kind in CLUSTER_WIDE else "shop", "uid", "")


TABLE: list[tuple[str, str, dict[str, str], str]] = [
    ("logs", "Pod", {"container": "app", "tail": "50"}, "-n shop logs pod/x -c app --tail=50"),
    ("logs", "Job", {}, "-n shop logs job/x"),
    ("logs", "CronJob", {}, ""),
    ("logs_previous", "Pod", {"container": "app"}, "-n shop logs pod/x -c app --previous"),
    ("describe", "HorizontalPodAutoscaler", {}, "-n shop describe hpa/x"),
    ("describe", "APIService", {}, "describe apiservice/x"),
    ("describe", "Cluster", {}, ""),
    (
        "events",
        "Deployment",
        {},
        "-n shop get events --field-selector involvedObject.kind=Deployment,involvedObject.name=x",
    ),
    ("events", "Node", {}, "get events -A --field-selector involvedObject.kind=Node,involvedObject.name=x"),
    ("yaml", "Service", {}, "-n shop get svc/x -o yaml"),
    ("top", "Pod", {}, "-n shop top pod x --containers"),
    ("top", "Node", {}, "top node x"),
    ("top", "Deployment", {}, ""),
    ("rollout_status", "DaemonSet", {}, "-n shop rollout status ds/x"),
    ("rollout_history", "StatefulSet", {}, "-n shop rollout history sts/x"),
    ("node_pods", "Node", {}, "get pods -A -o wide --field-selector=spec.nodeName=x"),
    ("node_stats", "Node", {}, "get --raw /api/v1/nodes/x/proxy/stats/summary"),
    ("endpoints", "Service", {}, "-n shop get endpointslices -l kubernetes.io/service-name=x"),
    ("endpoints", "Ingress", {}, "-n shop describe ing/x"),
    ("component_health", "Cluster", {}, "get --raw '/readyz?verbose'"),
    ("capacity", "Cluster", {}, "describe nodes"),
    ("csr_list", "Node", {}, "get csr"),
    ("rollout_restart", "Deployment", {}, "-n shop rollout restart deploy/x"),
    ("rollout_undo", "Deployment", {"revision": "42"}, "-n shop rollout undo deploy/x --to-revision=42"),
    ("rollout_undo", "Deployment", {}, ""),
    ("rollout_pause", "Deployment", {}, "-n shop rollout pause deploy/x"),
    ("rollout_resume", "Deployment", {}, "-n shop rollout resume deploy/x"),
    ("scale_up", "StatefulSet", {"replicas": "6"}, "-n shop scale sts/x --replicas=6"),
    ("scale_down", "Deployment", {"replicas": "-1"}, ""),
    (
        "raise_memory_limit",
        "Deployment",
        {"container": "app", "memory": "768Mi"},
        "-n shop set resources deploy/x -c app --limits=memory=768Mi",
    ),
    ("raise_memory_limit", "Deployment", {"memory": "768Mi"}, ""),
    (
        "raise_cpu_limit",
        "DaemonSet",
        {"container": "app", "cpu": "1500m"},
        "-n shop set resources ds/x -c app --limits=cpu=1500m",
    ),
    ("delete_pod", "Pod", {}, "-n shop delete pod/x"),
    ("evict_pod", "Pod", {}, ""),
    ("force_delete_pod", "Pod", {}, "-n shop delete pod/x --force --grace-period=0"),
    ("cleanup_pods", "Node", {}, "delete pods -A --field-selector=status.phase=Failed,spec.nodeName=x"),
    ("cleanup_pods", "ResourceQuota", {}, "-n shop delete pods --field-selector=status.phase=Failed"),
    ("cleanup_pods", "Cluster", {}, "delete pods -A --field-selector=status.phase=Failed"),
    ("cordon", "Node", {}, "cordon x"),
    ("uncordon", "Node", {}, "uncordon x"),
    ("drain", "Node", {}, "drain x --ignore-daemonsets --delete-emptydir-data"),
    ("delete_node", "Node", {}, "delete node/x"),
    (
        "hpa_raise_max",
        "HorizontalPodAutoscaler",
        {"max": "8"},
        """-n shop patch hpa/x -p '{"spec":{"maxReplicas":8}}'""",
    ),
    (
        "hpa_lower_min",
        "HorizontalPodAutoscaler",
        {"min": "1"},
        """-n shop patch hpa/x -p '{"spec":{"minReplicas":1}}'""",
    ),
    ("job_rerun", "Job", {}, ""),
    ("job_delete", "Job", {}, "-n shop delete job/x"),
    ("cronjob_trigger", "CronJob", {}, "-n shop create job --from=cronjob/x x-manual"),
    ("cronjob_suspend", "CronJob", {}, """-n shop patch cronjob/x -p '{"spec":{"suspend":true}}'"""),
    ("cronjob_resume", "CronJob", {}, """-n shop patch cronjob/x -p '{"spec":{"suspend":false}}'"""),
    (
        "pvc_expand",
        "PersistentVolumeClaim",
        {"size": "12Gi"},
        """-n shop patch pvc/x -p '{"spec":{"resources":{"requests":{"storage":"12Gi"}}}}'""",
    ),
    (
        "raise_quota",
        "ResourceQuota",
        {"resource": "requests.cpu", "value": "8"},
        """-n shop patch quota/x -p '{"spec":{"hard":{"requests.cpu":"8"}}}'""",
    ),
    ("approve_csr", "CertificateSigningRequest", {}, "certificate approve x"),
    ("cert_renew", "Certificate", {}, ""),
    (
        "gitops_sync",
        "HelmRelease",
        {},
        """-n shop annotate --overwrite hr/x reconcile.fluxcd.io/requestedAt="$(date +%s)\"""",
    ),
    (
        "gitops_sync",
        "Application",
        {},
        """-n shop patch app/x --type=merge -p '{"operation":{"sync":{}}}'""",
    ),
]
CHOSEN = {
    "revision": "42",
    "replicas": "6",
    "container": "app",
    "memory": "768Mi",
    "cpu": "2",
    "max": "8",
    "min": "2",
    "size": "12Gi",
    "resource": "requests.cpu",
    "value": "8",
    "tail": "50",
}


@pytest.mark.parametrize(("action", "kind", "params", "expected"), TABLE)
def test_the_command(action: str, kind: str, params: dict[str, str], expected: str) -> None:
    assert kubectl.command(action, ref(kind), params) == (f"kubectl {expected}" if expected else "")


def test_the_context_is_the_cluster() -> None:
    told = kubectl.command("rollout_restart", ObjectRef("Deployment", "checkout", "shop", cluster="x"))
    assert told == "kubectl --context x -n shop rollout restart deploy/checkout"


def test_every_action_has_a_command_or_is_known_to_have_none() -> None:
    there = {action.id for action in ACTIONS.values() if action.nature is not Nature.INCIDENT}
    without = {id for id in there if not any(kubectl.command(id, ref(kind), CHOSEN) for kind in ACTIONS[id].kinds)}
    assert without == kubectl.NO_VERB


def test_a_jobs_name_stays_one() -> None:
    name = kubectl.command("cronjob_trigger", ref("CronJob", "a" * 55 + "-b")).split()[-1]
    assert name == "a" * 55 + "-manual"


HOSTILE = [
    "$(reboot)",
    "`reboot`",
    "a; reboot",
    "a && reboot",
    "a'b",
    'a"b',
    "a b",
    "$HOME",
    "a|b>c",
    "*",
    "!!",
    "~root",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_sees_one_word_where_a_value_stands(text: str) -> None:
    for action in ACTIONS.values():
        for kind in action.kinds:
            object = ObjectRef(kind, text, text, cluster=text)
            told = kubectl.command(action.id, object, dict.fromkeys(CHOSEN, text))
            safe = kubectl.command(action.id, ObjectRef(kind, "N", "N", cluster="N"), dict.fromkeys(CHOSEN, "N"))
            if told:
                assert len(shlex.split(told)) == len(shlex.split(safe)), told
                assert shlex.split(told, comments=True) == shlex.split(told)


@given(st.text(min_size=1, max_size=40))
def test_no_text_adds_a_word_or_an_option(text: str) -> None:
    object = ObjectRef("Pod", text, "shop", cluster="")
    told = kubectl.command("logs", object, {"container": text, "tail": text, "previous": ""})
    if told:
        words = shlex.split(told)
        assert words[:4] == ["kubectl", "-n", "shop", "logs"]
        assert words[4] == f"pod/{text}"
        assert words[5:7] in ([], ["-c", text])
        assert told.isprintable()


@pytest.mark.parametrize("name", ["--all", "-A", "", "a\nb", "a\x1b[A", "a\x15b", "a\u202eb"])
def test_what_is_an_option_or_a_keystroke_makes_no_command(name: str) -> None:
    assert kubectl.command("cordon", ref("Node", name)) == ""
    assert kubectl.command("delete_pod", ref("Pod", name)) == ""
    assert kubectl.command("describe", ObjectRef("Pod", "x", "shop", cluster="a\nb")) == ""
