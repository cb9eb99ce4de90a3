"""The door Telegram posts updates to, where it does not have to be asked for them: secret first, then the body.

200 only when the update is on disk; Telegram posts again what was answered otherwise, and in order.
"""

import hashlib
import hmac
from collections.abc import Callable

import bottle
import structlog

from chatops.core.failures import Failure
from chatops.web.channel import Head
from chatops.web.errors import JsonBottle, answer, refusal
from chatops.web.problem import Problem
from chatops.web.relay import Relay

log = structlog.get_logger(__name__)

PATH = "/api/v1/telegram"
MAX_BODY = 1024 * 1024
HEADER = "X_TELEGRAM_BOT_API_SECRET_TOKEN"

FORBIDDEN = Problem(403, "forbidden", "only Telegram posts here, with the secret it was given")
NOT_ALLOWED = Problem(405, "method_not_allowed", "Telegram posts its updates here", (("Allow", "POST"),))
NOT_STORED = Problem(503, "not_stored", "the update could not be stored", (("Retry-After", "5"),))

Take = Callable[[bytes], None]
"""Takes the body of one update; returns when it is stored, raises Failure when it is not."""


def hook_secret(token: str) -> str:
    """What Telegram shows with each update. Of the token, so that all replicas and later runs know it."""
    return hmac.new(token.encode(), b"the secret of the webhook", hashlib.sha256).hexdigest()


class TelegramHook:
    """The route and its judge. There is no hook without a secret."""

    def __init__(self, take: Take, secret: str, relay: Relay | None = None) -> None:
        """`relay`: to whom the updates go while another replica leads."""
        self._take = take
        self._relay = relay
        self._digest = hashlib.sha256(secret.encode()).digest()

    def add_to(self, app: JsonBottle) -> None:
        app.route(PATH, "POST", self._taken)

    def judge(self, head: Head) -> Problem | None:
        """Before the body is read; what is for other routes passes."""
        if "/" + head.path.strip("/") != PATH:
            return None
        if head.method != "POST":
            return NOT_ALLOWED
        presented = hashlib.sha256(head.headers.get(HEADER, "").encode("latin-1", "replace")).digest()
        return None if hmac.compare_digest(presented, self._digest) else FORBIDDEN

    def _taken(self) -> bottle.HTTPResponse:
        if self._relay is not None and (told := self._relay.instead()) is not None:
            return told
        body = bottle.request.environ["wsgi.input"].read()
        try:
            self._take(body)
        except Failure as failure:
            log.warning("update_not_stored", reason=str(failure))
            return refusal(NOT_STORED)
        return answer({"status": "stored"})
