"""What the log says of a change that was asked for outside of any chat: no chat, and how."""

from collections.abc import Sequence
from dataclasses import replace

from chatops.core.audit import VIA, Entry
from chatops.core.incidents.events import Press


def asked_how(entries: Sequence[Entry], press: Press) -> tuple[Entry, ...]:
    """The entries of a decision, those of the presser with how they asked; as they are for a press in a chat."""
    if not press.via:
        return tuple(entries)
    mine = press.by.subject
    return tuple(
        replace(each, chat_id=each.chat_id or None, detail={**each.detail, VIA: press.via})
        if each.subject == mine
        else each
        for each in entries
    )
