"""Objects' views in words that a test can hold them to."""

from datetime import timedelta

from chatops.core.objects import ObjectView
from chatops.core.resources import ObjectRef
from tests.cluster.sandbox import Sandbox


def see(sandbox: Sandbox, kind: str, name: str, namespace: str = "shop", later: float = 0) -> ObjectView:
    now = sandbox.server.clock.now() + timedelta(seconds=later)
    return sandbox.cluster.object(ObjectRef(kind, name, namespace), now)


def told(view: ObjectView) -> dict[str, str]:
    return {str(trait): text for trait, text in view.traits.items()}


def tied(view: ObjectView) -> list[str]:
    return [f"{tie.role} {tie.ref.kind} {tie.ref.path}" for tie in view.ties]
