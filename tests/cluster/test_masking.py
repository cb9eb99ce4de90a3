"""Nothing secret comes in through the door: not in logs, events, descriptions, messages or failures."""

import json
from datetime import UTC, datetime
from typing import Any

from kubernetes.client.exceptions import ApiException

from chatops.cluster.errors import failure_from
from tests.cluster.sandbox import Sandbox, pod
from tests.core.secret_corpus import leftover, positives

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

FOUND = [found for found in positives() if "\n" not in found.text]


def event(about: dict[str, Any], number: int, message: str) -> dict[str, Any]:
    meta = about["metadata"]
    involved = {"kind": "Pod", "name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"told-{number}", "namespace": meta["namespace"]},
        "involvedObject": involved,
        "reason": "Failed",
        "message": message,
        "type": "Warning",
    }


def test_s11_logs(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, found.text) for found in FOUND])
    lines = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), tail=len(FOUND), limit_bytes=1 << 24).lines
    assert len(lines) == len(FOUND)
    assert [found.text for found, line in zip(FOUND, lines, strict=True) if leftover(found, line)] == []


def test_s11_a_key_over_several_lines_of_a_log(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    (found, *_) = [found for found in positives() if found.text.startswith("starting\n")]
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, line) for line in found.text.split("\n")])
    lines = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), tail=100).lines
    assert leftover(found, "\n".join(lines)) == ""
    assert lines[0].endswith(" starting")
    assert lines[-1].endswith(" started")


def test_s11_a_secret_with_colours_inside(sandbox: Sandbox) -> None:
    sandbox.apply(pod("chatty"))
    shaped = [found for found in FOUND if found.text == found.secret]
    coloured = [f"{found.secret[:9]}\x1b[31m{found.secret[9:]}\x1b[0m" for found in shaped]
    sandbox.server.set_logs("shop", "chatty", "app", [(AT, line) for line in coloured])
    lines = sandbox.cluster.logs(sandbox.ref("Pod", "chatty"), tail=len(shaped)).lines
    assert [found.text for found, line in zip(shaped, lines, strict=True) if leftover(found, line)] == []


def test_s11_events_and_descriptions(sandbox: Sandbox) -> None:
    # Ordinary words within a secret stand elsewhere in so much text; its last random ones do not.
    some = [found for found in FOUND[::25] if " " not in found.secret]
    secret = "canary" + "-0x7f" * 3
    container = {
        "name": "app",
        "image": "app:1",
        "env": [{"name": "LEVEL", "value": secret}],
        "command": ["sh", "-c", f"serve --dsn postgres://bob:{secret}@db/shop"],
        "livenessProbe": {"httpGet": {"path": f"/live?token={secret}", "port": 8080}},
    }
    manifest = pod("open", containers=[container])
    manifest["metadata"]["annotations"] = {f"note-{n}": found.text for n, found in enumerate(some)}
    sandbox.apply(manifest)
    about = sandbox.get("Pod", "open")
    sandbox.apply(*(event(about, n, found.text) for n, found in enumerate(some)), seconds=0)
    ref = sandbox.ref("Pod", "open")
    shown = sandbox.cluster.describe(ref)
    assert len(shown.events) >= len(some) // 2
    told = [repr(shown), shown.full_text, repr(sandbox.cluster.events(ref))]
    for text in told:
        assert [found.text for found in some if found.secret[-8:] in text] == []
        assert secret not in text
    assert "note-0" in shown.full_text


def test_s11_a_containers_last_words(sandbox: Sandbox) -> None:
    (found, *_) = [found for found in FOUND if found.kind == "address"]
    manifest = pod("dead")
    state = {"terminated": {"exitCode": 1, "reason": "Error", "message": found.text}}
    status = {"name": "app", "image": "app:1", "ready": False, "restartCount": 0, "state": state}
    manifest["status"] = {"phase": "Failed", "message": found.text, "containerStatuses": [status]}
    sandbox.apply(manifest, seconds=0)
    ref = sandbox.ref("Pod", "dead")
    view = sandbox.cluster.pod(ref)
    assert "masked" in view.containers[0].message
    assert leftover(found, repr(view) + repr(sandbox.cluster.describe(ref))) == ""


def test_s11_failures() -> None:
    left = []
    for found in FOUND:
        error = ApiException(status=422, reason="Invalid")
        error.body = json.dumps({"kind": "Status", "message": f"admission webhook said:\n{found.text}"})
        failure = failure_from(error)
        if leftover(found, f"{failure} {failure.detail}"):
            left.append(found.text)
    assert left == []
