"""Alertmanager's webhook body (version 4), read leniently: what can be understood is used, the rest is named."""

import hashlib
from codecs import BOM_UTF8
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

MAX_NAME = 253
"""Longest value kept for a name used in columns and addresses; longer ones are cut, the raw body stays whole."""

MAX_COUNT = 2**31 - 1
"""Largest number kept: what every database's integer column holds."""

OWN_MARK = "~"
"""How fingerprints begin that are ours and not Alertmanager's: nothing it lists can be compared with them."""

LISTED_KEY = "roll call: "
"""How group keys begin that are ours: Alertmanager's lists have none. Receiver and labels say which group it is."""

_ALERTMANAGER_ZERO_YEAR = 1


class Severity(StrEnum):
    """The severity label, folded to what people distinguish at a glance, worst first when sorted by `rank`."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"
    NONE = "none"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @classmethod
    def of(cls, label: str) -> "Severity":
        """Fold the spellings in use (page, error, P1...) onto the four; an unknown word is a warning."""
        return _SEVERITY_WORDS.get(label.strip().lower(), cls.WARNING)


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}

_SEVERITY_WORDS = {
    **dict.fromkeys(("critical", "crit", "page", "fatal", "emergency", "disaster", "p1", "sev1"), Severity.CRITICAL),
    **dict.fromkeys(("warning", "warn", "error", "major", "high", "p2", "sev2"), Severity.WARNING),
    **dict.fromkeys(("info", "informational", "minor", "low", "p3", "p4", "sev3"), Severity.INFO),
    **dict.fromkeys(("none", "ok", ""), Severity.NONE),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as one webhook told it. `ends_at` is None while it fires. Times are UTC."""

    fingerprint: str
    firing: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime | None
    generator_url: str = ""

    @property
    def name(self) -> str:
        return self.labels.get("alertname", "")


@dataclass(frozen=True, slots=True)
class Notification:
    """One webhook body: the state of one alert group at one moment."""

    receiver: str
    group_key: str
    group_labels: dict[str, str]
    alerts: tuple[Alert, ...]
    truncated: int = 0
    external_url: str = ""
    beats: tuple[Alert, ...] = ()
    """Those that always fire, so that their absence tells: they are nobody's trouble."""
    skipped: tuple[str, ...] = ()
    """Why single alerts of the body could not be used, one sentence each."""

    @property
    def key_hash(self) -> str:
        """The group key has no length limit, so its hash is stored, as Alertmanager itself does."""
        return hashlib.sha256(self.group_key.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def listed(self) -> bool:
        """Whether it was made of what Alertmanager lists, and so has no group key of Alertmanager's."""
        return self.group_key.startswith(LISTED_KEY)


class NotUnderstood(ValueError):
    """The body is not an Alertmanager webhook; the message says what is wrong in words for an admin."""


CLUSTER = "cluster"
"""The label that names an alert's cluster, where nobody says that it is another one."""


def parse(
    body: bytes, *, received_at: datetime, cluster_label: str = CLUSTER, watchdogs: Collection[str] = ()
) -> Notification:
    """Read a webhook body. Unknown fields are ignored, missing optional ones filled.

    An alert that cannot be understood is left out and named in `skipped`; the others are still used. Raises
    NotUnderstood when nothing can be used. `received_at` stands in for a missing or impossible startsAt. What
    `cluster_label` says stands under `cluster` too, so that further in there is one name for it. Alerts named in
    `watchdogs` are the notification's beats and none of its alerts.
    """
    try:
        raw = msgspec.json.decode(_readable(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise NotUnderstood(f"the body is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise NotUnderstood("the body is JSON but not an object")
    if raw.get("version") != "4":
        raise NotUnderstood(f"version is {_shown(raw.get('version'))}, and only webhook version 4 is understood")
    group_key = raw.get("groupKey")
    if not isinstance(group_key, str) or not group_key:
        raise NotUnderstood("groupKey is missing")
    entries = raw.get("alerts")
    if not isinstance(entries, list):
        raise NotUnderstood("alerts is missing")
    alerts: dict[str, Alert] = {}
    skipped: list[str] = []
    for index, entry in enumerate(entries):
        try:
            alert = _alert(entry, received_at, cluster_label)
        except NotUnderstood as problem:
            skipped.append(f"alerts[{index}]: {problem}")
        else:
            alerts[alert.fingerprint] = alert
    truncated = _count(raw.get("truncatedAlerts"))
    if not alerts and not truncated:
        raise NotUnderstood("no alert in the body can be used: " + ("; ".join(skipped[:3]) or "alerts is empty"))
    beats = tuple(alert for alert in alerts.values() if alert.name in watchdogs)
    return Notification(
        receiver=_text(raw.get("receiver"))[:MAX_NAME],
        group_key=group_key,
        group_labels=_with_cluster(_labels(raw.get("groupLabels")), cluster_label),
        alerts=tuple(alert for alert in alerts.values() if alert.name not in watchdogs),
        truncated=truncated,
        external_url=_text(raw.get("externalURL")),
        beats=beats,
        skipped=tuple(skipped),
    )


def _readable(body: bytes) -> bytes | str:
    """The body, with what is no UTF-8 in it replaced: a broken byte in one label must not hide the alert."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")
    return body.removeprefix(BOM_UTF8)


def _alert(entry: Any, received_at: datetime, cluster_label: str) -> Alert:
    if not isinstance(entry, dict):
        raise NotUnderstood("is not an object")
    status = entry.get("status")
    if status not in ("firing", "resolved"):
        raise NotUnderstood(f"status is {_shown(status)}")
    labels = _labels(entry.get("labels"))
    if not labels:
        raise NotUnderstood("has no labels")
    firing = status == "firing"
    starts_at = _time(entry.get("startsAt")) or received_at
    ends_at = None if firing else max(_time(entry.get("endsAt")) or received_at, starts_at)
    return Alert(
        fingerprint=_fingerprint(entry.get("fingerprint"), labels),
        firing=firing,
        labels=_with_cluster(labels, cluster_label),
        annotations=_labels(entry.get("annotations")),
        starts_at=starts_at,
        ends_at=ends_at,
        generator_url=_text(entry.get("generatorURL")),
    )


def _with_cluster(labels: dict[str, str], label: str) -> dict[str, str]:
    name = labels.get(label, "")
    return {**labels, CLUSTER: name} if name and label != CLUSTER else labels


def _count(value: Any) -> int:
    return min(max(value, 0), MAX_COUNT) if isinstance(value, int) and not isinstance(value, bool) else 0


def own_fingerprint(text: str) -> str:
    """Of what Alertmanager gave none, or knows nothing of: the same for the same text, and never one of its own."""
    return OWN_MARK + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _fingerprint(given: Any, labels: dict[str, str]) -> str:
    """Alertmanager's own fingerprint, or one of ours where a custom payload template left it out."""
    if isinstance(given, str) and 0 < len(given) <= 64 and given.isascii() and given.isprintable():
        return given
    text = "\n".join(f"{name}\0{value}" for name, value in sorted(labels.items()))
    return own_fingerprint(text)


def _labels(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    return {_text(name): _text(value) for name, value in raw.items() if isinstance(value, str | int | float | bool)}


def _text(value: Any) -> str:
    """A string that every database and terminal takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str | int | float | bool):
        return ""
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _time(value: Any) -> datetime | None:
    """Alertmanager writes nanoseconds and uses year 1 for "not set"; both are beyond datetime's own parser."""
    if not isinstance(value, str):
        return None
    try:
        moment = msgspec.convert(value, datetime)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (msgspec.ValidationError, OverflowError, ValueError):
        return None
    return moment if moment.year > _ALERTMANAGER_ZERO_YEAR else None


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)[:40]
