"""What Alertmanager keeps: alerts and silences, with its validation, its fingerprints and its matchers. No HTTP."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

RESOLVE_TIMEOUT = timedelta(minutes=5)
"""An alert that is not told again by then has resolved."""

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_MATCHER = re.compile(rf"(?s)^\s*({_NAME})\s*(=~|=|!=|!~)\s*(.*?)\s*$")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_REQUIRED = ("comment", "createdBy", "endsAt", "matchers", "startsAt")


class Refused(Exception):
    """Alertmanager says no: the status and the JSON it answers with."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Matcher:
    name: str
    value: str
    regex: bool = False
    equal: bool = True

    def takes(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.name, "")
        found = re.fullmatch(self.value, value) is not None if self.regex else value == self.value
        return found == self.equal


@dataclass(slots=True)
class Silence:
    id: str
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    updated_at: datetime

    def state(self, now: datetime) -> str:
        if now >= self.ends_at:
            return "expired"
        return "pending" if now < self.starts_at else "active"

    def may_start(self, told: datetime, now: datetime) -> bool:
        """Whether it can be told to start then and stay the same one: an active one only in the second it did."""
        match self.state(now):
            case "active":
                return int(told.timestamp()) == int(self.starts_at.timestamp())
            case "pending":
                return told >= now
            case _:
                return False

    def takes(self, labels: Mapping[str, str]) -> bool:
        return all(matcher.takes(labels) for matcher in self.matchers)

    def shown(self, now: datetime) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": {"state": self.state(now)},
            "updatedAt": stamp(self.updated_at),
            "comment": self.comment,
            "createdBy": self.created_by,
            "startsAt": stamp(self.starts_at),
            "endsAt": stamp(self.ends_at),
            "matchers": [
                {"name": m.name, "value": m.value, "isRegex": m.regex, "isEqual": m.equal} for m in self.matchers
            ],
        }


class Silences:
    """Every silence ever made here, by id."""

    def __init__(self) -> None:
        self._all: dict[str, Silence] = {}

    def __iter__(self) -> Any:
        return iter(self._all.values())

    def put(self, body: Any, now: datetime) -> str:
        """Make one, or update the one of the id given; its id."""
        _require(body)
        starts_at, ends_at = _time(body["startsAt"]), _time(body["endsAt"])
        if starts_at >= ends_at:
            raise Refused(400, "Failed to create silence: start time must be before end time")
        if ends_at < now:
            raise Refused(400, "Failed to create silence: end time can't be in the past")
        known_id = body.get("id", "")
        if known_id and known_id not in self._all:
            raise Refused(404, "silence not found")
        matchers = tuple(_checked(index, told) for index, told in enumerate(body["matchers"]))
        if all(matcher.takes({}) for matcher in matchers):
            raise Refused(400, "silence invalid: at least one matcher must not match the empty string")
        known = self._all.get(known_id)
        if known and known.matchers == matchers and known.may_start(starts_at, now):
            known.starts_at = max(starts_at, known.starts_at)
            known.ends_at, known.comment, known.updated_at = ends_at, body["comment"], now
            return known.id
        if known:
            known.ends_at = min(known.ends_at, now)
        made = Silence(
            str(uuid.uuid4()), matchers, max(starts_at, now), ends_at, body["createdBy"], body["comment"], now
        )
        self._all[made.id] = made
        return made.id

    def expire(self, silence_id: str, now: datetime) -> None:
        """End it; one that has ended stays as it is."""
        silence = self._all.get(_uuid(silence_id))
        if silence is None:
            # 0.25 says 500 here; later versions 404.
            raise Refused(500, "silence not found")
        if silence.state(now) != "expired":
            silence.ends_at = silence.updated_at = now

    def shown(self, silence_id: str, now: datetime) -> dict[str, Any]:
        silence = self._all.get(_uuid(silence_id))
        if silence is None:
            raise Refused(404, None)
        return silence.shown(now)

    def listed(self, filters: Sequence[Matcher], now: datetime) -> list[dict[str, Any]]:
        """Those that have every filter among their matchers, active ones first."""
        found = [silence for silence in self._all.values() if all(each in silence.matchers for each in filters)]
        order = ("active", "pending", "expired")
        found.sort(key=lambda silence: (order.index(silence.state(now)), silence.ends_at))
        return [silence.shown(now) for silence in found]

    def hiding(self, labels: Mapping[str, str], now: datetime) -> list[str]:
        """Ids of the active silences that take these labels."""
        return [s.id for s in self._all.values() if s.state(now) == "active" and s.takes(labels)]


@dataclass(slots=True)
class Alert:
    labels: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    annotations: dict[str, str] = field(default_factory=dict)
    generator_url: str = ""


class Alerts:
    """Every alert told, by fingerprint."""

    def __init__(self) -> None:
        self._all: dict[str, Alert] = {}

    def post(self, told: dict[str, Any], now: datetime) -> str:
        """Take in one alert as Prometheus tells it; its fingerprint."""
        labels = {name: value for name, value in (told.get("labels") or {}).items() if value}
        if not labels:
            raise Refused(400, "at least one label pair required")
        starts_at = _time(told["startsAt"]) if told.get("startsAt") else now
        ends_at = _time(told["endsAt"]) if told.get("endsAt") else now + RESOLVE_TIMEOUT
        key = fingerprint(labels)
        known = self._all.get(key)
        if known and known.ends_at > now:
            starts_at = min(starts_at, known.starts_at)
        annotations = dict(told.get("annotations") or {})
        self._all[key] = Alert(labels, starts_at, ends_at, now, annotations, told.get("generatorURL", ""))
        return key

    def listed(self, filters: Sequence[Matcher], silences: Silences, now: datetime) -> list[dict[str, Any]]:
        """Those that fire and that every filter takes, by fingerprint; silenced ones too."""
        found = []
        for key, alert in sorted(self._all.items()):
            if alert.ends_at <= now or not all(each.takes(alert.labels) for each in filters):
                continue
            hidden = silences.hiding(alert.labels, now)
            found.append(
                {
                    "annotations": alert.annotations,
                    "endsAt": stamp(alert.ends_at),
                    "fingerprint": key,
                    "receivers": [{"name": "chatops"}],
                    "startsAt": stamp(alert.starts_at),
                    "status": {
                        "inhibitedBy": [],
                        "silencedBy": hidden,
                        "state": "suppressed" if hidden else "active",
                    },
                    "updatedAt": stamp(alert.updated_at),
                    "generatorURL": alert.generator_url,
                    "labels": alert.labels,
                }
            )
        return found

    def grouped(self, group_by: Sequence[str], silences: Silences, now: datetime) -> list[dict[str, Any]]:
        """Those that fire as one route with this `group_by` groups them."""
        groups: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = {}
        for alert in self.listed((), silences, now):
            labels = tuple((name, alert["labels"][name]) for name in sorted(group_by) if name in alert["labels"])
            groups.setdefault(labels, []).append(alert)
        return [
            {"labels": dict(labels), "receiver": {"name": "chatops"}, "alerts": alerts}
            for labels, alerts in sorted(groups.items())
        ]


def fingerprint(labels: Mapping[str, str]) -> str:
    """FNV-1a over the sorted labels, as Prometheus' model.LabelSet computes it."""
    value = 14695981039346656037
    for name, text in sorted(labels.items()):
        for byte in (*name.encode(), 255, *text.encode(), 255):
            value = (value ^ byte) * 1099511628211 % 2**64
    return f"{value:016x}"


def matcher_of(text: str) -> Matcher:
    """A filter as the API takes it: `name="value"`, the quotes optional."""
    found = _MATCHER.match(text)
    if not found:
        raise Refused(400, f"bad matcher format: {text}")
    name, sign, value = found.groups()
    if value.startswith('"'):
        if len(value) < 2 or not value.endswith('"') or re.search(r'(?<!\\)(?:\\\\)*"', value[1:-1]):
            raise Refused(400, f"matcher value contains unescaped double quote: {value}")
        value = re.sub(r'\\([\\"n])', lambda match: "\n" if match[1] == "n" else match[1], value[1:-1])
    return Matcher(name, value, "~" in sign, not sign.startswith("!"))


def stamp(moment: datetime) -> str:
    """As Alertmanager writes times: milliseconds and Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _require(body: Any) -> None:
    for name in _REQUIRED:
        if not isinstance(body, dict) or body.get(name) is None:
            raise Refused(422, {"code": 602, "message": f"{name} in body is required"})
    if not body["matchers"]:
        raise Refused(422, {"code": 612, "message": "matchers in body should have at least 1 items"})


def _checked(index: int, told: dict[str, Any]) -> Matcher:
    matcher = Matcher(told["name"], told["value"], told["isRegex"], told.get("isEqual", True))
    wrong = ""
    if not re.fullmatch(_NAME, matcher.name):
        wrong = f'invalid label name "{matcher.name}"'
    elif matcher.regex:
        try:
            re.compile(matcher.value)
        except re.error as error:
            wrong = f'invalid regular expression "{matcher.value}": {error}'
    if wrong:
        raise Refused(400, f"silence invalid: invalid label matcher {index}: {wrong}")
    return matcher


def _time(text: str) -> datetime:
    try:
        return msgspec.convert(text, datetime).astimezone(UTC)
    except msgspec.ValidationError:
        raise Refused(400, {"code": 400, "message": f'parsing time "{text}" failed'}) from None


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text):
        message = f'silenceID in path must be of type uuid: "{text}"'
        raise Refused(422, {"code": 601, "message": message})
    return text.lower()
