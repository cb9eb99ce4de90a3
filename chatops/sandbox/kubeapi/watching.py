"""Watches: a stream of JSON lines from the journal, seen through a selection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import msgspec

from chatops.sandbox.kubeapi.errors import expired
from chatops.sandbox.kubeapi.journal import Change
from chatops.sandbox.kubeapi.kinds import Obj
from chatops.sandbox.kubeapi.objects import Selection, Target
from chatops.sandbox.kubeapi.store import Store

_LOOK = 0.5
Render = Callable[[Obj, bool], Obj]


def _line(kind: str, obj: Obj) -> bytes:
    return msgspec.json.encode({"type": kind, "object": obj}) + b"\n"


def _seen(change: Change, target: Target, selection: Selection) -> tuple[str, Obj] | None:
    """What a watcher with this selection is told of a change: moving into view is an ADDED."""
    if change.key != target.resource.key:
        return None
    meta = change.after["metadata"]
    if target.namespace and meta.get("namespace") != target.namespace:
        return None
    was = change.before is not None and selection.holds(change.before)
    is_in = change.type != "DELETED" and selection.holds(change.after)
    if is_in:
        return ("MODIFIED" if was else "ADDED"), change.after
    return ("DELETED", change.after) if was else None


class WatchStream:
    """One watch, as the iterator of its lines.

    `lifetime` is the real seconds it lasts. `alive` is asked about twice a second whether to go on.
    """

    def __init__(
        self,
        store: Store,
        target: Target,
        selection: Selection,
        render: Render,
        *,
        version: str,
        lifetime: float,
        bookmarks: bool,
        initial_events: bool,
        alive: Callable[[], bool],
    ) -> None:
        self._store = store
        self._target = target
        self._selection = selection
        self._render = render
        self._version = version
        self._ends = time.monotonic() + lifetime
        self._bookmarks = bookmarks
        self._initial = initial_events
        self._alive = alive
        self._head = True

    def _event(self, kind: str, obj: Obj) -> bytes:
        rendered = self._render(obj, self._head)
        self._head = False
        return _line(kind, rendered)

    def _bookmark(self, at: int, *, end: bool = False) -> bytes:
        meta: Obj = {"resourceVersion": str(at), "creationTimestamp": None}
        if end:
            meta["annotations"] = {"k8s.io/initial-events-end": "true"}
        resource = self._target.resource
        return _line("BOOKMARK", {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": meta})

    def __iter__(self) -> Iterator[bytes]:
        store = self._store
        if self._version in ("", "0") or self._initial:
            items, at = store.snapshot(self._target.resource, self._target.namespace)
            for obj in items:
                if self._selection.holds(obj):
                    yield self._event("ADDED", obj)
            if self._initial:
                yield self._bookmark(at, end=True)
        else:
            at = int(self._version)
        condition = store.journal.condition
        while self._alive() and time.monotonic() < self._ends:
            try:
                changes = store.journal.since(at)
            except LookupError:
                gone = expired(f"too old resource version: {at} ({store.journal.floor})")
                yield _line("ERROR", gone.body())
                return
            for change in changes:
                at = change.version
                told = _seen(change, self._target, self._selection)
                if told is not None:
                    yield self._event(*told)
            with condition:
                if store.version == at:
                    condition.wait(min(_LOOK, max(0.0, self._ends - time.monotonic())))
        if self._bookmarks and self._alive():
            yield self._bookmark(at)
