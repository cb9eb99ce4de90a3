"""Webhook bodies: those captured from a real Alertmanager, and a small one to bend."""

import copy
import json
import random
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).parent.parent / "payloads"
NOT_WEBHOOKS = (".headers.json", "_api_v2_alerts.json")

CAPTURED = {
    path.stem: path.read_bytes() for path in sorted(PAYLOADS.glob("*.json")) if not path.name.endswith(NOT_WEBHOOKS)
}

_ALERT = {
    "status": "firing",
    "labels": {"alertname": "KubePodCrashLooping", "namespace": "shop", "pod": "checkout-1", "severity": "warning"},
    "annotations": {"summary": "it crashes"},
    "startsAt": "2026-11-23T08:52:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prom.example/graph",
    "fingerprint": "00000000000000a1",
}

_BODY = {
    "version": "4",
    "groupKey": '{}:{alertname="KubePodCrashLooping"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "chatops",
    "groupLabels": {"alertname": "KubePodCrashLooping"},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://am.example",
}


def an_alert(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(_ALERT), **fields}


def a_body(*alerts: Any, **fields: Any) -> bytes:
    """One alert unless others are given. A field set to `...` is left out."""
    body = {**_BODY, "alerts": list(alerts) or [an_alert()], **fields}
    return json.dumps({name: value for name, value in body.items() if value is not ...}).encode()


def damaged(dice: random.Random, body: bytes) -> bytes:
    """The body after a few accidents: bytes changed, cut out, doubled, or values swapped for strange ones."""
    for _ in range(dice.randint(1, 4)):
        at, to = sorted((dice.randrange(len(body) + 1), dice.randrange(len(body) + 1)))
        match dice.randrange(4):
            case 0:
                body = body[:at] + dice.randbytes(dice.randint(1, 8)) + body[at:]
            case 1:
                body = body[:at] + body[to:]
            case 2:
                body = body[:to] + body[at : at + 2_000] + body[to:]
            case _:
                strange = dice.choice([b"null", b"NaN", b"1e999", b"[]", b"{}", b'"\\ud800"', b"[" * 300, b"\0", b"-0"])
                body = body[:at] + strange + body[min(len(body), at + len(strange)) :]
    return body
