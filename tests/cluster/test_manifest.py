"""An object as YAML: whole, readable by any parser, and without a single secret."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.cluster.manifest import manifest
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from tests.cluster.sandbox import Sandbox, pod, workload
from tests.core.secret_corpus import Positive, benign, leftover, positives

CORPUS = [found for found in positives() if " with spaces" not in found.secret][::3]
SECRET = "canary-0x7fa3c9d1"


def read(text: str) -> Any:
    return yaml.safe_load(text)


def test_a_deployment_from_the_cluster(sandbox: Sandbox) -> None:
    made = workload("Deployment", "web")
    container = made["spec"]["template"]["spec"]["containers"][0]
    container["args"] = ["--password=canary-a", "--db-password", "canary-b", "--verbose"]
    container["env"] = [
        {"name": "LEVEL", "value": "canary-c"},
        {"name": "FROM", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
    ]
    last = "kubectl.kubernetes.io/last-applied-configuration"
    made["metadata"]["annotations"] = {last: "canary-d", "note": "kept"}
    sandbox.apply(made)
    text = sandbox.cluster.yaml(ObjectRef("Deployment", "web", "shop"))
    found = read(text)
    (shown,) = found["spec"]["template"]["spec"]["containers"]
    assert (found["apiVersion"], found["kind"]) == ("apps/v1", "Deployment")
    assert list(found)[:3] == ["apiVersion", "kind", "metadata"]
    assert found["metadata"]["annotations"]["note"] == "kept"
    assert last not in found["metadata"]["annotations"]
    assert "managedFields" not in found["metadata"]
    assert shown["args"] == ["--password=***", "--db-password", "***", "--verbose"]
    assert shown["env"][0] == {"name": "LEVEL", "value": "***"}
    assert shown["env"][1]["valueFrom"]["secretKeyRef"] == {"name": "db", "key": "password"}
    assert found["status"]["replicas"] == 2
    assert "canary" not in text


def test_only_the_object_that_was_seen(sandbox: Sandbox) -> None:
    sandbox.apply(pod("here"))
    with pytest.raises(Permanent) as replaced:
        sandbox.cluster.yaml(ObjectRef("Pod", "here", "shop", uid="another"))
    assert replaced.value.reason is Reason.REPLACED
    with pytest.raises(Permanent) as gone:
        sandbox.cluster.yaml(ObjectRef("Pod", "gone", "shop"))
    assert gone.value.reason is Reason.NOT_FOUND


def secret(**fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "type": "Opaque", **fields}


@pytest.mark.parametrize("value", ["", "eA==", "Y2FuYXJ5" * 400])
def test_of_a_secret_only_its_keys(value: str) -> None:
    found = read(manifest(secret(data={"user": value, "tls.crt": value}, stringData={"plain": value})))
    assert found["data"] == {"user": "***", "tls.crt": "***"}
    assert found["stringData"] == {"plain": "***"}
    assert found["type"] == "Opaque"


@pytest.mark.parametrize("member", ["data", "stringData"])
def test_of_a_secret_of_another_shape_nothing(member: str) -> None:
    assert SECRET not in manifest(secret(**{member: [SECRET]}))
    assert SECRET not in manifest(secret(**{member: SECRET}))


def test_bytes_of_a_config_map_are_not_shown() -> None:
    found = read(manifest({"kind": "ConfigMap", "binaryData": {"key.p12": "Y2FuYXJ5"}, "data": {"mode": "fast"}}))
    assert (found["binaryData"], found["data"]) == ({"key.p12": "***"}, {"mode": "fast"})


@pytest.mark.parametrize("name", ["kapp.k14s.io/original", "banzaicloud.com/last-applied", "anybody/manifest"])
@pytest.mark.parametrize("whole", [True, False])
def test_an_annotation_that_is_a_copy_of_the_object_is_struck_out(name: str, whole: bool) -> None:
    copy = json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"env": [{"value": SECRET}]}]}})
    made = pod("open")
    made["metadata"]["annotations"] = {name: copy if whole else copy[:-3], "sizes": '{"cpu":"1"}'}
    text = manifest(made)
    assert read(text)["metadata"]["annotations"] == {name: "***", "sizes": '{"cpu":"1"}'}
    assert SECRET not in text


def test_variables_wherever_they_stand() -> None:
    template = {"spec": {"initContainers": [{"name": "a", "env": [{"name": "X", "value": SECRET}, SECRET]}]}}
    made = {
        "kind": "HelmRelease",
        "spec": {
            "values": {"env": {"X": SECRET, "deep": {"password": SECRET}, "list": []}},
            "parameters": [{"name": "db.password", "forceString": True, "value": SECRET}],
            "probe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": f"Basic {SECRET}"}]}},
            "exec": {"command": ["sh", "-c", f"login --token {SECRET}"]},
            "jobTemplate": {"spec": {"template": template}},
            "pin": {"password": 739184625},
        },
    }
    text = manifest(made)
    assert SECRET not in text
    assert "739184625" not in text
    assert read(text)["spec"]["parameters"][0]["name"] == "db.password"


PLACES = ("env", "args", "command", "annotation", "config", "file", "value", "status", "template annotation")


def holding(place: str, text: str) -> dict[str, Any]:
    """A small object with `text` in one of the places where people leave secrets."""
    container: dict[str, Any] = {"name": "app", "image": "app:1"}
    made: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "open", "annotations": {}}}
    match place:
        case "env":
            container["env"] = [{"name": "LEVEL", "value": text}]
        case "args" | "command":
            container[place] = ["serve", text]
        case "annotation":
            made["metadata"]["annotations"]["note"] = text
        case "config":
            made |= {"kind": "ConfigMap", "data": {"setting": text}}
        case "file":
            made |= {"kind": "ConfigMap", "data": {"app.conf": f"# settings\n{text}\nlevel: info\n"}}
        case "value":
            made |= {"spec": {"values": {"nested": [{"setting": text}]}}}
        case "status":
            made |= {"status": {"message": text}}
        case _:
            made |= {"spec": {"template": {"metadata": {"annotations": {"note": text}}}}}
    return made | {"spec": {"containers": [container], **made.get("spec", {})}}


def left(place: str, found: Positive) -> str:
    text = manifest(holding(place, found.text))
    assert read(text)["metadata"]["name"] == "open", found.text
    # Words of our own stand in it beside the value: the secret is looked for where it was put.
    return leftover(found, text.replace("annotations", "").replace("containers", ""))


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_the_corpus_survives_and_the_file_reads(place: str) -> None:
    assert [found.text for found in CORPUS if left(place, found)] == []


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    lines = benign()
    made = {"kind": "ConfigMap", "data": {f"line-{n}": line for n, line in enumerate(lines)}}
    assert read(manifest(made))["data"] == made["data"]
    whole = {
        "kind": "ConfigMap",
        "data": {"app.log": "\n".join(line for line in lines[:60] if "\t" not in line) + "\n"},
    }
    text = manifest(whole)
    assert read(text) == whole
    assert "app.log: |" in text


_TEXT = st.text(max_size=40) | st.sampled_from([found.text for found in CORPUS[::37]])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(_JSON, st.sampled_from(["env", "args", "data", "password", "value", "name", "annotations", "spec"]))
def test_anything_reads_as_yaml(value: Any, key: str) -> None:
    text = manifest({"kind": "Thing", "metadata": {"name": "x", "annotations": {"a": "b"}}, key: value})
    assert read(text)["kind"] == "Thing"
    text.encode()


def test_a_structure_without_end_is_cut() -> None:
    deep: Any = SECRET
    for _ in range(300):
        deep = {"in": deep}
    assert SECRET not in manifest({"kind": "Thing", "spec": deep})
