"""An error as its caller reads it: problem details of RFC 9457. Knows neither bottle nor waitress."""

from dataclasses import dataclass
from http import HTTPStatus

import msgspec

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """`status` is the HTTP status, `code` a stable word for programs, `detail` a sentence with the mend."""

    status: int
    code: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return "Error"

    def body(self) -> bytes:
        """The JSON of RFC 9457, with `code` as an extension."""
        return msgspec.json.encode(
            {
                "type": "about:blank",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
            }
        )


def code_of(status: int) -> str:
    """The word for a status nobody named: 404 is `not_found`."""
    try:
        return HTTPStatus(status).name.lower()
    except ValueError:
        return "error"
