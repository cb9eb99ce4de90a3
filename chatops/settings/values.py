"""What a setting's value may be, each kind a type that says what is wrong with another.

It knows nothing of which setting takes which, nor of addresses.
"""

import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from chatops.core.schedule import Weekly, weekly_of
from chatops.core.telegram_features import GRANTED, Feature
from chatops.core.texts import LANGUAGES
from chatops.db.location import location
from chatops.oncall_file import read_roster
from chatops.routes_file import read_routes
from chatops.settings.problems import problem
from chatops.suggestions import read_rules


def listed(value: str) -> list[str]:
    """What stands between its commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def week_of(text: str) -> Weekly | None:
    """A moment of the week with its time zone; None for `off`.

    Raises ValueError, also for a zone that this machine does not know.
    """
    if text.lower() == "off":
        return None
    moment, _, zone = text.strip().rpartition(" ")
    if ":" in zone:
        moment, zone = text, "UTC"
    try:
        return weekly_of(moment, UTC if zone.upper() == "UTC" else ZoneInfo(zone))
    except (KeyError, OSError) as error:
        raise ValueError(text) from error


def _ids(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = listed(value)
    if not all(re.fullmatch(r"-?\d{1,18}", part, re.ASCII) for part in parts):
        raise problem("must be numbers separated by commas, like 12345,-1001234; @names do not work here")
    return tuple(int(part) for part in parts)


def _names(value: Any) -> Any:
    return tuple(listed(value)) if isinstance(value, str) else value


def _features(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = [part.lower() for part in listed(value)]
    if parts == ["none"]:
        return ()
    choice = [each for each in Feature if each not in GRANTED]
    if not set(parts) <= set(choice):
        raise problem(f"must be some of {', '.join(choice)}, separated by commas, or none")
    return tuple(parts)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _bot_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:\S+", token.get_secret_value()):
        raise problem("is not a bot token: copy the whole line @BotFather sent, like 123456:ABC-DEF")
    return token


def _tokens(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",")]
    if not any(parts):
        raise problem("is empty: remove the line, or give a token (openssl rand -hex 32 makes one)")
    if not all(parts):
        raise problem("has an empty token beside a comma: remove the comma, or give both tokens")
    if len(parts) > 2:
        raise problem("has more than two tokens: give the old and the new one, separated by one comma")
    if any(re.search(r"[\s\x00-\x1f\x7f]", part) for part in parts):
        raise problem("has a space or a control character inside a token: no HTTP header can carry it")
    return tuple(SecretStr(part) for part in parts)


def _short_name(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9_]{3,30}", value):
        raise problem(
            "is no short name of a Mini App: copy what stands behind the bot's name in the link that @BotFather "
            "gave, 3 to 30 letters, digits or underscores"
        )
    return value


def _user_pattern(value: str) -> str:
    if value and not re.fullmatch(r"[!-z|~]*\{id\}[!-z|~]*", value):
        raise problem("must hold {id}, the Telegram number, and no spaces: like telegram:{id}")
    if "system:" in value.lower():
        raise problem("names a user of the cluster's own (system:): choose another prefix, like telegram:{id}")
    return value


def _database(value: str) -> str:
    try:
        location(value)
    except ValueError as error:
        raise problem(str(error).removeprefix("DATABASE_URL").lstrip(" :")) from error
    return value


def _weekly_moment(value: str) -> str:
    try:
        week_of(value)
    except ValueError as error:
        raise problem("must be a day, a time and a time zone like Mon 10:00 Europe/Berlin, or off") from error
    return value


def _language(value: str) -> str:
    # Many desktops export LANGUAGE themselves, in gettext's form: de_AT:de.
    language = re.split(r"[_:.@-]", value.lower())[0]
    if language in LANGUAGES:
        return language
    if value != language or language in {"c", "posix"}:
        return "en"
    raise problem(f"is not one of {', '.join(LANGUAGES)}")


def _without_mistakes(read: Callable[[Path], tuple[object, tuple[str, ...]]]) -> AfterValidator:
    """Of a file that `read` finds nothing wrong with."""

    def looked_through(path: Path) -> Path:
        if mistakes := read(path)[1]:
            raise problem("has mistakes:\n" + "\n".join(f"  {mistake}" for mistake in mistakes))
        return path

    return AfterValidator(looked_through)


Port = Annotated[int, Field(ge=0, le=65535)]
ChatId = Annotated[int, Field(ge=-(10**18), le=10**18)]
Ids = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)]
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]
FeatureNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_features)]

_ANY_CASE = BeforeValidator(_lower)
WhoseGraphs = Annotated[Literal["asked", "critical"], _ANY_CASE]
Theme = Annotated[Literal["dark", "light"], _ANY_CASE]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], _ANY_CASE]
LogFormat = Annotated[Literal["json", "console"], _ANY_CASE]

BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]
Tokens = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_tokens)]
ShortName = Annotated[str, AfterValidator(_short_name)]
UserPattern = Annotated[str, AfterValidator(_user_pattern)]
DatabaseAddress = Annotated[str, AfterValidator(_database)]
WeeklyMoment = Annotated[str, AfterValidator(_weekly_moment)]
Language = Annotated[str, AfterValidator(_language)]

SuggestionsFile = Annotated[Path, _without_mistakes(read_rules)]
OncallFile = Annotated[Path, _without_mistakes(read_roster)]
RoutesFile = Annotated[Path, _without_mistakes(read_routes)]
