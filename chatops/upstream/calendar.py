"""The door to one calendar, at an address or in a file. The whole address is a secret; none of it is told but its host.

It knows no rota and keeps nothing.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.rota_calendar import Copy
from chatops.upstream.endpoint import Endpoint
from chatops.upstream.shifts import shifts_of

LARGEST = 2 * 1024 * 1024
"""Bytes of one calendar: some 4,000 events."""

READ_SECONDS = 10.0
"""Those who make calendars on demand are slow; twice that is the limit of the whole request."""

_LONGEST_ETAG = 200


class CalendarDoor:
    """Reads it, raising Temporary and Permanent, whose words are of this house. Not for sharing between threads."""

    def __init__(self, address: str) -> None:
        """An address (http, https, webcal) or a path. Raises ValueError for an address that is none."""
        scheme, mark, rest = address.partition("://")
        self._path = Path(address)
        self._endpoint: Endpoint | None = None
        self._asked = ""
        self.name = "a file"
        """Host and port of an address: safe to show."""
        if mark:
            # What calendars call an address to subscribe to, RFC or not, is HTTPS.
            url = urlsplit(f"https://{rest}" if scheme.lower() == "webcal" else address)
            self._endpoint = Endpoint(f"{url.scheme}://{url.netloc}", read_timeout=READ_SECONDS)
            self._asked = (url.path or "/") + (f"?{url.query}" if url.query else "")
            self.name = self._endpoint.name

    def read(self, etag: str, now: datetime) -> Copy | None:
        """What it says of the weeks from `now` on; None where it has not changed since it said `etag`."""
        if self._endpoint is None:
            return shifts_of(self._file(), now)
        try:
            found = self._endpoint.get_changed(self._asked, etag, accept="text/calendar", largest=LARGEST)
        except Failure as failure:
            # Its words may hold the address, or be a page of the other side's with it.
            raise type(failure)(failure.reason, retry_after=failure.retry_after) from None
        if found is None:
            return None
        body, new_etag = found
        return replace(shifts_of(body, now), etag=new_etag if len(new_etag) <= _LONGEST_ETAG else "")

    def close(self) -> None:
        if self._endpoint is not None:
            self._endpoint.close()

    def _file(self) -> bytes:
        try:
            if not self._path.is_file():
                raise Permanent(Reason.NOT_FOUND, "there is no such file")
            with self._path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise Temporary(Reason.UNREACHABLE, error.strerror or "the file cannot be read") from None
        if len(data) > LARGEST:
            raise Permanent(Reason.REFUSED, f"a file of more than {LARGEST} bytes")
        return data
