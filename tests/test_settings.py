"""The settings: every problem at once, each with its mend, and no secret in any of them."""

import base64
import os
from pathlib import Path

import pytest

from chatops import settings
from chatops.core.mini_app import NO_APP, MiniApp
from chatops.settings import Settings, read
from chatops.settings.shown import describe

TOKEN = "123456:AAbbCC-canary-token"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's environment nor a .env of the working directory."""
    monkeypatch.chdir(tmp_path)
    for setting in describe():
        for name in (setting.name, setting.name.lower()):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)


def good() -> Settings:
    told = read()
    assert isinstance(told, Settings), told
    return told


def problems() -> tuple[str, ...]:
    told = read()
    assert not isinstance(told, Settings)
    return told


def set_all(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_token_alone_is_enough() -> None:
    now = good()
    assert now.telegram_bot_token.get_secret_value() == TOKEN
    assert now.telegram_api_url == "https://api.telegram.org"
    assert (now.telegram_admins, now.telegram_chats) == ((), ())
    assert (now.app_port, now.alert_port) == (8080, 8081)
    assert now.listen_on == "127.0.0.1"
    assert now.webhook_tokens == ()
    assert now.database_url == "sqlite:///chatops.db"
    assert (now.kubeconfig, now.kube_contexts, now.kube_executors) == (None, (), 4)
    assert (now.alertmanagers, now.prometheus, now.public_url) == ((), "", None)
    assert now.app == NO_APP
    assert (now.graphs, now.graph_theme) == ("asked", "dark")
    assert now.telegram_features == ("colours", "copy", "quotes", "times")
    assert (now.language, now.log_level, now.log_format) == ("en", "info", "json")
    assert now.warnings == ()


def test_everything_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        TELEGRAM_API_URL="http://127.0.0.1:8099/",
        TELEGRAM_ADMINS="1, 2,,3",
        TELEGRAM_CHATS="-1001234567890",
        APP_PORT="0",
        ALERT_PORT="0",
        WEBHOOK_TOKEN="new-secret-1, old-secret-1",
        KUBECONFIG="/a:/b",
        KUBE_CONTEXTS="prod, stage",
        KUBE_EXECUTORS="8",
        ALERTMANAGER_URL="http://user:pass@am:9093/prefix/, http://am-1:9093",
        PROMETHEUS_URL="https://reader:word@prom.example/",
        GRAPHS="Critical",
        GRAPH_THEME="light",
        TELEGRAM_FEATURES="Copy, times",
        PUBLIC_URL="https://ops.example/",
        MINI_APP_NAME="incidents",
        LANGUAGE="ru",
        LOG_LEVEL="DEBUG",
        LOG_FORMAT="Console",
    )
    now = good()
    assert now.telegram_api_url == "http://127.0.0.1:8099"
    assert now.telegram_admins == (1, 2, 3)
    assert now.telegram_chats == (-1001234567890,)
    assert now.webhook_tokens == ("new-secret-1", "old-secret-1")
    assert now.listen_on == "0.0.0.0"
    assert now.kubeconfig == "/a:/b"
    assert now.kube_contexts == ("prod", "stage")
    assert now.alertmanagers == ("http://user:pass@am:9093/prefix", "http://am-1:9093")
    assert now.prometheus == "https://reader:word@prom.example"
    assert (now.graphs, now.graph_theme, now.telegram_features) == ("critical", "light", ("copy", "times"))
    assert now.app == MiniApp("https://ops.example", "incidents")
    assert (now.language, now.log_level, now.log_format) == ("ru", "debug", "console")
    assert set(now.secrets) == {
        *(TOKEN, TOKEN.partition(":")[2], "new-secret-1", "old-secret-1", "pass", "word"),
        *(base64.b64encode(pair).decode() for pair in (b"user:pass", b"reader:word")),
    }


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\ufeffLOG_LEVEL=error\nKUBE_EXECUTORS=2\nUNKNOWN=1\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "warning")
    now = good()
    assert (now.log_level, now.kube_executors) == ("warning", 2)


def test_the_example_file_is_the_defaults(tmp_path: Path) -> None:
    example = (Path(settings.__file__).parent.parent.parent / ".env.example").read_text(encoding="utf-8")
    names = [line.lstrip("#").partition("=")[0] for line in example.splitlines() if "=" in line and "# " not in line]
    assert sorted(names) == sorted(setting.name for setting in describe())
    before = good()
    # Every line switched on, but those where an empty value means something else than no line.
    lines = [line.removeprefix("#") for line in example.splitlines() if not line.startswith("# ")]
    kept = [line for line in lines if line not in {"WEBHOOK_TOKEN=", "TELEGRAM_BOT_TOKEN="}]
    (tmp_path / ".env").write_text("\n".join(kept), encoding="utf-8")
    assert good() == before


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080", "http://[::1]:8080"])
def test_the_mini_app_may_be_tried_out_on_this_machine(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    set_all(monkeypatch, PUBLIC_URL=address)
    assert good().app.start == f"{address}/app/"


@pytest.mark.parametrize(
    ("address", "telegram", "warned"),
    [
        ("http://127.0.0.1:8080", "https://api.telegram.org", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081", False),
        ("https://ops.example", "https://api.telegram.org", False),
    ],
)
def test_what_telegram_opens_for_nobody_is_said(
    monkeypatch: pytest.MonkeyPatch, address: str, telegram: str, warned: bool
) -> None:
    set_all(monkeypatch, PUBLIC_URL=address, TELEGRAM_API_URL=telegram)
    assert [warning.partition(" ")[0] for warning in good().warnings] == ["PUBLIC_URL"] * warned


def test_no_feature_of_newer_telegram_may_be_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TELEGRAM_FEATURES="none")
    assert good().telegram_features == ()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TELEGRAM_BOT_TOKEN", "no-colon-canary", "@BotFather"),
        ("TELEGRAM_BOT_TOKEN", "", "@BotFather"),
        ("TELEGRAM_API_URL", "api.telegram.org/canary", "http:// or https://"),
        ("TELEGRAM_API_URL", "http://host:notaport/canary", "name a host"),
        ("TELEGRAM_API_URL", "ftp://canary", "http:// or https://"),
        ("TELEGRAM_ADMINS", "1,@canary", "numbers separated by commas"),
        ("TELEGRAM_ADMINS", "١٢٣", "numbers separated by commas"),
        ("TELEGRAM_CHATS", "9" * 30, "numbers separated by commas"),
        ("APP_PORT", "65536", "at most 65535"),
        ("APP_PORT", "-1", "at least 0"),
        ("ALERT_PORT", "canary", "whole number"),
        ("WEBHOOK_TOKEN", "", "remove the line, or give a token"),
        ("WEBHOOK_TOKEN", "  ", "remove the line, or give a token"),
        ("WEBHOOK_TOKEN", ",", "remove the line, or give a token"),
        ("WEBHOOK_TOKEN", "canary-long,", "empty token beside a comma"),
        ("WEBHOOK_TOKEN", "canary-1,canary-2,canary-3", "more than two"),
        ("WEBHOOK_TOKEN", "canary space", "a space"),
        ("DATABASE_URL", "postgresql://user:canary@db", "is no PostgreSQL URL"),
        ("DATABASE_URL", "postgres://user:canary@db:port/x", "is no PostgreSQL URL"),
        ("DATABASE_URL", "mysql://user:canary@db/x", "sqlite:///chatops.db"),
        ("DATABASE_URL", "sqlite://", "sqlite:///chatops.db"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:///chatops.db"),
        ("DATABASE_URL", "sqlite:////no/such/directory/x.db", "does not exist"),
        ("KUBE_EXECUTORS", "0", "at least 1"),
        ("KUBE_EXECUTORS", "1.5", "whole number"),
        ("EXEC_DIAGNOSTICS", "maybe", "true or false"),
        ("PUBLIC_URL", "http://canary.example", "https://"),
        ("PUBLIC_URL", "http://127.0.0.1.canary.example", "https://"),
        ("PUBLIC_URL", "https://canary/ops", "without a dot"),
        ("PUBLIC_URL", "http://localhost:8080", "without a dot"),
        ("PUBLIC_URL", "https://user:canary@ops.example", "before the @"),
        ("PUBLIC_URL", "https://[canary", "without a dot"),
        ("MINI_APP_NAME", "canary/x", "@BotFather"),
        ("MINI_APP_NAME", "ab", "3 to 30"),
        ("ALERTMANAGER_URL", "http://am:9093,canary", "http:// or https://"),
        ("PROMETHEUS_URL", "http://user:canary@", "name a host"),
        ("GRAPHS", "canary", "'asked' or 'critical'"),
        ("GRAPH_THEME", "canary", "'dark' or 'light'"),
        ("TELEGRAM_FEATURES", "copy,canary", "some of colours, copy, quotes, times"),
        ("TELEGRAM_FEATURES", "apps", "some of colours, copy, quotes, times, ephemeral, rich,"),
        ("LANGUAGE", "tlh", "en, ru"),
        ("LOG_LEVEL", "canary", "'debug', 'info'"),
        ("LOG_FORMAT", "xml", "'json' or 'console'"),
    ],
)
def test_s2_a_bad_value_is_named_with_its_mend_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    """S2: the matrix of what is not started with."""
    monkeypatch.setenv(name, value)
    (line,) = problems()
    assert line.startswith(f"{name} ")
    assert said in line
    assert "canary" not in line
    assert "\n" not in line


def test_no_token_at_all_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    (line,) = problems()
    assert line.startswith("TELEGRAM_BOT_TOKEN is not set")
    assert "/newbot" in line


def test_every_problem_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, TELEGRAM_BOT_TOKEN="x", APP_PORT="x", LANGUAGE="xx", WEBHOOK_TOKEN="", PUBLIC_URL="x")
    names = {line.split()[0] for line in problems()}
    assert names == {"TELEGRAM_BOT_TOKEN", "APP_PORT", "LANGUAGE", "WEBHOOK_TOKEN", "PUBLIC_URL"}


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1", "host.example"])
def test_s2_the_intake_is_never_opened_to_others_without_a_token(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """S2: it does not start."""
    monkeypatch.setenv("BIND_ADDRESS", address)
    (line,) = problems()
    assert "BIND_ADDRESS" in line
    assert "set WEBHOOK_TOKEN" in line
    monkeypatch.setenv("WEBHOOK_TOKEN", "long-enough-token")
    assert good().listen_on == address


NO_START = {
    "an empty token on a public address": {"WEBHOOK_TOKEN": "", "BIND_ADDRESS": "0.0.0.0"},
    "an empty token on loopback": {"WEBHOOK_TOKEN": "", "BIND_ADDRESS": "127.0.0.1"},
    "no token on a public address": {"BIND_ADDRESS": "0.0.0.0"},
    "no token on every IPv6 address": {"BIND_ADDRESS": "::"},
    "no token on a name": {"BIND_ADDRESS": "chatops.example"},
    "no token on what only looks like loopback": {"BIND_ADDRESS": "127.0.0.1.example"},
    "half a rotation": {"WEBHOOK_TOKEN": "the-new-token-of-it,"},
    "three tokens": {"WEBHOOK_TOKEN": "one-token,two-token,three-token"},
    "a token that no header carries": {"WEBHOOK_TOKEN": "two words"},
    "a bot's token that is none": {"TELEGRAM_BOT_TOKEN": "nonsense"},
    "Telegram posting in clear text": {"TELEGRAM_WEBHOOK_URL": "http://bot.example/hook"},
    "the Mini App in clear text": {"PUBLIC_URL": "http://ops.example"},
    "people acting as the cluster's own users": {"KUBE_IMPERSONATE": "system:{id}"},
    "everybody acting as one user": {"KUBE_IMPERSONATE": "telegram:anybody"},
    "one port for both doors": {"APP_PORT": "8081", "ALERT_PORT": "8081"},
}


@pytest.mark.parametrize("what", NO_START)
def test_s2_it_does_not_start_with(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """S2: the matrix of what would be open to others; the same without the one mistake is good."""
    set_all(monkeypatch, **NO_START[what])
    assert problems()
    for name in NO_START[what]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    assert good()


@pytest.mark.parametrize("tokens", ["", "long-enough-token", "the-new-one-of-two,the-old-one-of-two"])
@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "localhost", "0.0.0.0", "10.1.2.3"])
def test_s2_without_a_token_only_this_machine_gets_in(
    monkeypatch: pytest.MonkeyPatch, tokens: str, address: str
) -> None:
    """S2: every pair of address and token: either it listens on loopback alone, or it asks for a token."""
    set_all(monkeypatch, **{name: v for name, v in {"WEBHOOK_TOKEN": tokens, "BIND_ADDRESS": address}.items() if v})
    told = read()
    if isinstance(told, Settings):
        assert told.webhook_tokens or told.listen_on in {"127.0.0.1", "::1", "localhost"}
    else:
        assert not tokens
        assert address in {"0.0.0.0", "10.1.2.3"}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_needs_no_token(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BIND_ADDRESS", address)
    assert good().listen_on == address


def test_the_ports_must_differ_unless_any_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, APP_PORT="8081")
    (line,) = problems()
    assert "APP_PORT and ALERT_PORT" in line


def test_a_short_token_is_allowed_and_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_TOKEN", "canary1")
    (warning,) = good().warnings
    assert "WEBHOOK_TOKEN" in warning
    assert "canary1" not in warning


@pytest.mark.parametrize(
    ("value", "language"), [("en_US:en", "en"), ("ru_RU.UTF-8", "ru"), ("de_AT:de", "en"), ("C", "en")]
)
def test_the_language_a_desktop_exports_is_understood(
    monkeypatch: pytest.MonkeyPatch, value: str, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", value)
    assert good().language == language


def test_no_secret_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_TOKEN", "canary-webhook-token")
    monkeypatch.setenv("ALERTMANAGER_URL", "http://user:canary@am:9093")
    monkeypatch.setenv("PROMETHEUS_URL", "http://user:canary@prom:9090")
    now = good()
    for shown in (repr(now), str(now), now.model_dump_json(), f"{now.model_dump()}"):
        assert "canary" not in shown


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe")
    (line,) = problems()
    assert "UTF-8" in line


def test_the_table_describes_every_setting_once() -> None:
    table = describe()
    assert [row.name.lower() for row in table] == list(Settings.model_fields)
    assert all(row.meaning for row in table)
    assert {row.name: row.default for row in table}["ALERT_PORT"] == "`8081`"
    assert "TELEGRAM_BOT_TOKEN" not in os.linesep.join(row.default for row in table)


@pytest.mark.parametrize("url", ["https://bot.example/hook", "http://127.0.0.1:8080/api/v1/telegram"])
def test_telegram_posts_over_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", url)
    assert good().telegram_webhook_url == url


@pytest.mark.parametrize("url", ["http://bot.example/hook", "bot.example", "https://"])
def test_s2_telegram_posts_nowhere_else(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """S2: a secret of Telegram's webhook travels in no clear text; the secret itself is made at each start."""
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", url)
    (problem,) = problems()
    assert "TELEGRAM_WEBHOOK_URL" in problem


@pytest.mark.parametrize("pattern", ["telegram", "{id}{name}", "a {id}", "system:{id}", "x-SYSTEM:{id}"])
def test_a_person_is_impersonated_under_a_name_of_their_own(monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
    monkeypatch.setenv("KUBE_IMPERSONATE", pattern)
    (problem,) = problems()
    assert "KUBE_IMPERSONATE" in problem


def test_the_fallback_s_whole_address_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://hooks.example/services/T0CANARY?token=canary-of-the-query"
    set_all(monkeypatch, FALLBACK_WEBHOOK_URL=url)
    now = good()
    assert now.fallback == url
    assert {url, "/services/T0CANARY", "token=canary-of-the-query"} <= set(now.secrets)
    assert "CANARY" not in repr(now)
    for wrong in ("hooks.example/x", "https://hooks.example/x?", "https://hooks.example/x?a b"):
        set_all(monkeypatch, FALLBACK_WEBHOOK_URL=wrong)
        assert "FALLBACK_WEBHOOK_URL" in problems()[0]


def test_a_calendar_s_whole_address_is_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = "https://calendar.example/private-CANARY/basic.ics?key=canary-of-the-query"
    (tmp_path / "oncall.yaml").write_text(
        f"rotas: {{nights: {{calendar: '{url}'}}, days: {{calendar: /etc/chatops/days.ics}}}}"
    )
    set_all(monkeypatch, ONCALL_FILE=str(tmp_path / "oncall.yaml"))
    now = good()
    assert {url, "/private-CANARY/basic.ics", "key=canary-of-the-query"} <= set(now.secrets)
    assert "/etc/chatops/days.ics" not in now.secrets
    assert "CANARY" not in repr(now) + repr(now.roster)


def test_a_roster_with_mistakes_is_told_line_by_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "oncall.yaml").write_text("people: {anna: 1001}\nchain:\n  - person: oleg\n  - chat: nowhere\n")
    set_all(monkeypatch, ONCALL_FILE=str(tmp_path / "oncall.yaml"))
    assert "oncall.yaml:3: nobody is called `oleg`" in problems()[0]
    assert "oncall.yaml:4: `chat` has no chat number" in problems()[0]
    (tmp_path / "oncall.yaml").write_text("people: {anna: 1001}\nchain:\n  - person: anna\n")
    assert len(good().roster.chain) == 1


def test_routes_with_mistakes_are_told_line_by_line_and_their_chains_have_to_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "routes.yaml").write_text("chats:\n  - chat: 7\n    routes: [{severity: red}]\n")
    set_all(monkeypatch, ROUTES_FILE=str(tmp_path / "routes.yaml"))
    assert "routes.yaml:3: `red` is no severity" in problems()[0]
    (tmp_path / "routes.yaml").write_text("chats:\n  - chat: 7\n    routes: [{chain: night}]\n")
    assert "ROUTES_FILE names chains that ONCALL_FILE has not (night)" in problems()[0]
    (tmp_path / "oncall.yaml").write_text("people: {anna: 1001}\nchains: {night: [{person: anna}]}\n")
    set_all(monkeypatch, ONCALL_FILE=str(tmp_path / "oncall.yaml"))
    ((chat_id, rules),) = good().routes
    assert (chat_id, rules.routes[0].chain, rules.from_file) == (7, "night", True)
