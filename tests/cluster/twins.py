"""The real kubectl beside us: two objects that are the same, ours changed by us and theirs by it."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chatops.sandbox.kubeapi import KubeApiServer

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")

OURS, THEIRS = "shop", "twin"

ACTION_ID = "chatops.io/action-id"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


class Kubectl:
    """kubectl with a home of its own, so that nobody's configuration speaks in it."""

    def __init__(self, server: KubeApiServer, home: Path, namespace: str = THEIRS) -> None:
        home.mkdir(exist_ok=True)
        self._config = server.kubeconfig(home / "config", namespace=namespace)
        self._cache = home / "cache"
        self._env = {"HOME": str(home), "PATH": os.environ["PATH"], "TZ": "UTC"}

    def __call__(self, *words: str) -> tuple[int, str]:
        """Its exit status and all it said."""
        assert KUBECTL is not None
        done = subprocess.run(
            [KUBECTL, f"--kubeconfig={self._config}", f"--cache-dir={self._cache}", *words],
            env=self._env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def essence(found: dict[str, Any] | None) -> dict[str, Any] | None:
    """The object without what tells only who wrote it and when: marks, versions, times, names of its namespace."""
    if found is None:
        return None
    meta = {
        key: value
        for key, value in found["metadata"].items()
        if key not in ("managedFields", "resourceVersion", "uid", "creationTimestamp", "namespace", "name")
    }
    meta["annotations"] = {k: v for k, v in (meta.get("annotations") or {}).items() if k != ACTION_ID}
    spec = {key: value for key, value in found.get("spec", {}).items() if key != "taints"}
    notes = (spec.get("template") or {}).get("metadata", {}).get("annotations") or {}
    if RESTARTED_AT in notes:
        assert len(notes[RESTARTED_AT]) == len("2026-11-23T09:00:00Z")
        notes[RESTARTED_AT] = "then"
    return {"metadata": meta, "spec": spec}
