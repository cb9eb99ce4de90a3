"""Webhook: posts updates to the bot's address, one at a time and in order, as Telegram does.

Carries the secret header, confirms on any 2xx and tries again with a doubling pause otherwise. Refuses to
know what an update means, and to call anything but the address it was pointed to.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request

import msgspec

from .updates import Update
from .world import World

_TIMEOUT = 10.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 60.0


class Webhook:
    """The pusher. Its thread runs only while an address is set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._secret = ""
        self._turn = 0
        self.url = ""
        self.last_error = ""
        self.last_error_date = 0

    def point_to(self, url: str, secret: str) -> None:
        """Push to another address, or to none when `url` is empty. Call holding the world's condition."""
        self._turn += 1
        self.url, self._secret = url, secret
        self.last_error, self.last_error_date = "", 0
        self._world.changed()
        if url:
            threading.Thread(target=self._push, args=(self._turn,), name="botapi-webhook", daemon=True).start()

    def _push(self, turn: int) -> None:
        condition, updates = self._world.condition, self._world.updates
        pause = 0.0
        while True:
            with condition:
                if pause:
                    condition.wait_for(lambda: self._turn != turn, pause)
                condition.wait_for(lambda: self._turn != turn or updates.pending())
                if self._turn != turn:
                    return
                update = updates.pending()[0]
                url, secret = self.url, self._secret
            error = _post(url, secret, update)
            with condition:
                if self._turn != turn:
                    return
                if error:
                    self.last_error, self.last_error_date = error, self._world.now()
                    pause = min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
                else:
                    updates.confirm(update.id + 1)
                    pause = 0.0
                self._world.changed()


def _post(url: str, secret: str, update: Update) -> str:
    """Send one update. Returns the error in words, empty on success."""
    headers = {"Content-Type": "application/json"}
    if secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    request = urllib.request.Request(url, msgspec.json.encode(update.as_json()), headers)
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT):
            return ""
    except urllib.error.HTTPError as error:
        return f"Wrong response from the webhook: {error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return f"Connection failed: {type(error).__name__}"
