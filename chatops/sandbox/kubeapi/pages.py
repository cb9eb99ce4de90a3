"""Lists in pages: a continue token leads back to the snapshot the first page was cut from."""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict

from chatops.sandbox.kubeapi.errors import bad_request, expired
from chatops.sandbox.kubeapi.kinds import Obj

_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new "
    "list without the continue parameter, or use the continue token in this response to retrieve the "
    "remainder of the results. Continuing with the provided token results in an inconsistent list - objects "
    "that were created, modified, or deleted between the time the first chunk was returned and now may "
    "show up in the list."
)


class Pages:
    """The snapshots that unfinished lists still need; the oldest are forgotten beyond `kept`."""

    def __init__(self, *, kept: int = 64) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._count = 0
        self._snapshots: OrderedDict[int, tuple[int, list[Obj], bool]] = OrderedDict()

    def first(self, items: list[Obj], version: int, limit: int, *, selected: bool) -> tuple[list[Obj], Obj]:
        """The first page and the list's metadata.

        Of a `selected` list it is not told how many items remain: the real server would have to read them all.
        """
        if limit <= 0 or len(items) <= limit:
            return items, {"resourceVersion": str(version)}
        with self._lock:
            self._count += 1
            number = self._count
            self._snapshots[number] = (version, items, selected)
            while len(self._snapshots) > self._kept:
                self._snapshots.popitem(last=False)
        return items[:limit], self._meta(number, version, limit, len(items), selected)

    def next(self, token: str, limit: int) -> tuple[list[Obj], Obj]:
        """The page a token leads to; ApiError 400 for a token that is none, 410 for a forgotten one."""
        try:
            told = json.loads(base64.urlsafe_b64decode(token))
            number, start = int(told["snapshot"]), int(told["start"])
        except (ValueError, KeyError, TypeError) as problem:
            raise bad_request(f"continue key is not valid: {problem}") from problem
        with self._lock:
            found = self._snapshots.get(number)
        if found is None:
            raise expired(_EXPIRED)
        version, items, selected = found
        end = start + limit if limit > 0 else len(items)
        meta: Obj = {"resourceVersion": str(version)}
        if end < len(items):
            meta = self._meta(number, version, end, len(items), selected)
        return items[start:end], meta

    def expire(self) -> None:
        """Forget all snapshots, as compaction does: every token given out answers 410."""
        with self._lock:
            self._snapshots.clear()

    @staticmethod
    def _meta(number: int, version: int, start: int, total: int, selected: bool) -> Obj:
        told = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "snapshot": number, "start": start})
        token = base64.urlsafe_b64encode(told.encode()).decode()
        meta: Obj = {"resourceVersion": str(version), "continue": token}
        return meta if selected else {**meta, "remainingItemCount": total - start}
