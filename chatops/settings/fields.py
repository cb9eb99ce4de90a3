"""Every setting: its name, what it takes, what it is where nobody sets it, and what it means.

It knows nothing of what follows from several of them.
"""

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chatops.core.telegram_features import CERTAIN
from chatops.settings.urls import (
    Address,
    OutsideAddress,
    PublicAddress,
    SecretAddress,
    SecretAddresses,
    SecretHook,
)
from chatops.settings.values import (
    BotToken,
    ChatId,
    DatabaseAddress,
    FeatureNames,
    Ids,
    Language,
    LogFormat,
    LogLevel,
    Names,
    OncallFile,
    Port,
    RoutesFile,
    ShortName,
    SuggestionsFile,
    Theme,
    Tokens,
    UserPattern,
    WeeklyMoment,
    WhoseGraphs,
)

ENV_FILE = Path(".env")


class Fields(BaseSettings):
    """The contract with whoever runs the service. A field's description is its row in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8-sig",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        # Nobody reads these alone, and to make ready for it twice would cost each start some milliseconds.
        defer_build=True,
    )

    telegram_bot_token: BotToken = Field(description="The bot's token, from @BotFather. Required")
    telegram_api_url: Address = Field("https://api.telegram.org", description="Base URL of the Bot API")
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
    telegram_webhook_url: OutsideAddress | None = Field(
        None,
        description="Where Telegram reaches `/api/v1/telegram` of `APP_PORT` over HTTPS, to post updates there instead "
        "of being polled. Its posts carry a secret that is made of the bot's token",
    )
    telegram_features: FeatureNames = Field(
        tuple(sorted(CERTAIN)),
        description="What of newer Telegram is used, comma-separated, or `none`: colours of buttons, buttons that "
        "copy, quotes that unfold, times in the reader's zone. With `ephemeral`, what a press in a group asks for is "
        "shown to who pressed alone; with `rich`, lists are tables and sections unfold. What a server refuses is "
        "left out by itself",
    )
    webhook_token: Tokens = Field(
        (),
        description="Bearer token Alertmanager must send. Two, comma-separated, while changing it",
    )
    database_url: DatabaseAddress = Field(
        "sqlite:///chatops.db", description="A SQLite file, or a PostgreSQL database, which several replicas may share"
    )
    audit_chat: ChatId | None = Field(
        None,
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
    suggestions_file: SuggestionsFile | None = Field(
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
    oncall_file: OncallFile | None = Field(
        None,
        description="YAML file with who is called in which order and who is on call: [docs/oncall.md](docs/oncall.md)",
    )
    routes_file: RoutesFile | None = Field(
        None,
        description="YAML file with what each chat is shown, how loudly and when: [docs/routes.md](docs/routes.md)",
    )
    kube_executors: int = Field(
        4, ge=1, le=64, description="How many Kubernetes calls run at the same time, per cluster"
    )
    kube_impersonate: UserPattern = Field(
        "",
        description="Kubernetes user that people act as, `{id}` is their Telegram number: `telegram:{id}`. The "
        "cluster's own RBAC then decides for each, and the bot has to be allowed to impersonate them: "
        "[docs/rbac.md](docs/rbac.md)",
    )
    exec_diagnostics: bool = Field(
        False,
        description="`true`: operators may run commands of a fixed list (`df -h`, `ps aux` and the like) in containers",
    )
    alertmanager_url: SecretAddresses = Field(
        (),
        description="Alertmanager's own addresses, comma-separated, for silences and for what its webhooks did not "
        "tell. `http://user:password@host` works",
    )
    prometheus_url: SecretAddress | None = Field(None, description="Prometheus' address, for graphs and scrape targets")
    graphs: WhoseGraphs = Field(
        "asked",
        description="Whom graphs are sent to: `asked` whoever presses for one, `critical` also below the card of each "
        "critical incident",
    )
    graph_theme: Theme = Field("dark", description="What graphs are drawn on: `dark` or `light`")
    fallback_webhook_url: SecretHook | None = Field(
        None,
        description="Address that gets a POST of JSON `{text, incidents}` when Telegram cannot be reached while "
        "something waits to be delivered, and one more when it is over",
    )
    telegram_down_minutes: int = Field(
        5, ge=1, le=1440, description="How many minutes Telegram has to be out of reach for that"
    )
    public_url: PublicAddress | None = Field(
        None,
        description="Where people reach `APP_PORT` over HTTPS, for the Mini App and for signing in from a browser "
        "(`/login`): [docs/miniapp.md](docs/miniapp.md)",
    )
    mini_app_name: ShortName = Field(
        "",
        description="Short name that @BotFather has for the Mini App (`/newapp`), so that cards in groups open it too",
    )
    report_at: WeeklyMoment = Field(
        "Mon 10:00 UTC",
        description="When the week's review is sent, with its time zone: `Fri 17:30 Europe/Berlin`. `off` sends none",
    )
    language: Language = Field("en", description="Language where a user or chat has none: `en`, `ru`")
    log_level: LogLevel = Field("info", description="Least level that is logged")
    log_format: LogFormat = Field("json", description="`json` lines, or `console` for reading")

    @model_validator(mode="before")
    @classmethod
    def _unset_when_empty(cls, values: dict[str, Any]) -> dict[str, Any]:
        """`NAME=` means what no line means. Not for the intake's token: empty it would silently open the door."""
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
            if name == "webhook_token" or not isinstance(value, str) or value.strip()
        }
