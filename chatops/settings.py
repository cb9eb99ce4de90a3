"""What the service is told by its surroundings: the environment and `.env`. The only reader of both.

Every problem is found before anything starts and is said in a sentence that ends in its mend; no sentence
holds a value, because a value may be a secret.
"""

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from chatops.addresses import is_loopback, problem_of, secrets_in
from chatops.core.mini_app import MiniApp
from chatops.core.oncall import NOBODY, Roster
from chatops.core.remedies import Rule
from chatops.core.rota_calendar import calendars
from chatops.core.schedule import Weekly, weekly_of
from chatops.core.telegram_features import CERTAIN, GRANTED, Feature
from chatops.core.texts import LANGUAGES
from chatops.db.location import location
from chatops.oncall_file import read_roster
from chatops.routes_file import FileRules, read_routes
from chatops.suggestions import read_rules

SHORT_TOKEN = 8
LONG_HALF = 16
"""Characters after the colon of a bot's token; a real one has 35, and a word must not be hidden everywhere."""
LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
ENV_FILE = Path(".env")

Port = Annotated[int, Field(ge=0, le=65535)]
Ids = Annotated[tuple[int, ...], NoDecode]
Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The contract with whoever runs the service. A field's description is its row in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: SecretStr = Field(description="The bot's token, from @BotFather. Required")
    telegram_api_url: str = Field("https://api.telegram.org", description="Base URL of the Bot API")
    telegram_admins: Ids = Field(
        (),
        description="User ids that are admins from the start, comma-separated. "
        "None: the log shows a one-time code for `/start CODE`",
    )
    telegram_chats: Ids = Field(
        (),
        description="Chat ids that get every incident from the start, comma-separated. Others join by `/subscribe`",
    )
    app_port: Port = Field(8080, description="Port of the API, the Mini App, `/healthz`, `/readyz` and `/metrics`")
    alert_port: Port = Field(8081, description="Port Alertmanager posts to")
    bind_address: str = Field(
        "",
        description="Address both ports listen on. Other machines reach it only with a `WEBHOOK_TOKEN`",
    )
    pod_ip: str = Field(
        "",
        description="Address at which the other replicas reach this one; in Kubernetes the downward API's "
        "`status.podIP`. Counts with PostgreSQL only",
    )
    telegram_webhook_url: str | None = Field(
        None,
        description="Where Telegram reaches `/api/v1/telegram` of `APP_PORT` over HTTPS, to post updates there instead "
        "of being polled. Its posts carry a secret that is made of the bot's token",
    )
    telegram_features: Names = Field(
        tuple(sorted(CERTAIN)),
        description="What of newer Telegram is used, comma-separated, or `none`: colours of buttons, buttons that "
        "copy, quotes that unfold, times in the reader's zone. With `ephemeral`, what a press in a group asks for is "
        "shown to who pressed alone; with `rich`, lists are tables and sections unfold. What a server refuses is "
        "left out by itself",
    )
    webhook_token: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Bearer token Alertmanager must send. Two, comma-separated, while changing it",
    )
    database_url: str = Field(
        "sqlite:///chatops.db", description="A SQLite file, or a PostgreSQL database, which several replicas may share"
    )
    audit_chat: int | None = Field(
        None,
        ge=-(10**18),
        le=10**18,
        description="Chat id that is told the audit log's newest line, once an hour at most: "
        "[docs/audit.md](docs/audit.md)",
    )
    kubeconfig: str | None = Field(
        None,
        description="Kubeconfig files. In a pod its service account is used",
    )
    kube_contexts: Names = Field(
        (),
        description="Contexts of the kubeconfig, comma-separated. An alert's cluster label picks one",
    )
    cluster_label: str = Field("cluster", description="The label of an alert that names its cluster")
    watchdog_alerts: Names = Field(
        ("Watchdog",),
        description="Names of alerts that always fire, comma-separated. One that stops coming is an incident",
    )
    storm_threshold: int = Field(
        5,
        ge=0,
        le=10_000,
        description="More new incidents than this within a minute share one message in a chat, criticals aside. `0`: "
        "each has its own",
    )
    protected_namespaces: Names = Field(
        (),
        description="Namespaces, comma-separated, `*` stands for any text: what cannot be undone there takes a second "
        "person. `*` alone protects nodes and other objects without a namespace too",
    )
    suggestions_file: Path | None = Field(
        None,
        description="YAML file with your own rules for what is suggested: [docs/suggestions.md](docs/suggestions.md)",
    )
    escalate_after: int = Field(
        5,
        ge=0,
        le=1440,
        description="Minutes until chats are reminded of a critical incident that nobody took, and until each next "
        "call. `0`: never",
    )
    oncall_file: Path | None = Field(
        None,
        description="YAML file with who is called in which order and who is on call: [docs/oncall.md](docs/oncall.md)",
    )
    routes_file: Path | None = Field(
        None,
        description="YAML file with what each chat is shown, how loudly and when: [docs/routes.md](docs/routes.md)",
    )
    kube_executors: int = Field(
        4, ge=1, le=64, description="How many Kubernetes calls run at the same time, per cluster"
    )
    kube_impersonate: str = Field(
        "",
        description="Kubernetes user that people act as, `{id}` is their Telegram number: `telegram:{id}`. The "
        "cluster's own RBAC then decides for each, and the bot has to be allowed to impersonate them: "
        "[docs/rbac.md](docs/rbac.md)",
    )
    exec_diagnostics: bool = Field(
        False,
        description="`true`: operators may run commands of a fixed list (`df -h`, `ps aux` and the like) in containers",
    )
    alertmanager_url: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Alertmanager's own addresses, comma-separated, for silences and for what its webhooks did not "
        "tell. `http://user:password@host` works",
    )
    prometheus_url: SecretStr | None = Field(None, description="Prometheus' address, for graphs and scrape targets")
    graphs: Literal["asked", "critical"] = Field(
        "asked",
        description="Whom graphs are sent to: `asked` whoever presses for one, `critical` also below the card of each "
        "critical incident",
    )
    graph_theme: Literal["dark", "light"] = Field("dark", description="What graphs are drawn on: `dark` or `light`")
    fallback_webhook_url: SecretStr | None = Field(
        None,
        description="Address that gets a POST of JSON `{text, incidents}` when Telegram cannot be reached while "
        "something waits to be delivered, and one more when it is over",
    )
    telegram_down_minutes: int = Field(
        5, ge=1, le=1440, description="How many minutes Telegram has to be out of reach for that"
    )
    public_url: str | None = Field(
        None,
        description="Where people reach `APP_PORT` over HTTPS, for the Mini App and for signing in from a browser "
        "(`/login`): [docs/miniapp.md](docs/miniapp.md)",
    )
    mini_app_name: str = Field(
        "",
        description="Short name that @BotFather has for the Mini App (`/newapp`), so that cards in groups open it too",
    )
    report_at: str = Field(
        "Mon 10:00 UTC",
        description="When the week's review is sent, with its time zone: `Fri 17:30 Europe/Berlin`. `off` sends none",
    )
    language: str = Field("en", description="Language where a user or chat has none: `en`, `ru`")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged")
    log_format: Literal["json", "console"] = Field("json", description="`json` lines, or `console` for reading")

    @model_validator(mode="before")
    @classmethod
    def _unset_when_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`NAME=` means what no line means. Not for the intake's token: empty it would silently open the door."""
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
            if name == "webhook_token" or not isinstance(value, str) or value.strip()
        }

    @field_validator("telegram_bot_token", mode="after")
    @classmethod
    def _a_token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"\d+:\S+", token.get_secret_value()):
            raise _problem("is not a bot token: copy the whole line @BotFather sent, like 123456:ABC-DEF")
        return token

    @field_validator("telegram_admins", "telegram_chats", mode="before")
    @classmethod
    def _ids(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = _listed(value)
        if not all(re.fullmatch(r"-?\d{1,18}", part, re.ASCII) for part in parts):
            raise _problem("must be numbers separated by commas, like 12345,-1001234; @names do not work here")
        return tuple(int(part) for part in parts)

    @field_validator("telegram_features", mode="before")
    @classmethod
    def _features(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.lower() for part in _listed(value)]
        if parts == ["none"]:
            return ()
        choice = [each for each in Feature if each not in GRANTED]
        if not set(parts) <= set(choice):
            raise _problem(f"must be some of {', '.join(choice)}, separated by commas, or none")
        return tuple(parts)

    @field_validator("kube_contexts", "watchdog_alerts", "protected_namespaces", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return tuple(_listed(value)) if isinstance(value, str) else value

    @field_validator("log_level", "log_format", "graphs", "graph_theme", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("webhook_token", mode="before")
    @classmethod
    def _tokens(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",")]
        if not any(parts):
            raise _problem("is empty: remove the line, or give a token (openssl rand -hex 32 makes one)")
        if not all(parts):
            raise _problem("has an empty token beside a comma: remove the comma, or give both tokens")
        if len(parts) > 2:
            raise _problem("has more than two tokens: give the old and the new one, separated by one comma")
        if any(re.search(r"[\s\x00-\x1f\x7f]", part) for part in parts):
            raise _problem("has a space or a control character inside a token: no HTTP header can carry it")
        return tuple(SecretStr(part) for part in parts)

    @field_validator("telegram_api_url", mode="after")
    @classmethod
    def _a_url(cls, value: str) -> str:
        return _address(value)

    @field_validator("telegram_webhook_url", "public_url", mode="after")
    @classmethod
    def _a_url_for_others(cls, value: str | None) -> str | None:
        """A Bot API server or a browser of one's own may be on the same machine, and needs no certificate there."""
        return value and _address(value, only_https=not is_loopback(_host(value)))

    @field_validator("public_url", mode="after")
    @classmethod
    def _a_url_that_telegram_opens(cls, value: str | None) -> str | None:
        if value and "@" in value.partition("://")[2].partition("/")[0]:
            raise _problem("holds a name or password, which everybody would be shown: remove what stands before the @")
        if value and "." not in _host(value) and ":" not in _host(value):
            raise _problem(
                "names a host without a dot, and Telegram opens none such: use a whole name like ops.example.com, or "
                "127.0.0.1 to try it out"
            )
        return value

    @field_validator("mini_app_name", mode="after")
    @classmethod
    def _a_short_name(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9_]{3,30}", value):
            raise _problem(
                "is no short name of a Mini App: copy what stands behind the bot's name in the link that @BotFather "
                "gave, 3 to 30 letters, digits or underscores"
            )
        return value

    @field_validator("kube_impersonate", mode="after")
    @classmethod
    def _a_pattern(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-z|~]*\{id\}[!-z|~]*", value):
            raise _problem("must hold {id}, the Telegram number, and no spaces: like telegram:{id}")
        if "system:" in value.lower():
            raise _problem("names a user of the cluster's own (system:): choose another prefix, like telegram:{id}")
        return value

    @field_validator("prometheus_url", mode="after")
    @classmethod
    def _a_secret_url(cls, value: SecretStr | None) -> SecretStr | None:
        return value and SecretStr(_address(value.get_secret_value()))

    @field_validator("fallback_webhook_url", mode="after")
    @classmethod
    def _a_secret_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        """Unlike others it may have a query: some services carry their token in it."""
        bare, mark, query = value.get_secret_value().partition("?") if value else ("", "", "")
        if value and (mark and not re.fullmatch(r"[^\s#]+", query)):
            raise _problem("has an empty query, a space or a # behind its question mark: copy the whole address again")
        return value and SecretStr(_address(bare) + mark + query)

    @field_validator("alertmanager_url", mode="before")
    @classmethod
    def _urls(cls, value: Any) -> Any:
        return tuple(SecretStr(_address(part)) for part in _listed(value)) if isinstance(value, str) else value

    @field_validator("database_url", mode="after")
    @classmethod
    def _a_database(cls, value: str) -> str:
        try:
            location(value)
        except ValueError as error:
            raise _problem(str(error).removeprefix("DATABASE_URL").lstrip(" :")) from error
        return value

    @field_validator("suggestions_file", mode="after")
    @classmethod
    def _rules_that_can_be_read(cls, value: Path | None) -> Path | None:
        problems = read_rules(value)[1] if value else ()
        if problems:
            raise _problem("has mistakes:\n" + "\n".join(f"  {problem}" for problem in problems))
        return value

    @field_validator("report_at", mode="after")
    @classmethod
    def _a_moment_of_the_week(cls, value: str) -> str:
        try:
            _weekly(value)
        except ValueError as error:
            raise _problem("must be a day, a time and a time zone like Mon 10:00 Europe/Berlin, or off") from error
        return value

    @field_validator("oncall_file", mode="after")
    @classmethod
    def _a_roster_that_can_be_read(cls, value: Path | None) -> Path | None:
        problems = read_roster(value)[1] if value else ()
        if problems:
            raise _problem("has mistakes:\n" + "\n".join(f"  {problem}" for problem in problems))
        return value

    @field_validator("routes_file", mode="after")
    @classmethod
    def _routes_that_can_be_read(cls, value: Path | None) -> Path | None:
        problems = read_routes(value)[1] if value else ()
        if problems:
            raise _problem("has mistakes:\n" + "\n".join(f"  {problem}" for problem in problems))
        return value

    @field_validator("language", mode="after")
    @classmethod
    def _a_language(cls, value: str) -> str:
        # Many desktops export LANGUAGE themselves, in gettext's form: de_AT:de.
        language = re.split(r"[_:.@-]", value.lower())[0]
        if language in LANGUAGES:
            return language
        if value != language or language in {"c", "posix"}:
            return "en"
        raise _problem(f"is not one of {', '.join(LANGUAGES)}")

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.app_port == self.alert_port != 0:
            raise _problem("APP_PORT and ALERT_PORT are the same port: give each its own")
        if self.bind_address and not self.webhook_token and not is_loopback(self.bind_address):
            raise _problem(
                "BIND_ADDRESS lets other machines reach the intake, and without WEBHOOK_TOKEN anyone there could post "
                "alerts: set WEBHOOK_TOKEN (openssl rand -hex 32 makes one), or remove BIND_ADDRESS"
            )
        named = {route.chain for _, rules in self.routes for route in rules.routes if route.chain}
        if unknown := sorted(named - self.roster.chains.keys()):
            raise _problem(
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
        return _weekly(self.report_at)

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
        telegram_is_here = is_loopback(_host(self.telegram_api_url))
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


def _host(url: str) -> str:
    """Empty where it is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _weekly(text: str) -> Weekly | None:
    """None for `off`. Raises ValueError, also for a zone that this machine does not know."""
    if text.lower() == "off":
        return None
    moment, _, zone = text.strip().rpartition(" ")
    if ":" in zone:
        moment, zone = text, "UTC"
    try:
        return weekly_of(moment, UTC if zone.upper() == "UTC" else ZoneInfo(zone))
    except (KeyError, OSError) as error:
        raise ValueError(text) from error


def read(env_file: Path | None = ENV_FILE) -> Settings | tuple[str, ...]:
    """The settings from the environment and `env_file` (the environment wins), or every problem, a sentence each."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        return tuple(_sentences(error))
    except UnicodeDecodeError:
        return (f"{env_file} is not UTF-8 text: save it as UTF-8",)
    except OSError as error:
        return (f"{env_file} cannot be read ({error.strerror}): mend its permissions, or remove it",)


def _sentences(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        name = str(detail["loc"][0]).upper() if detail["loc"] else ""
        yield f"{name} {_said(detail)}".strip()


def _said(detail: ErrorDetails) -> str:
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "setting":
            return detail["msg"]
        case "missing":
            return "is not set: talk to @BotFather, send /newbot, and put the token it answers into .env"
        case "int_parsing" | "int_type" | "int_from_float":
            return "must be a whole number"
        case "greater_than_equal":
            return f"must be at least {limits.get('ge')}"
        case "less_than_equal":
            return f"must be at most {limits.get('le')}"
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case "literal_error":
            return f"must be {limits.get('expected')}"
        case kind:
            return f"cannot be understood ({kind})"


def _problem(sentence: str) -> PydanticCustomError:
    # As a value and not as the template: a brace in it would be taken for a place to fill.
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})


def _address(value: str, *, only_https: bool = False) -> str:
    if problem := problem_of(value, only_https=only_https):
        raise _problem(problem)
    return value.rstrip("/")


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
