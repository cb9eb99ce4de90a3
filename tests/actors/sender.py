"""Updates as they come from Telegram: stored first, then told to their chat."""

import itertools
import json
from typing import Any

from chatops.actors.arrivals import Arrivals
from tests.actors.house import ANNA, House


class Sender:
    """Anna's updates, as they come from Telegram."""

    def __init__(self, shop: House) -> None:
        self._shop = shop
        self._arrivals = Arrivals(rows=shop.store.updates, tell=self._tell, now=shop.clock)
        self._numbers = itertools.count(100)
        self.who = {"id": ANNA, "is_bot": False, "first_name": "Anna", "username": "anna"}
        self.where = {"id": ANNA, "type": "private", "first_name": "Anna"}

    def message(self, number: int, text: str) -> dict[str, Any]:
        return {"message_id": number, "date": 1790000000, "chat": self.where, "from": self.who, "text": text}

    def write(self, text: str) -> int:
        number = next(self._numbers)
        return self._send(number, message=self.message(number, text))

    def press(self, card: int, label: str) -> int:
        number = next(self._numbers)
        tap = {"id": f"q{number}", "from": self.who, "chat_instance": "1", "data": self._shop.post.button(card, label)}
        return self._send(number, callback_query={**tap, "message": self.message(card, "card")})

    def _tell(self, address: Any, message: object) -> None:
        """To the house of now: it has another directory after a start."""
        self._shop.directory.tell(address, message)

    def resume(self) -> None:
        """As a start does: what is stored and not done is told."""
        self._arrivals.resume(tell_pending=True)

    def _send(self, number: int, **update: Any) -> int:
        given = json.dumps({"update_id": number, **update}).encode()
        self._arrivals.keep([(number, ANNA, given)])
        return number
