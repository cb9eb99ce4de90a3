"""Webhook bodies of our own: what Alertmanager should have told, in its words (version 4), for the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

NOT_ENDED = "0001-01-01T00:00:00Z"
"""What Alertmanager writes for the end of an alert that fires."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is to be accepted as if `source` had posted it."""

    source: str
    body: bytes


def firing(
    fingerprint: str,
    labels: Mapping[str, str],
    starts_at: datetime,
    *,
    annotations: Mapping[str, str] | None = None,
    generator_url: str = "",
) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": dict(labels),
        "annotations": dict(annotations or {}),
        "startsAt": starts_at,
        "endsAt": NOT_ENDED,
        "generatorURL": generator_url,
        "fingerprint": fingerprint,
    }


def resolved(fingerprint: str, labels: Mapping[str, str], starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    return {
        "status": "resolved",
        "labels": dict(labels),
        "startsAt": starts_at,
        "endsAt": max(ends_at, starts_at),
        "fingerprint": fingerprint,
    }


def webhook(
    key: str,
    alerts: Sequence[Mapping[str, Any]],
    *,
    receiver: str = "",
    group_labels: Mapping[str, str] | None = None,
) -> bytes:
    """`key` is the group key; `alerts` are made by `firing` and `resolved`."""
    status = "firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved"
    return msgspec.json.encode(
        {
            "version": "4",
            "groupKey": key,
            "truncatedAlerts": 0,
            "status": status,
            "receiver": receiver,
            "groupLabels": dict(group_labels or {}),
            "alerts": list(alerts),
            "externalURL": "",
        }
    )
