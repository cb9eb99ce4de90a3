"""Refusals: the errors a Bot API server answers with, in Telegram's own words.

Knows the wording and the shape of an error reply. Refuses to know who asked, and when each refusal is due.
"""

from __future__ import annotations

_PREFIXES = {400: "Bad Request", 403: "Forbidden", 409: "Conflict"}


class Refusal(Exception):
    """An answer with `ok: false`: HTTP status, description and the optional `parameters` object."""

    def __init__(
        self,
        status: int,
        description: str,
        *,
        retry_after: int | None = None,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to_chat_id = migrate_to_chat_id

    def body(self) -> dict[str, object]:
        """The JSON object of the reply."""
        reply: dict[str, object] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        parameters: dict[str, int] = {}
        if self.retry_after is not None:
            parameters["retry_after"] = self.retry_after
        if self.migrate_to_chat_id is not None:
            parameters["migrate_to_chat_id"] = self.migrate_to_chat_id
        if parameters:
            reply["parameters"] = parameters
        return reply


def _worded(status: int, reason: str) -> Refusal:
    # Telegram lowers the first letter of a sentence, and leaves codes such as BUTTON_DATA_INVALID alone.
    if not (len(reason) > 1 and (reason[1] == "_" or reason[1].isupper())):
        reason = reason[:1].lower() + reason[1:]
    return Refusal(status, f"{_PREFIXES[status]}: {reason}")


def bad_request(reason: str) -> Refusal:
    """400: the request is wrong and repeating it will not help."""
    return _worded(400, reason)


def forbidden(reason: str) -> Refusal:
    """403: the bot may not talk there."""
    return _worded(403, reason)


def conflict(reason: str) -> Refusal:
    """409: two ways of receiving updates exclude each other."""
    return _worded(409, reason)


def too_many_requests(retry_after: int) -> Refusal:
    """429 with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def migrated(new_chat_id: int) -> Refusal:
    """400 of a group that became a supergroup, with its new id."""
    return Refusal(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=new_chat_id,
    )
