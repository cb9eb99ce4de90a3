"""Alertmanager's API v2, as far as it is used: status, alerts, silences. One Alertmanager; it knows no incident."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from chatops.core.silences import Matcher, SilenceDraft
from chatops.upstream.endpoint import Endpoint, decode

T = TypeVar("T")


class AlertStatus(msgspec.Struct, rename="camel"):
    state: str = ""
    """`active`, `suppressed` (silenced or inhibited) or `unprocessed`."""
    silenced_by: list[str] | None = None


class ListedAlert(msgspec.Struct):
    """One alert that fires: those that ended are not listed."""

    fingerprint: str = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
    status: AlertStatus = msgspec.field(default_factory=AlertStatus)


class ListedReceiver(msgspec.Struct):
    name: str = ""


class GroupedAlert(ListedAlert, rename="camel"):
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    starts_at: datetime | None = None
    generator_url: str = msgspec.field(name="generatorURL", default="")


class AlertGroup(msgspec.Struct):
    """The alerts of one receiver that notifications tell together."""

    labels: dict[str, str] = msgspec.field(default_factory=dict)
    receiver: ListedReceiver = msgspec.field(default_factory=ListedReceiver)
    alerts: list[GroupedAlert] = msgspec.field(default_factory=list)


class ListedMatcher(msgspec.Struct, rename="camel"):
    name: str = ""
    value: str = ""
    is_regex: bool = False
    is_equal: bool = True


class ListedSilence(msgspec.Struct, rename="camel"):
    id: str = ""
    comment: str = ""
    created_by: str = ""
    matchers: list[ListedMatcher] = msgspec.field(default_factory=list)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    status: AlertStatus = msgspec.field(default_factory=AlertStatus)
    """Its state is `active`, `pending` or `expired`."""


class Peer(msgspec.Struct):
    name: str = ""
    address: str = ""


class ClusterStatus(msgspec.Struct):
    status: str = ""
    """`ready`, `settling`, or `disabled` for one that runs alone."""
    name: str = ""
    peers: list[Peer] | None = None


class Config(msgspec.Struct):
    original: str = ""


class VersionInfo(msgspec.Struct):
    version: str = ""


class Status(msgspec.Struct, rename="camel"):
    cluster: ClusterStatus = msgspec.field(default_factory=ClusterStatus)
    config: Config = msgspec.field(default_factory=Config)
    version_info: VersionInfo = msgspec.field(default_factory=VersionInfo)
    uptime: datetime | None = None

    @property
    def started_at(self) -> datetime | None:
        """What it calls its uptime; None where it names no moment."""
        return self.uptime if self.uptime is not None and self.uptime.tzinfo is not None else None


class _Made(msgspec.Struct):
    silence_id: str = msgspec.field(name="silenceID")


class Alertmanager:
    """Methods raise Temporary and Permanent only. Not for sharing between threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """Host and port, safe to show."""
        return self._endpoint.name

    def status(self) -> Status:
        return self._decode(self._endpoint.get("/api/v2/status"), Status)

    def alerts(self, matchers: Sequence[Matcher]) -> list[ListedAlert]:
        """All alerts that fire and that every matcher takes, silenced ones too."""
        query = [("filter", matcher.text) for matcher in matchers]
        return self._decode(self._endpoint.get("/api/v2/alerts", query), list[ListedAlert])

    def groups(self) -> list[AlertGroup]:
        """All alerts that fire, silenced ones too, as they are told of."""
        return self._decode(self._endpoint.get("/api/v2/alerts/groups"), list[AlertGroup])

    def silences(self, matchers: Sequence[Matcher] = ()) -> list[ListedSilence]:
        """Silences that hold these matchers, expired ones too."""
        query = [("filter", matcher.text) for matcher in matchers]
        return self._decode(self._endpoint.get("/api/v2/silences", query), list[ListedSilence])

    def silence(self, silence_id: str) -> ListedSilence:
        """Raises Permanent(NOT_FOUND) for one it does not know."""
        return self._decode(self._endpoint.get(f"/api/v2/silence/{quote(silence_id, safe='')}"), ListedSilence)

    def make(self, draft: SilenceDraft, now: datetime) -> str:
        """Make the silence; its id. Sent once: a lost answer is Permanent(UNKNOWN_OUTCOME)."""
        matchers = [ListedMatcher(matcher.name, matcher.value) for matcher in draft.matchers]
        return self._put("", matchers, now, draft.ends_at, draft.created_by, draft.comment)

    def prolong(self, known: ListedSilence, ends_at: datetime, comment: str, now: datetime) -> str:
        """Have it end then; its id from now on, which may be another one. Sent once, as `make` is.

        Alertmanager keeps the id of an active one where the start is told as it is; else it ends the one and makes
        another in the same moment.
        """
        starts_at = known.starts_at or now
        return self._put(known.id, known.matchers, starts_at, ends_at, known.created_by, comment)

    def _put(
        self,
        silence_id: str,
        matchers: Sequence[ListedMatcher],
        starts_at: datetime,
        ends_at: datetime,
        created_by: str,
        comment: str,
    ) -> str:
        body: dict[str, Any] = {
            "matchers": list(matchers),
            "startsAt": starts_at.astimezone(UTC),
            "endsAt": ends_at.astimezone(UTC),
            "createdBy": created_by,
            "comment": comment,
        }
        if silence_id:
            body["id"] = silence_id
        return self._decode(self._endpoint.post("/api/v2/silences", body), _Made).silence_id

    def expire(self, silence_id: str) -> None:
        """End it; one that has ended already stays ended. Raises Permanent(NOT_FOUND) for one it does not know."""
        self._endpoint.delete(f"/api/v2/silence/{quote(silence_id, safe='')}")

    def check(self) -> str:
        """Its version, for whoever asks whether it is there."""
        return f"Alertmanager {self._endpoint.clean(self.status().version_info.version)}"

    def close(self) -> None:
        self._endpoint.close()

    def _decode(self, data: bytes, kind: type[T]) -> T:
        return decode(data, kind, "Alertmanager")
