"""The log texts last fetched for a chat's screens, so that searching them asks the cluster nothing."""

import uuid
from collections import OrderedDict

from chatops.core.resources import LogText

MOST = 8
ROOM = 2 * 1024 * 1024
"""Bytes of all kept lines together."""


class KeptLogs:
    """What was used longest ago goes first. Nothing of it outlives the process: a screen whose text is gone says so."""

    def __init__(self, most: int = MOST, room: int = ROOM) -> None:
        self._most = most
        self._room = room
        self._texts: OrderedDict[str, tuple[LogText, int]] = OrderedDict()

    def keep(self, text: LogText) -> str:
        """The name under which it is kept, never given twice."""
        name = uuid.uuid4().hex
        self._texts[name] = (text, sum(len(line.encode()) + 1 for line in text.lines))
        while len(self._texts) > self._most or sum(size for _, size in self._texts.values()) > self._room:
            self._texts.popitem(last=False)
        return name

    def get(self, name: str) -> LogText | None:
        if name not in self._texts:
            return None
        self._texts.move_to_end(name)
        return self._texts[name][0]
