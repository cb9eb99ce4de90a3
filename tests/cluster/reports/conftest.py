"""A report as a test asks for it: at the sandbox's own time."""

from collections.abc import Callable

import pytest

from chatops.core.reports import Report
from chatops.core.resources import ObjectRef
from tests.cluster.conftest import sandbox as sandbox
from tests.cluster.sandbox import Sandbox

__all__ = ["read", "sandbox"]

Read = Callable[..., Report]


@pytest.fixture
def read(sandbox: Sandbox) -> Read:
    def ask(action: str, kind: str, name: str = "", namespace: str = "shop", **params: str) -> Report:
        ref = ObjectRef(kind, name, "" if kind in ("Node", "Cluster") else namespace, cluster="demo")
        return sandbox.cluster.report(action, ref, params, sandbox.server.clock.now())

    return ask
