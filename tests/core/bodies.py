"""Webhook bodies: those captured from a real Alertmanager, and a small one to bend."""

import copy
import json
import random
from collections.abc import Iterator
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


STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 3, 2**53, 10**400, -(10**30), 1e308, float("nan"), float("inf"), -0.0),
    *(
        "",
        "4",
        "5",
        "firing",
        "resolved",
        "FIRING",
        "\0",
        "\ud800",
        "\udc00\ud800",
        "\u202e<b>&amp;",
        "x" * 5_000,
        "\r\n\x1b[2J",
    ),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z", "2026-11-23T08:52:60Z", "yesterday"),
    *("1969-12-31T23:59:59.999999999+23:59", "-0001-01-01T00:00:00Z", "2026-11-23", "20261123T085200Z", "1e9"),
    *([], {}, [[]], [None], {"": ""}, {"alertname": None}, {"alertname": ["x"]}, ["firing"], {"a": {"b": {"c": {}}}}),
)


BURIED = "@buried@"
"""Stands for a value under thousands of brackets until the body is written."""


def twisted(dice: random.Random, body: bytes) -> bytes:
    """The body with a few of its values removed, swapped, moved, said twice, or buried: it mostly stays JSON."""
    told = json.loads(body)
    for _ in range(dice.randint(1, 3)):
        holders = list(_holders(told))
        holder = dice.choice(holders)
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = dice.choice(keys) if keys else None
        match dice.randrange(8):
            case 0 if key is not None:
                del holder[key]
            case 1 if key is not None:
                holder[key] = copy.deepcopy(dice.choice(STRANGE))
            case 2 if key is not None:
                other = dice.choice(holders)
                holder[key] = copy.deepcopy(other)
            case 3 if isinstance(holder, list):
                holder.extend(copy.deepcopy(holder) * dice.randint(1, 3))
            case 4 if isinstance(holder, dict):
                holder[dice.choice(["", "\0", "\ud800", "labels", "status", "x" * 300])] = copy.deepcopy(
                    dice.choice(STRANGE)
                )
            case 5 if isinstance(holder, dict):
                holder.update({f"label_{n}": str(n) for n in range(dice.choice([10, 500]))})
            case 6 if key is not None:
                holder[key] = BURIED
            case _:
                holder.update(reversed(holder.items())) if isinstance(holder, dict) else dice.shuffle(holder)
        if not isinstance(told, dict | list) or not told:
            break
    written = json.dumps(told, ensure_ascii=dice.random() < 0.7).encode("utf-8", "surrogatepass")
    deep = dice.choice([2, 100, 2_000, 100_000])
    buried = dice.choice([b"[" * deep + b"]" * deep, b'{"a":' * deep + b"1" + b"}" * deep])
    written = written.replace(json.dumps(BURIED).encode(), buried)
    if dice.random() < 0.1:
        # A key said twice: JSON allows it, and readers differ in which one counts.
        written = written.replace(b'"status":', b'"status": "firing", "status":', dice.randint(1, 3))
    return written


def _holders(value: Any, depth: int = 0) -> Iterator[Any]:
    """Every object and list in it, itself included; not into what was buried."""
    if isinstance(value, dict | list) and depth < 8:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner, depth + 1)


def any_body(dice: random.Random) -> bytes:
    """A captured body after accidents to its bytes or to what it says, or both."""
    body = CAPTURED[dice.choice(sorted(CAPTURED))]
    chosen = dice.random()
    if chosen < 0.75:
        body = twisted(dice, body)
    return damaged(dice, body) if chosen > 0.65 else body
