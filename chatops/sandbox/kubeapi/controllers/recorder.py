"""Writes Events, folding repetitions into a count as client-go's event recorder does."""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.kinds import EVENTS, Obj
from chatops.sandbox.kubeapi.store import Store

KEPT = timedelta(hours=1)


class Recorder:
    """The cluster's events; those older than an hour are dropped, as the API server's TTL does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[tuple[str, ...], str] = {}

    def record(
        self,
        about: Obj,
        reason: str,
        message: str,
        *,
        component: str,
        warning: bool = False,
        field_path: str = "",
        host: str = "",
    ) -> None:
        """One more event about an object; the same one again raises its count."""
        meta = about["metadata"]
        namespace = meta.get("namespace", "") or "default"
        kind = "Warning" if warning else "Normal"
        now = stamp(self._store.clock.now())
        key = (meta["uid"], kind, reason, message, component, field_path)
        name = self._names.get(key)
        if name is not None:

            def again(event: Obj) -> None:
                event["count"] = int(event.get("count", 1)) + 1
                event["lastTimestamp"] = now

            if self._store.change(EVENTS, namespace, name, again) is not None:
                return
        involved: Obj = {
            "kind": about["kind"],
            "namespace": namespace,
            "name": meta["name"],
            "uid": meta["uid"],
            "apiVersion": about["apiVersion"],
            "resourceVersion": meta["resourceVersion"],
        }
        if not meta.get("namespace"):
            del involved["namespace"]
        if field_path:
            involved["fieldPath"] = field_path
        source = {"component": component, **({"host": host} if host else {})}
        name = f"{meta['name']}.{self._store.new_uid().replace('-', '')[:16]}"
        self._names[key] = name
        self._store.create(
            EVENTS,
            {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": involved,
                "reason": reason,
                "message": message,
                "source": source,
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
                "type": kind,
                "eventTime": None,
                "reportingComponent": component,
                "reportingInstance": host,
            },
        )

    def sync(self, now: datetime) -> list[datetime]:
        """Drop what is older than an hour."""
        horizon = stamp(now - KEPT)
        for event in self._store.all(EVENTS):
            last = event.get("lastTimestamp") or event["metadata"]["creationTimestamp"]
            if last < horizon:
                meta = event["metadata"]
                self._store.delete(EVENTS, meta["namespace"], meta["name"], grace=0)
        if len(self._names) > 5000:
            alive = {event["metadata"]["name"] for event in self._store.all(EVENTS)}
            self._names = {key: name for key, name in self._names.items() if name in alive}
        return []
