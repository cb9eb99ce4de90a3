"""Who opens the API's doors: a launch of the Mini App that Telegram signed, a session, a link, a token of one's own.

Telegram's check is the one of its own page (Validating data received via the Mini App): HMAC-SHA256 of the sorted
fields, with the key HMAC-SHA256("WebAppData", bot token). Pure: nothing is kept here.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl

from chatops.core.access import Right

LAUNCH_LIFETIME = timedelta(hours=1)
"""How old a launch may be. What is older is refused whatever its signature says."""

AHEAD = timedelta(minutes=1)
"""How far Telegram's clock may be ahead of ours."""

LONGEST = 8 * 1024
MOST_FIELDS = 40

LOGIN_LIFETIME = timedelta(minutes=5)
SESSION_IDLE = timedelta(hours=1)
"""A session ends when it was not used for so long ..."""
SESSION_LIFETIME = timedelta(hours=12)
"""... and when it is so old, used or not."""

TOKEN_PREFIX = "cop_"
"""What tells a token of one's own from a session, for people and for scanners of leaked secrets."""
MOST_TOKEN_DAYS = 365
MOST_TOKENS = 20


class Way(StrEnum):
    """How somebody came in. Changes by a launch count once: see `Launch.hash`."""

    LAUNCH = "init_data"
    SESSION = "session"
    TOKEN = "token"


class Scope(StrEnum):
    """The most that a token may, whatever its owner may."""

    READ = "read"
    ACT = "act"
    DECIDE = "decide"

    @property
    def rights(self) -> frozenset[Right]:
        order = (Right.READ, Right.ACT, Right.DECIDE)
        return frozenset(order[: order.index(Right(self.value)) + 1])


class Refused(StrEnum):
    """Why a launch counts for nothing."""

    MALFORMED = "malformed"
    FORGED = "forged"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Launch:
    """The Mini App was opened by `user_id`. `hash` tells it from every other launch."""

    user_id: int
    name: str
    language_code: str
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token of somebody's own, without its text: that is shown once and kept nowhere."""

    id: int
    user_id: int
    name: str
    scope: Scope
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def launched_by(init_data: str, bot_token: str, *, now: datetime) -> Launch | Refused:
    """Who opened the Mini App, as Telegram signed it. Nothing of it is looked at before the signature holds."""
    fields = _fields(init_data)
    if fields is None:
        return Refused.MALFORMED
    given = fields.pop("hash", "")
    checked = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, checked.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), given.encode("utf-8", "surrogatepass")):
        return Refused.FORGED
    try:
        at = datetime.fromtimestamp(int(fields["auth_date"]), UTC)
        user = json.loads(fields["user"])
        launch = Launch(int(user["id"]), _name(user), str(user.get("language_code", "")), at, signature)
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        return Refused.MALFORMED
    return launch if -AHEAD <= now - at <= LAUNCH_LIFETIME else Refused.OLD


def _fields(init_data: str) -> dict[str, str] | None:
    """None for what is no query string, or names a field twice: two readers might take two different ones."""
    if not 0 < len(init_data) <= LONGEST:
        return None
    try:
        pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None


def _name(user: dict[str, object]) -> str:
    """As people are named elsewhere: `@username`, else what they call themselves."""
    if user.get("username"):
        return f"@{user['username']}"
    names = (str(user.get(part, "")) for part in ("first_name", "last_name"))
    return " ".join(filter(None, names)) or str(user["id"])


def secret_hash(secret: str) -> str:
    """As which a secret of 128 random bits or more is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
