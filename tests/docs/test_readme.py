"""The READMEs say what the code does, and both the same."""

import re

import pytest

from chatops.audit_commands import audit
from chatops.core.screens.welcome import COMMANDS
from chatops.core.texts import tongue
from run import cli
from tests.docs.papers import ROOT, links_of

READMES = {"README.md": "en", "README.ru.md": "ru"}
LEADS_ON = {"README.ru.md": "README.md", "docs/settings.md": "docs/settings.ru.md"}
"""Where the Russian one leads instead of where the English one does."""


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_there_in_the_bot_s_own_words(name):
    text = (ROOT / name).read_text()
    for command, does in COMMANDS:
        assert f"| `/{command}` | {tongue(READMES[name]).plain(does)} |" in text


@pytest.mark.parametrize("name", READMES)
def test_the_commands_of_the_launcher_are_named(name):
    text = (ROOT / name).read_text()
    named = {*cli.commands, *(f"audit {each}" for each in audit.commands)}
    for command in named - {"audit", "demo"}:
        assert re.search(rf"`{command}`|make run ARGS={command}\b", text), command


def test_both_readmes_lead_to_the_same_pages():
    english, russian = (links_of(ROOT / name) for name in READMES)
    assert russian == [LEADS_ON.get(link, link) for link in english]


def test_both_readmes_have_the_same_parts():
    english, russian = (
        [len(marks) for marks in re.findall(r"^(#+) ", (ROOT / name).read_text(), re.MULTILINE)] for name in READMES
    )
    assert english == russian
