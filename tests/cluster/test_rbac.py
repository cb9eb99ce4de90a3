"""The rights that docs/rbac.md tells to grant are what the service asks for: nothing less, and nothing more.

What the stand-in allows is what the chart binds; tests/deploy holds that page, chart and plain manifests tell the same.
"""

import ast
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path

import pytest

import chatops.cluster
from chatops.cluster import Cluster
from chatops.cluster.mounts import METADATA
from chatops.core.actions import ACTIONS, Nature
from chatops.core.actions.repertoire import EVERY_KIND
from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.resources import WORKLOADS, ObjectRef
from chatops.core.screens.confirm import caution_text
from chatops.core.texts import tongue
from chatops.core.victims import clue_of
from chatops.sandbox.kubeapi import KubeApiServer, StepClock
from chatops.sandbox.kubeapi.operators import CERT_MANAGER
from tests.cluster.reports.reading import thing
from tests.cluster.rights_asked import Asked, Right, granted, roles
from tests.cluster.sandbox import NODES, NOW, Obj, Sandbox, node, pod
from tests.cluster.stages import CHANGES, Stage, stage
from tests.cluster.world import build
from tests.core.catalogue import read
from tests.deploy.chart import MINIMAL, merged, rendered
from tests.deploy.shipped import rules_of

BOT = "kubernetes-admin"
ANNA, STRANGER = 1001, 6666
PERSON = f"telegram:{ANNA}"

VIEWER, ACTOR, IMPERSONATOR = "chatops-viewer", "chatops-actor", "chatops-impersonator"
OPTIONAL = ("chatops-configuration", "chatops-node-stats", "chatops-diagnostics")
NOT_SENT = {("approve", "certificates.k8s.io", "signers"), ("create", "", "pods/exec")}
"""What the API server asks for besides, when a request is approved, and what a newer one asks for instead."""

READ_ONLY = merged(MINIMAL, {"rbac": {"readOnly": True}})
LOOKING = merged(
    MINIMAL,
    {"rbac": {"features": dict.fromkeys(("configuration", "nodeStats", "diagnostics"), True)}},
    {"rbac": {"features": dict.fromkeys(("workloads", "jobs", "podDeletion", "nodes"), False)}},
)
AS_PEOPLE = merged(MINIMAL, {"rbac": {"impersonate": {"people": [ANNA]}}})
"""Values of the chart."""

SEEN_OF_EACH = 3
"""Objects of a kind that are looked at."""


def test_s8_no_role_grants_everything_or_grants_at_all() -> None:
    """S8: no wildcards, nothing about rights themselves, and only listed people are impersonated."""
    for name, found in roles().items():
        for rule in found:
            for words in (rule["verbs"], rule["apiGroups"], rule["resources"]):
                assert not [word for word in words if "*" in word], name
            assert not {"escalate", "bind"} & set(rule["verbs"])
            assert "rbac.authorization.k8s.io" not in rule["apiGroups"]
            if {"impersonate", "approve"} & set(rule["verbs"]):
                assert rule.get("resourceNames"), name
                assert not [word for word in rule["resourceNames"] if "*" in word]
    assert {name for name, found in roles().items() for rule in found if "impersonate" in rule["verbs"]} == {
        IMPERSONATOR
    }
    assert not [right for right in granted(VIEWER) if right[0] not in ("get", "list")]
    assert not [right for right in granted(VIEWER, ACTOR) if right[2] in ("secrets", "configmaps", "pods/exec")]


def test_s8_what_is_documented_is_what_is_asked(tmp_path: Path) -> None:
    """S8: with these roles nothing that people can do is refused, and none of them grants what nobody asks for."""
    asked = look_at_everything(tmp_path) | change_everything(tmp_path)
    assert asked - granted(VIEWER, ACTOR, *OPTIONAL) == set()
    assert granted(VIEWER, ACTOR, *OPTIONAL) - asked - NOT_SENT == set()


def test_s8_acting_for_a_person_the_bot_itself_changes_nothing(tmp_path: Path) -> None:
    """S8: it reads and impersonates, the person's own rights do the rest, and nobody else's name is taken."""
    asked = change_everything(tmp_path, as_person=True)
    assert {verb for verb, _, _ in asked} > {"patch", "delete", "create"}
    with small_cluster(tmp_path / "last") as sandbox:
        made = stage(sandbox, "rollout_restart", "Deployment")
        door = impersonating(sandbox)
        with door.acting_for(ANNA):
            plan = made.plan()
        restrict(sandbox, as_person=True)
        with pytest.raises(Permanent) as alone:
            door.perform(plan)
        assert alone.value.reason is Reason.FORBIDDEN
        with pytest.raises(Permanent) as another, door.acting_for(STRANGER):
            door.perform(plan)
        assert another.value.reason is Reason.FORBIDDEN
        assert f'users "telegram:{STRANGER}" is forbidden' in another.value.detail


def test_s11_secrets_are_asked_for_without_what_is_in_them(sandbox: Sandbox) -> None:
    """S11: by name and as metadata alone; the stand-in would give the rest to who asked for it."""
    sandbox.apply(configured(), secret(), seconds=1)
    ref = sandbox.ref("Pod", "configured")
    sandbox.cluster.report("config_check", ref, {}, NOW)
    sandbox.cluster.describe(ref)
    (record,) = sandbox.server.requests.matching(path="/secrets/")
    assert record.headers["accept"] == METADATA


def test_s11_no_other_code_knows_where_secrets_lie() -> None:
    """S11: in the whole door one module names their collections, and that one asks for metadata."""
    folder = Path(chatops.cluster.__file__).parent
    naming = set()
    for file in folder.rglob("*.py"):
        tree = ast.parse(file.read_text())
        documents = {
            id(each.body[0].value)
            for each in ast.walk(tree)
            if isinstance(each, ast.Module | ast.FunctionDef | ast.ClassDef)
            and each.body
            and isinstance(each.body[0], ast.Expr)
        }
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in documents:
                words = each.value.split("/")
                if "secrets" in words or "configmaps" in words:
                    naming.add(file.relative_to(folder).as_posix())
    assert naming == {"mounts.py"}


def look_at_everything(folder: Path) -> set[Right]:
    """Whatever can be seen of whatever there is."""
    with KubeApiServer(auto=False, clock=StepClock(NOW - timedelta(days=3)), seed=7) as server:
        build(server)
        add_what_is_rare(server)
        server.access.allow(BOT, *rules_of(rendered(LOOKING)))
        asked = Asked(server)
        sandbox = Sandbox(server, folder / "kubeconfig")
        cluster = Cluster("demo", sandbox.kubeconfig, threading.Event(), sleep=lambda _: None, diagnostics=True)
        special = [ObjectRef("Cluster", "demo", cluster="demo"), sandbox.ref("Pod", "configured")]
        for ref in [*special, *some_of_each(sandbox)]:
            look_at(cluster, ref)
        for entry in read():
            if clue := clue_of(entry.labels):
                cluster.survey([clue], NOW)
        assert [(each.method, each.path) for each in asked.refused] == []
        return asked.rights


def look_at(cluster: Cluster, ref: ObjectRef) -> None:
    for action in ACTIONS.values():
        if ref.kind not in action.kinds or action.nature is not Nature.INVESTIGATE:
            continue
        # What an object is too new or too old for is no matter here.
        with suppress(Failure):
            match action.id:
                case "pods":
                    cluster.pods(ref)
                case "logs" | "logs_previous":
                    cluster.logs(ref, previous=action.id == "logs_previous")
                case "describe":
                    cluster.describe(ref)
                case "events":
                    cluster.events(ref)
                case "yaml":
                    cluster.yaml(ref)
                case "exec_diag":
                    cluster.report(action.id, ref, {"command": "disk", "container": "app"}, NOW)
                case other:
                    cluster.report(other, ref, {}, NOW)
    with suppress(Failure):
        cluster.workload(ref) if ref.kind in WORKLOADS else cluster.object(ref, NOW)
    cluster.survey([ref], NOW)


def some_of_each(sandbox: Sandbox) -> Iterator[ObjectRef]:
    for resource in sandbox.server.kinds:
        if resource.kind not in (*EVERY_KIND, "Namespace"):
            # Read on the way to another object, and never themselves what is looked at.
            continue
        for found in sandbox.server.list(resource.kind)[-SEEN_OF_EACH:]:
            yield sandbox.ref(resource.kind, found["metadata"]["name"], found["metadata"].get("namespace", ""))


def change_everything(folder: Path, *, as_person: bool = False) -> set[Right]:
    """Every change on every kind, each in a cluster of its own."""
    found: set[Right] = set()
    for number, (action, kind) in enumerate(CHANGES):
        with small_cluster(folder / f"{as_person}-{number}") as sandbox:
            made = stage(sandbox, action, kind)
            if not as_person:
                hold_back(made)
            restrict(sandbox, as_person=as_person)
            asked = Asked(sandbox.server)
            if as_person:
                sandbox.cluster = impersonating(sandbox)
            change(made, sandbox.cluster.acting_for(ANNA) if as_person else nullcontext())
            assert [(each.method, each.path) for each in asked.refused] == [], (action, kind)
            found |= asked.rights
    return found


def hold_back(made: Stage) -> None:
    """With the read-only profile it is not offered, and what is asked for all the same is refused in a sentence."""
    sandbox = made.sandbox
    sandbox.server.access.reset()
    sandbox.server.access.allow(BOT, *rules_of(rendered(READ_ONLY)))
    cluster = Cluster("demo", sandbox.kubeconfig, threading.Event(), sleep=lambda _: None)
    see = cluster.workload if made.ref.kind in WORKLOADS else lambda ref: cluster.object(ref, NOW)
    assert made.action in see(made.ref).denied
    preview = cluster.preview(made.action, made.ref, {"action_id": "read-only"}, sandbox.server.clock.now())
    assert preview.refusal is not None, (made.action, made.ref.kind)
    said = caution_text(preview.refusal, tongue("en"))
    assert said.startswith("The cluster would refuse it: "), said
    assert "cannot" in said


def change(made: Stage, person: AbstractContextManager[None]) -> None:
    cluster = made.sandbox.cluster
    with person:
        plan = made.plan()
        cluster.perform(plan)
        if ACTIONS[made.action].stepwise:
            cluster.proceed(plan)
    cluster.follow(plan)
    cluster.happened(plan)


def restrict(sandbox: Sandbox, *, as_person: bool) -> None:
    """From now on the rights hold that the chart gives."""
    access = sandbox.server.access
    access.reset()
    if as_person:
        access.allow(BOT, *rules_of(rendered(AS_PEOPLE)))
        access.allow(PERSON, *rules_of(rendered(AS_PEOPLE), ("User", PERSON)))
    else:
        access.allow(BOT, *rules_of(rendered(MINIMAL)))


def impersonating(sandbox: Sandbox) -> Cluster:
    return Cluster("demo", sandbox.kubeconfig, threading.Event(), sleep=lambda _: None, impersonate="telegram:{id}")


@contextmanager
def small_cluster(folder: Path) -> Iterator[Sandbox]:
    folder.mkdir()
    with KubeApiServer(auto=False, clock=StepClock(NOW), seed=7) as server:
        server.apply([node(name) for name in NODES])
        server.step(5)
        yield Sandbox(server, folder / "kubeconfig")


def configured() -> Obj:
    """A pod that takes its configuration from a ConfigMap and a Secret."""
    sources = [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "password"}}]
    return pod("configured", containers=[{"name": "app", "image": "app:1", "envFrom": sources}])


def secret() -> Obj:
    meta = {"name": "password", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": {"password": "Y2FuYXJ5"}}


def add_what_is_rare(server: KubeApiServer) -> None:
    """What the world has none of: kinds that are looked at only on the way to something else."""
    for resource in CERT_MANAGER:
        if server.kinds.of(resource.api_version, resource.kind) is None:
            server.register(resource)
    api, acme = "cert-manager.io/v1", "acme.cert-manager.io/v1"
    server.apply([configured(), secret()])
    server.apply(thing(api, "Issuer", "letsencrypt", {"acme": {"server": "https://acme.example.com/"}}, {}))
    late = {"secretName": "late", "issuerRef": {"kind": "Issuer", "name": "letsencrypt"}}
    (certificate,) = server.apply(thing(api, "Certificate", "late", late, {}))
    (request,) = server.apply(owned(thing(api, "CertificateRequest", "late-1", {}, {}), certificate))
    (order,) = server.apply(owned(thing(acme, "Order", "late-1-1", {}, {"state": "pending"}), request))
    server.apply(owned(thing(acme, "Challenge", "c1", {"type": "HTTP-01"}, {"state": "pending"}), order))
    server.step(5)


def owned(made: Obj, owner: Obj) -> Obj:
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "controller": True}
    reference |= {field: owner["metadata"][field] for field in ("name", "uid")}
    made["metadata"]["ownerReferences"] = [reference]
    return made
