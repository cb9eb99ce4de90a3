"""Whatever the bot, the log and the checkup say is in the page that says what to do about it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatops.core.failures import Reason
from chatops.core.screens.notices import NOTICES
from chatops.core.screens.toasts import TOASTS
from tests.docs.papers import ROOT

PAGE = (ROOT / "docs" / "troubleshooting.md").read_text()
LEVELS = {"warning", "error", "critical", "exception"}
LOGGERS = {"log", "logger"}
SAID_BY_VARIABLE = {"webhook_refused", "webhook_too_large", "webhook_not_stored"}
"""What the intake says by way of a function of its own."""


@dataclass(frozen=True, slots=True)
class Said:
    event: str
    where: str


def part(title: str) -> str:
    """What stands under a heading, up to the next of its kind."""
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def said() -> Iterator[Said]:
    """Every event that is logged as a warning or worse, but for the stand-ins'."""
    files = [ROOT / "run.py", *(ROOT / "chatops").rglob("*.py")]
    for file in files:
        if file.is_relative_to(ROOT / "chatops" / "sandbox"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr=level), args=[ast.Constant(value=str(event)), *_]
                ) if name in LOGGERS and level in LEVELS:
                    yield Said(event, f"{file.name}:{node.lineno}")
                case ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="get_logger")), attr=level),
                    args=[ast.Constant(value=str(event)), *_],
                ) if level in LEVELS:
                    yield Said(event, f"{file.name}:{node.lineno}")


def test_every_warning_of_the_log_is_explained_and_no_other():
    known = {each.event: each.where for each in said()}
    rows = re.findall(r"^\| (`.*?`) \|", part("What the log says"), re.MULTILINE)
    explained = [event for row in rows for event in re.findall(r"`([^`]+)`", row)]
    assert len(explained) == len(set(explained))
    missing = {event: where for event, where in known.items() if event not in explained}
    assert missing == {}, "add it to the page"
    assert set(explained) - known.keys() == SAID_BY_VARIABLE, "the log does not say this any more"


def test_every_notice_to_the_admins_is_explained():
    rows = re.findall(r"^\| (.+?) \|", part("What the bot tells its admins"), re.MULTILINE)
    for code, text in NOTICES.items():
        assert any(text.startswith(row) for row in rows), code
    for row in rows[2:]:
        assert any(text.startswith(row) for text in NOTICES.values()), row


def test_toasts_are_quoted_as_they_are():
    rows = re.findall(r"^\| (.+?) \|", part("What a press is answered"), re.MULTILINE)
    for row in rows[2:]:
        assert any(text.startswith(row) for text in TOASTS.values()), row


def test_what_is_quoted_is_what_is_said():
    """On a phone people compare letter by letter."""
    catalogue = re.sub(r'"\n"', "", (ROOT / "chatops" / "locale" / "chatops.pot").read_text())
    quoted = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", part("At night, on the phone"))
    assert len(quoted) > 10
    for each in quoted:
        assert each in catalogue, each


def test_reasons_for_not_starting_are_those_of_the_code():
    sources = "\n".join(file.read_text() for file in (ROOT / "chatops").rglob("*.py"))
    others = {".lock", "fuser", "pg_stat_activity", "Connection refused", "password authentication failed"}
    rows = re.findall(r"^\| (.*`.*?) \|", part("Why it does not start"), re.MULTILINE)
    quoted = [each for row in rows for each in re.findall(r"`([^`]+)`", row.partition(" | ")[0])]
    assert len(quoted) > 8
    for each in set(quoted) - others:
        assert each in sources, each


def test_the_reasons_of_the_checkup_are_reasons():
    section = part("What `run.py check` says")
    for row in re.findall(r"^\| `(?:Telegram|Kubernetes)` \| (.*) \|$", section, re.MULTILINE):
        for named in re.findall(r"`([a-z_]+)`", row):
            assert named in set(Reason), named
