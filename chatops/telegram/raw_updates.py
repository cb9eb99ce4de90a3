"""Updates as they came, for the store: which it is, which chat's, and its bytes. What they say it does not read."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class RawUpdate(NamedTuple):
    """`chat_id` is 0 where it concerns no chat."""

    id: int
    chat_id: int
    body: bytes


def posted(body: bytes) -> RawUpdate | None:
    """An update as Telegram posts it; None for anything else."""
    try:
        return raw_of(json.loads(body))
    except (ValueError, RecursionError):
        return None


def raw_of(update: Any) -> RawUpdate | None:
    """An update of an answer, decoded; None for anything else."""
    match update:
        case {"update_id": bool()}:
            return None
        case {"update_id": int(update_id)} if 0 <= update_id < 2**63:
            return RawUpdate(update_id, _chat_id(update), json.dumps(update).encode())
    return None


def _chat_id(update: Mapping[str, Any]) -> int:
    match update:
        case (
            {"message": {"chat": {"id": int(chat_id)}}}
            | {"callback_query": {"message": {"chat": {"id": int(chat_id)}}}}
            | {"my_chat_member": {"chat": {"id": int(chat_id)}}}
        ) if abs(chat_id) < 2**63:
            return chat_id
    return 0
