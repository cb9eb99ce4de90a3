"""Where Telegram posts updates to, instead of being polled. What comes there it knows nothing of."""

from functools import partial
from typing import NamedTuple

from telebot import apihelper

from chatops.telegram.calls import Calls, nonsense
from chatops.telegram.updates import KINDS


class HookState(NamedTuple):
    """`url` is empty where updates are polled; `error` is the last one, and may be over once nothing is `waiting`."""

    url: str
    waiting: int
    error: str


class Hook:
    """Thread-safe."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def set(self, url: str, secret: str) -> None:
        """From now on Telegram posts updates to `url`, one at a time so that they keep their order, with the secret."""
        ask = partial(
            apihelper.set_webhook, url=url, secret_token=secret, max_connections=1, allowed_updates=list(KINDS)
        )
        self._calls.ask("setWebhook", ask)

    def delete(self) -> None:
        """Updates wait to be polled again; none is lost."""
        self._calls.ask("deleteWebhook", apihelper.delete_webhook)

    def state(self) -> HookState:
        """Where Telegram posts updates to, and how that goes."""
        match self._calls.ask("getWebhookInfo", apihelper.get_webhook_info):
            case {"url": str(url), "pending_update_count": int(waiting), **more}:
                return HookState(url, waiting, str(more.get("last_error_message") or ""))
        raise nonsense()
