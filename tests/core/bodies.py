"""Webhook bodies: those captured from a real Alertmanager, and a small one to bend."""

import copy
import json
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
