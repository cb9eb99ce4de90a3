"""The chart renders to what Kubernetes takes, whatever value is changed, and refuses what it does not know."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from helm_python import HelmError, lint

from chatops import __version__
from chatops.oncall_file import read_roster
from chatops.routes_file import read_routes
from chatops.settings import Settings, read
from chatops.suggestions import read_rules
from tests.deploy.chart import (
    FOLDER,
    FOREIGN,
    MINIMAL,
    POSTGRESQL,
    TOKENS,
    VERSIONS,
    Obj,
    chart,
    defaults,
    documents,
    leaves,
    merged,
    one,
    put,
    rendered,
    texts,
    validate,
)
from tests.deploy.image import DEPLOY, USER

FILES = {
    "suggestions": """rules:
  - alert: KubePodCrashLooping
    first: [rollout_undo]
""",
    "routes": """chats:
  - chat: -1001234567890
    routes:
      - loud: [critical]
""",
    "oncall": """# Who is called.
people: {Anna: 1001}
chains:
  default:
    - person: Anna
""",
}
EVERYTHING = merged(
    POSTGRESQL,
    {
        "replicas": 3,
        "settings": {"publicUrl": "https://ops.example.com"},
        "files": {"suggestions": "rules: []"},
        "kubeconfig": {"existingSecret": "clusters"},
        "ingress": {"enabled": True, "host": "ops.example.com", "tlsSecret": "ops-tls"},
        "httpRoute": {"enabled": True, "host": "ops.example.com", "parentRefs": [{"name": "public"}]},
        "rbac": {"namespaces": ["shop"], "impersonate": {"people": [1001]}},
        "serviceMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboard": {"enabled": True},
    },
)
PROFILES: dict[str, Obj] = {
    "sqlite": MINIMAL,
    "postgresql": POSTGRESQL,
    "everything": EVERYTHING,
    "read-only": merged(MINIMAL, {"rbac": {"readOnly": True}}),
    "namespaces": merged(MINIMAL, {"rbac": {"namespaces": ["shop", "bank"]}}),
    "secrets of others": {
        "secrets": {"existingSecret": "bot"},
        "database": {"type": "postgresql", "existingSecret": "pg-app"},
    },
}
BASES = (
    EVERYTHING,
    MINIMAL,
    PROFILES["secrets of others"],
    merged(MINIMAL, {"serviceAccount": {"create": False}}),
)

CHANGED: dict[str, Any] = {
    "image.tag": "1.2.3",
    "image.digest": "sha256:" + "a" * 64,
    "image.pullPolicy": "Always",
    "replicas": 1,
    "resources.requests.cpu": "200m",
    "resources.requests.memory": "1Gi",
    "resources.limits.memory": "2Gi",
    "affinity": {"podAntiAffinity": {}},
    "tolerations": [{"key": "monitoring", "operator": "Exists"}],
    "secrets.alertmanagerUrl": "http://alertmanager:9093",
    "secrets.prometheusUrl": "http://prometheus:9090",
    "secrets.fallbackWebhookUrl": "https://hooks.example.com/x?token=1",
    "database.type": "sqlite",
    "database.url": "postgresql://other.example.com/chatops",
    "database.sqlite.size": "20Gi",
    "settings.telegramApiUrl": "http://bot-api:8081",
    "settings.telegramAdmins": [1001, 1002],
    "settings.telegramChats": [-1001234567890],
    "settings.telegramWebhookUrl": "https://ops.example.com",
    "settings.telegramFeatures": ["colours", "rich"],
    "settings.bindAddress": "::",
    "settings.auditChat": -1001234567890,
    "settings.protectedNamespaces": ["kube-*"],
    "settings.graphs": "critical",
    "settings.graphTheme": "light",
    "settings.publicUrl": "https://chatops.example.com",
    "settings.reportAt": "Fri 17:30 Europe/Berlin",
    "settings.language": "ru",
    "settings.logLevel": "debug",
    "settings.logFormat": "console",
    "files.suggestions": FILES["suggestions"],
    "files.routes": FILES["routes"],
    "files.oncall": FILES["oncall"],
    "extraEnv": [{"name": "HTTPS_PROXY", "value": "http://proxy:3128"}],
    "extraEnvFrom": [{"secretRef": {"name": "more"}}],
    "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
    "extraVolumeMounts": [{"name": "tmp", "mountPath": "/other"}],
    "rbac.namespaces": ["bank"],
    "rbac.impersonate.people": [1002],
    "rbac.impersonate.pattern": "tg-{id}",
    "service.type": "NodePort",
    "httpRoute.parentRefs": [{"name": "internal", "namespace": "gateways"}],
    "networkPolicy.extraEgress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}],
    "serviceMonitor.interval": "10s",
}
"""Other values where another one of the same type would mean nothing."""


def other(path: tuple[str, ...], value: Any) -> Any:
    """Some value that is not the default."""
    dotted = ".".join(path)
    if dotted in CHANGED:
        return CHANGED[dotted]
    if dotted.startswith("networkPolicy.") and isinstance(value, list):
        return [1234] if path[-1] == "ports" else [{"podSelector": {"matchLabels": {"app": "x"}}}]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case None:
            return 17
        case str():
            return "other" if "host" not in path else "other.example.com"
        case list():
            return ["other"]
        case _:
            return {"other": "other"}


_validated: set[tuple[str, str]] = set()


def hold(objects: list[Obj], version: str) -> None:
    """Valid, each object only once: most changes leave most of them as they were."""
    for each in objects:
        key = (version, json.dumps(each, sort_keys=True))
        if key not in _validated:
            validate([each], version)
            _validated.add(key)


@cache
def base(number: int) -> dict[str, str]:
    return texts(BASES[number])


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_valid_for_old_and_new_kubernetes(profile: str) -> None:
    objects = rendered(PROFILES[profile])
    for version in VERSIONS:
        hold(objects, version)
    names = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in objects]
    assert len(names) == len(set(names))


def test_no_value_is_dead_and_each_changed_one_is_valid() -> None:
    """Each leaf of values.yaml, changed alone, changes what is rendered, and Kubernetes takes that."""
    dead = []
    for path, value in leaves(defaults()):
        for number, values in enumerate(BASES):
            set_there = dict(leaves(values)).get(path, value)
            wanted = other(path, value)
            if wanted == set_there:
                wanted = value
            try:
                found = texts(put(values, path, wanted))
            except HelmError:
                # A change that does not go with this base, such as SQLite with three replicas.
                continue
            if found != base(number):
                changed = {name: text for name, text in found.items() if text != base(number).get(name)}
                objects = [each for text in changed.values() for each in documents(text)]
                hold([_without_checksum(each) for each in objects if each["kind"] not in FOREIGN], VERSIONS[-1])
                break
        else:
            dead.append(".".join(path))
    assert dead == []


def _without_checksum(each: Obj) -> Obj:
    each.get("spec", {}).get("template", {}).get("metadata", {}).get("annotations", {}).pop("checksum/settings", None)
    return each


def test_a_name_that_is_none_is_refused_by_it() -> None:
    """At every level: a value that was misspelt would be passed over in silence."""
    free = (
        "commonLabels",
        "nodeSelector",
        "affinity",
        "podAnnotations",
        "podLabels",
        "annotations",
        "labels",
        "global",
    )
    groups = {path[:length] for path, _ in leaves(defaults()) for length in range(len(path))}
    groups |= {("secrets",), ("settings",)}
    tried = 0
    for group in sorted(groups):
        if any(name in free for name in group) or group in (("resources", "requests"), ("resources", "limits")):
            continue
        with pytest.raises(HelmError, match="mispelt"):
            chart().validate_schema(put(MINIMAL, (*group, "mispelt"), "x"))
        tried += 1
    assert tried > 20


def test_a_value_of_another_type_is_refused_by_its_name() -> None:
    for path, value in leaves(defaults()):
        wrong: Any = [[]] if not isinstance(value, list) else {"a": 1}
        with pytest.raises(HelmError) as refused:
            chart().validate_schema(put(MINIMAL, path, wrong))
        assert path[-1] in str(refused.value)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"replicas": 2}, "replicas: a SQLite file is one process's"),
        ({"secrets": {**TOKENS, "telegramBotToken": ""}}, "secrets.telegramBotToken: talk to @BotFather"),
        ({"secrets": {**TOKENS, "webhookToken": ""}}, "secrets.webhookToken: without one"),
        ({"database": {"type": "postgresql"}}, "database.url: give postgresql://"),
        ({"database": {"type": "mysql"}}, "'sqlite', 'postgresql'"),
        ({"database": {"type": "postgresql", "url": "mysql://x"}}, "/database/url"),
        ({"ingress": {"enabled": True}}, "ingress.host"),
        ({"httpRoute": {"enabled": True}}, "httpRoute.parentRefs: name a Gateway"),
        ({"image": {"digest": "latest"}}, "/image/digest"),
        ({"settings": {"logLevel": "loud"}}, "/settings/logLevel"),
        ({"settings": {"telegramChats": ["@ops"]}}, "/settings/telegramChats/0"),
        ({"rbac": {"impersonate": {"people": [1], "pattern": "system:{id}"}}}, "/rbac/impersonate/pattern"),
        ({"rbac": {"impersonate": {"people": [1], "pattern": "admin"}}}, "/rbac/impersonate/pattern"),
        ({"rbac": {"namespaces": ["*"]}}, "/rbac/namespaces/0"),
        ({"networkPolicy": {"alertmanager": []}}, "/networkPolicy/alertmanager"),
        ({"terminationGracePeriodSeconds": 1}, "/terminationGracePeriodSeconds"),
    ],
)
def test_what_cannot_work_is_refused_in_a_clear_word(values: Obj, word: str) -> None:
    with pytest.raises(HelmError) as refused:
        rendered({**MINIMAL, **values})
    said = str(refused.value)
    assert word in said or word in said.replace("at '", ""), said


def test_every_setting_of_the_service_can_be_given() -> None:
    """A new setting has a place in values.yaml, and none there is one that the service does not know."""
    known = {name.upper() for name in Settings.model_fields}
    given = set(environment(EVERYTHING_SET)) - {"POD_IP"}
    assert given == known


OF_OTHERS = ("alertmanagerUrl", "prometheusUrl", "fallbackWebhookUrl")
EVERYTHING_SET = merged(
    POSTGRESQL,
    {
        "secrets": {
            name: CHANGED[f"secrets.{name}"] for name in ("alertmanagerUrl", "prometheusUrl", "fallbackWebhookUrl")
        }
    },
    {"settings": {name: other(("settings", name), value) for name, value in defaults()["settings"].items()}},
    {"settings": {"stormThreshold": 0, "miniAppName": "other"}},
    {"files": FILES, "kubeconfig": {"existingSecret": "clusters"}},
    {"rbac": {"impersonate": {"people": [1001]}, "features": {"diagnostics": True}}},
)


def environment(values: Obj) -> dict[str, str]:
    """What the container's environment would be."""
    objects = rendered(values)
    (container,) = one(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    found: dict[str, str] = {}
    for source in container["envFrom"]:
        (kind, ref), *_ = source.items()
        if kind == "configMapRef":
            found |= one(objects, "ConfigMap", ref["name"])["data"]
        else:
            found |= one(objects, "Secret", ref["name"])["stringData"]
    for each in container["env"]:
        ref = each.get("valueFrom", {}).get("secretKeyRef")
        if "value" in each:
            found[each["name"]] = each["value"]
        elif ref:
            found[each["name"]] = one(objects, "Secret", ref["name"])["stringData"][ref["key"]]
        else:
            found[each["name"]] = "10.0.0.1"
    return found


@pytest.mark.parametrize("values", [MINIMAL, EVERYTHING_SET], ids=["least", "most"])
def test_the_service_takes_the_environment_it_gets(
    values: Obj, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = rendered(values)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment(values).items():
        if name.endswith("_FILE"):
            kept = tmp_path / Path(value).name
            kept.write_text(_file(objects, Path(value).name))
            value = str(kept)
        monkeypatch.setenv(name, "sqlite:///x.db" if name == "DATABASE_URL" else value)
    settings = read(None)
    assert isinstance(settings, Settings), settings
    assert settings.listen_on in ("0.0.0.0", "::")
    if values is EVERYTHING_SET:
        assert settings.telegram_chats == (-1001234567890,)
        assert settings.audit_chat == -1001234567890
        assert settings.storm_threshold == 0
        assert [chat for chat, _ in settings.routes] == [-1001234567890]


def _file(objects: list[Obj], name: str) -> str:
    for each in objects:
        text = (each.get("data") or each.get("stringData") or {}).get(name)
        if text is not None:
            return str(text)
    raise AssertionError(f"{name} is in no ConfigMap and no Secret")


def test_files_reach_the_pod_as_they_were_meant(tmp_path: Path) -> None:
    objects = rendered(merged(MINIMAL, {"files": FILES}))
    for name, reader in (("suggestions", read_rules), ("routes", read_routes), ("oncall", read_roster)):
        file = tmp_path / f"{name}.yaml"
        file.write_text(_file(objects, file.name))
        found, problems = reader(file)
        assert problems == (), name
        assert found
    # A calendar's address is a secret, so who is on call is kept as one.
    assert one(objects, "Secret", "chatops-oncall")
    assert "oncall.yaml" not in one(objects, "ConfigMap", "chatops-files")["data"]


@pytest.mark.parametrize("profile", PROFILES)
def test_pods_hold_to_the_restricted_standard(profile: str) -> None:
    objects = rendered(PROFILES[profile])
    pods = [one(objects, "Deployment")["spec"]["template"]["spec"], one(objects, "Pod", "chatops-test")["spec"]]
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == USER
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_referred_to_is_there(profile: str) -> None:
    values = PROFILES[profile]
    objects = rendered(values)
    foreign = {"clusters", "bot", "pg-app", "ops-tls"}
    spec = one(objects, "Deployment")["spec"]
    pod, labels = spec["template"]["spec"], spec["template"]["metadata"]["labels"]
    there = {(each["kind"], each["metadata"]["name"]) for each in objects}
    assert ("ServiceAccount", pod["serviceAccountName"]) in there
    volumes = {each["name"]: each for each in pod["volumes"]}
    (container,) = pod["containers"]
    assert {each["name"] for each in container["volumeMounts"]} == set(volumes)
    used = [("ConfigMap", each["configMap"]["name"]) for each in volumes.values() if "configMap" in each]
    used += [("Secret", each["secret"]["secretName"]) for each in volumes.values() if "secret" in each]
    used += [("ConfigMap", each["configMapRef"]["name"]) for each in container["envFrom"] if "configMapRef" in each]
    used += [("Secret", each["secretRef"]["name"]) for each in container["envFrom"] if "secretRef" in each]
    used += [
        ("PersistentVolumeClaim", each["persistentVolumeClaim"]["claimName"])
        for each in volumes.values()
        if "persistentVolumeClaim" in each
    ]
    assert [each for each in used if each not in there and each[1] not in foreign] == []
    for each in objects:
        selector = each.get("spec", {}).get("selector") or each.get("spec", {}).get("podSelector")
        if each["kind"] in ("Service", "PodDisruptionBudget", "NetworkPolicy", "Deployment"):
            wanted = selector.get("matchLabels", selector)
            assert wanted.items() <= labels.items(), each["kind"]
    # The pod of `helm test` must not take the Service's traffic.
    assert not one(objects, "Service")["spec"]["selector"].items() <= (
        one(objects, "Pod", "chatops-test")["metadata"]["labels"].items()
    )


def test_sqlite_is_one_process_with_a_volume_and_postgresql_two_that_take_turns() -> None:
    sqlite, postgresql = rendered(MINIMAL), rendered(POSTGRESQL)
    assert one(sqlite, "Deployment")["spec"]["replicas"] == 1
    assert one(sqlite, "Deployment")["spec"]["strategy"] == {"type": "Recreate"}
    assert one(sqlite, "PersistentVolumeClaim")["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert "PodDisruptionBudget" not in {each["kind"] for each in sqlite}
    assert one(postgresql, "Deployment")["spec"]["replicas"] == 2
    assert one(postgresql, "Deployment")["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }
    assert "PersistentVolumeClaim" not in {each["kind"] for each in postgresql}
    assert one(postgresql, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    # The image's own address of a file never holds beside PostgreSQL, also where the Secret lacks the key.
    for profile in ("postgresql", "secrets of others"):
        (container,) = one(rendered(PROFILES[profile]), "Deployment")["spec"]["template"]["spec"]["containers"]
        (found,) = [each for each in container["env"] if each["name"] == "DATABASE_URL"]
        assert "secretKeyRef" in found["valueFrom"]


def test_a_changed_setting_makes_new_pods() -> None:
    def checksum(values: Obj) -> str:
        return str(
            one(rendered(values), "Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/settings"]
        )

    first = checksum(MINIMAL)
    for path, value in (
        (("settings", "language"), "ru"),
        (("secrets", "webhookToken"), "another"),
        (("files", "suggestions"), FILES["suggestions"]),
        (("files", "oncall"), FILES["oncall"]),
    ):
        assert checksum(put(MINIMAL, path, value)) != first
    assert checksum(put(MINIMAL, ("service", "type"), "NodePort")) == first


def test_only_the_mini_app_is_shown_to_people() -> None:
    objects = rendered(EVERYTHING)
    (rule,) = one(objects, "Ingress")["spec"]["rules"]
    assert [each["path"] for each in rule["http"]["paths"]] == ["/app", "/api/v1"]
    (route,) = one(objects, "HTTPRoute")["spec"]["rules"]
    assert [each["path"]["value"] for each in route["matches"]] == ["/app", "/api/v1"]


def test_the_policy_lets_through_what_is_needed_and_names_its_ports() -> None:
    spec = one(rendered(POSTGRESQL), "NetworkPolicy")["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert all(each["ports"] and each["from"] for each in spec["ingress"])
    ports = {port["port"] for rule in spec["egress"] for port in rule["ports"]}
    assert ports == {53, 443, 6443, 5432, 9090, 9093, "app"}
    without = one(rendered(MINIMAL), "NetworkPolicy")["spec"]
    assert 5432 not in {port["port"] for rule in without["egress"] for port in rule["ports"]}


def test_helm_finds_nothing_to_complain_of() -> None:
    report = lint(FOLDER, MINIMAL, strict=True)
    assert report["errors"] in ([], None)
    assert [each for each in report["messages"] if each["severity"] > 1] == []
    assert chart().metadata["appVersion"] == chart().version == __version__


@pytest.mark.parametrize(
    ("source", "copy"), [("prometheus/rules.yaml", "rules.yaml"), ("grafana/chatops.json", "dashboard.json")]
)
def test_the_chart_has_the_rules_and_the_dashboard_as_they_are(source: str, copy: str) -> None:
    if not (DEPLOY / source).exists():
        pytest.skip(f"deploy/{source} is not there")
    assert (FOLDER / "files" / copy).read_bytes() == (DEPLOY / source).read_bytes(), "`make chart-files` copies it"
    objects = rendered(EVERYTHING)
    if copy == "rules.yaml":
        assert one(objects, "PrometheusRule")["spec"] == msgspec.yaml.decode((DEPLOY / source).read_bytes())
    else:
        assert one(objects, "ConfigMap", "chatops-dashboard")["data"]["chatops.json"] == (DEPLOY / source).read_text()
