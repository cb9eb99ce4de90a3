"""The papers say what the code does: settings, commands and files they name."""

import re
from pathlib import Path

import pytest

from chatops.core.screens.welcome import COMMANDS
from chatops.core.texts import tongue
from chatops.settings_shown import describe

ROOT = Path(__file__).parent.parent
READMES = {"README.md": "en", "README.ru.md": "ru"}


@pytest.mark.parametrize("name", READMES)
def test_every_setting_and_no_other_is_in_the_table(name):
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / name).read_text(), re.MULTILINE)
    assert rows == [setting.name for setting in describe()]


def test_the_english_table_has_the_code_s_own_words():
    text = (ROOT / "README.md").read_text()
    for setting in describe():
        assert f"| `{setting.name}` | {setting.meaning} | {setting.default} |" in text


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_there_in_the_bot_s_own_words(name):
    text = (ROOT / name).read_text()
    for command, does in COMMANDS:
        assert f"| `/{command}` | {tongue(READMES[name]).plain(does)} |" in text


@pytest.mark.parametrize("name", [*READMES, "docs/architecture.md"])
def test_every_file_named_exists(name):
    text = (ROOT / name).read_text()
    named = re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text) + re.findall(
        r"`((?:chatops|migrations|docs)/[\w./]*)`", text
    )
    assert named
    for each in named:
        assert ((ROOT / name).parent / each).exists() or (ROOT / each).exists(), each


def test_the_example_environment_names_every_setting():
    example = (ROOT / ".env.example").read_text()
    for setting in describe():
        assert re.search(rf"^#? ?{setting.name}=", example, re.MULTILINE), setting.name
