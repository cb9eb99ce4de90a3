"""What the service is told by its surroundings: the environment and `.env`. The only reader of both.

Every problem is found before anything starts and is said in a sentence that ends in its mend; no sentence
holds a value, because a value may be a secret.
"""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from chatops.addresses import host_of, is_loopback, secrets_in
from chatops.core.mini_app import MiniApp
from chatops.core.oncall import NOBODY, Roster
from chatops.core.remedies import Rule
from chatops.core.rota_calendar import calendars
from chatops.core.schedule import Weekly
from chatops.oncall_file import read_roster
from chatops.routes_file import FileRules, read_routes
from chatops.settings.fields import ENV_FILE, Fields
from chatops.settings.problems import problem, sentences
from chatops.settings.values import week_of
from chatops.suggestions import read_rules

SHORT_TOKEN = 8
LONG_HALF = 16
"""Characters after the colon of a bot's token; a real one has 35, and a word must not be hidden everywhere."""
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"


class Settings(Fields):
    """What is set, where it makes sense together, and what follows from it."""

    model_config = SettingsConfigDict(defer_build=False)

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.app_port == self.alert_port != 0:
            raise problem("APP_PORT and ALERT_PORT are the same port: give each its own")
        if self.bind_address and not self.webhook_token and not is_loopback(self.bind_address):
            raise problem(
                "BIND_ADDRESS lets other machines reach the intake, and without WEBHOOK_TOKEN anyone there could post "
                "alerts: set WEBHOOK_TOKEN (openssl rand -hex 32 makes one), or remove BIND_ADDRESS"
            )
        named = {route.chain for _, rules in self.routes for route in rules.routes if route.chain}
        if unknown := sorted(named - self.roster.chains.keys()):
            raise problem(
                f"ROUTES_FILE names chains that ONCALL_FILE has not ({', '.join(unknown)}): add them under `chains:` "
                "there, or mend the names"
            )
        return self

    @property
    def listen_on(self) -> str:
        """BIND_ADDRESS, or what it is when it is not set."""
        return self.bind_address or (EVERYWHERE if self.webhook_token else LOOPBACK)

    @property
    def webhook_tokens(self) -> tuple[str, ...]:
        return tuple(token.get_secret_value() for token in self.webhook_token)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The operator's own rules for suggestions, as the file has them now."""
        return read_rules(self.suggestions_file)[0] if self.suggestions_file else ()

    @property
    def roster(self) -> Roster:
        """Who is called and who is on call, as the file has it now."""
        return read_roster(self.oncall_file)[0] if self.oncall_file else NOBODY

    @property
    def routes(self) -> FileRules:
        """What each chat is shown, as the file has it now."""
        return read_routes(self.routes_file)[0] if self.routes_file else ()

    @property
    def report_schedule(self) -> Weekly | None:
        """When the review of the week is due; None for never."""
        return week_of(self.report_at)

    @property
    def report_zone(self) -> tzinfo:
        """Where nights and weeks are counted."""
        schedule = self.report_schedule
        return schedule.zone if schedule else UTC

    @property
    def alertmanagers(self) -> tuple[str, ...]:
        """Their addresses, with the credentials in them."""
        return tuple(url.get_secret_value() for url in self.alertmanager_url)

    @property
    def prometheus(self) -> str:
        """Its address, with the credentials in it; empty when there is none."""
        return self.prometheus_url.get_secret_value() if self.prometheus_url else ""

    @property
    def app(self) -> MiniApp:
        """The Mini App, or that there is none."""
        return MiniApp(self.public_url or "", self.mini_app_name)

    @property
    def fallback(self) -> str:
        """The whole address, which is a secret; empty when there is none."""
        return self.fallback_webhook_url.get_secret_value() if self.fallback_webhook_url else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be shown."""
        token = self.telegram_bot_token.get_secret_value()
        addresses = (*self.alertmanagers, self.prometheus, self.telegram_api_url, self.database_url)
        passwords = (secret for url in addresses for secret in secrets_in(url))
        # What stands before the colon is the bot's id, which anybody may know; the rest alone is secret too.
        halves = (half for half in token.split(":", 1)[1:] if len(half) >= LONG_HALF)
        whole = (self.fallback, *(each.address for each in calendars(self.roster).values() if "://" in each.address))
        return (token, *halves, *self.webhook_tokens, *passwords, *(each for url in whole for each in _hidden(url)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and unwise, in a sentence each."""
        return tuple(self._unwise())

    def _unwise(self) -> Iterator[str]:
        if any(len(token) < SHORT_TOKEN for token in self.webhook_tokens):
            yield f"WEBHOOK_TOKEN is shorter than {SHORT_TOKEN} characters: openssl rand -hex 32 makes a good one"
        telegram_is_here = is_loopback(host_of(self.telegram_api_url))
        if self.public_url and self.public_url.startswith("http:") and not telegram_is_here:
            yield (
                "PUBLIC_URL is this machine's own address, which Telegram opens for nobody, so that only /login leads "
                "there: give the address where people reach it over HTTPS"
            )


def _hidden(url: str) -> tuple[str, ...]:
    """Of an address that is a secret as a whole: who knows its path may post or read there."""
    parts = urlsplit(url)
    told = (url, *secrets_in(url), parts.path, parts.query)
    return tuple(each for each in told if len(each) >= SHORT_TOKEN)


def read(env_file: Path | None = ENV_FILE) -> Settings | tuple[str, ...]:
    """The settings from the environment and `env_file` (the environment wins), or every problem, a sentence each."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        return tuple(sentences(error))
    except UnicodeDecodeError:
        return (f"{env_file} is not UTF-8 text: save it as UTF-8",)
    except OSError as error:
        return (f"{env_file} cannot be read ({error.strerror}): mend its permissions, or remove it",)
