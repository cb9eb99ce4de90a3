"""The chart, rendered by Helm's own library, and Kubernetes' schemas to hold what comes of it against."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import kubernetes_validate
import kubernetes_validate.utils
import yaml
from helm_python import Chart

from tests.deploy.image import DEPLOY

Obj = dict[str, Any]
Path = tuple[str, ...]

FOLDER = DEPLOY / "helm" / "chatops"
VERSIONS = ("1.28", "1.32", "1.37")
FOREIGN = ("ServiceMonitor", "PrometheusRule", "HTTPRoute")
"""Kinds that no API server brings itself, so that there is no schema of them here."""

_schemas = cache(kubernetes_validate.utils.schema_contents)

TOKENS = {"telegramBotToken": "123456:AAbbccddeeffgghhiijjkkllmmnnooppqqr", "webhookToken": "a-token-of-the-tests"}
MINIMAL: Obj = {"secrets": TOKENS}
POSTGRESQL: Obj = {
    "secrets": TOKENS,
    "database": {"type": "postgresql", "url": "postgresql://chatops:secret@db.example.com/chatops"},
}


@cache
def chart() -> Chart:
    return Chart.load(FOLDER)


@cache
def defaults() -> Obj:
    """values.yaml."""
    found: Obj = yaml.safe_load((FOLDER / "values.yaml").read_text())
    return found


def texts(values: Obj) -> dict[str, str]:
    """What each template of objects renders to."""
    found = chart().render(values, name="chatops", namespace="ops")
    return {name: text for name, text in found.items() if not name.endswith(".txt")}


def rendered(values: Obj) -> list[Obj]:
    """The objects that a release `chatops` in the namespace `ops` is made of. They are for reading alone."""
    return _rendered(json.dumps(values))


@cache
def _rendered(values: str) -> list[Obj]:
    return [each for text in texts(json.loads(values)).values() for each in documents(text)]


def documents(text: str) -> list[Obj]:
    """The objects of a text of YAML, by the fast loader."""
    return [each for each in yaml.load_all(text, yaml.CSafeLoader) if each]


def one(objects: list[Obj], kind: str, name: str = "chatops") -> Obj:
    (found,) = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def validate(objects: list[Obj], version: str) -> None:
    """Raises where Kubernetes' schema of that version refuses one, also for a field that it does not know."""
    for each in objects:
        if each["kind"] not in FOREIGN:
            # It would read the same megabyte for each object.
            kubernetes_validate.utils.schema_contents = _schemas
            kubernetes_validate.validate(each, version, strict=True)


def leaves(values: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each value that is no mapping of values, with the names that lead to it. An empty mapping is a value."""
    if isinstance(values, dict) and values:
        for name, each in values.items():
            yield from leaves(each, (*path, name))
    else:
        yield path, values


def put(values: Obj, path: Path, value: Any) -> Obj:
    """A copy in which one value is another."""
    found = copy.deepcopy(values)
    inner = found
    for name in path[:-1]:
        inner = inner.setdefault(name, {})
    inner[path[-1]] = value
    return found


def merged(*many: Obj) -> Obj:
    """Mappings over mappings, the later wins."""
    found: Obj = {}
    for each in many:
        for path, value in leaves(each):
            found = put(found, path, value)
    return found
