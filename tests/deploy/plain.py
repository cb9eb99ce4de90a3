"""`python -m tests.deploy.plain` writes the roles of the plain manifests from the chart's: there is one list."""

import subprocess
import sys
from functools import cache
from typing import Any

import yaml

from tests.deploy.chart import MINIMAL, Obj, documents, merged, rendered
from tests.deploy.image import DEPLOY
from tests.deploy.shipped import RBAC

FOLDER = DEPLOY / "kustomize"
LOOKING, ACTING = FOLDER / "base" / "rights.yaml", FOLDER / "components" / "acting" / "rights.yaml"
HEAD = "# Written from the chart's rights.yaml by `make plain-rights`.\n"
KEPT = ("app.kubernetes.io/name",)
"""Labels that a plain manifest has as well."""


def rights(*, read_only: bool) -> list[Obj]:
    """Roles and bindings of the chart as the plain manifests have them."""
    objects = rendered(merged(MINIMAL, {"rbac": {"readOnly": read_only}}))
    return [_plain(each) for each in objects if each["kind"] in RBAC]


def _plain(each: Obj) -> Obj:
    found = {**each, "metadata": {**each["metadata"]}}
    found["metadata"]["labels"] = {name: value for name, value in each["metadata"]["labels"].items() if name in KEPT}
    if "subjects" in found:
        found["subjects"] = [{**subject, "namespace": "chatops"} for subject in found["subjects"]]
    return found


def acting() -> list[Obj]:
    """What the read-only profile leaves out."""
    looking = rights(read_only=True)
    return [each for each in rights(read_only=False) if each not in looking]


def dump(objects: list[Obj]) -> str:
    return HEAD + "---\n".join(yaml.dump(each, sort_keys=False, Dumper=_Short) for each in objects)


class _Short(yaml.SafeDumper):
    """Lists of words stand on one line."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        words = all(isinstance(each, str) for each in sequence)
        return super().represent_sequence(tag, sequence, flow_style=words)


@cache
def built(overlay: str) -> list[Obj]:
    """What `kubectl apply -k` would send."""
    command = ["kubectl", "kustomize", str(FOLDER / overlay)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    return documents(found.stdout)


def main() -> int:
    LOOKING.write_text(dump(rights(read_only=True)))
    ACTING.write_text(dump(acting()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
