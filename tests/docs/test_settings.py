"""The reference of settings, .env.example and the code: the same settings, each once, in the code's own words."""

import re

import pytest

from chatops.settings.shown import describe
from tests.docs.papers import ROOT, name_of, papers

PAGES = ("docs/settings.md", "docs/settings.ru.md")
NAMES = [setting.name for setting in describe()]
OTHERS = {"POD_IP", "MPLCONFIGDIR", "HTTPS_PROXY", "ALERT_URL", "ALERT_TOKEN", "SECOND_LOOK"}
"""Variables that are no settings and are named in the pages all the same."""


def rows(page):
    return re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / page).read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_and_no_other_is_in_the_reference_once(page):
    assert sorted(rows(page)) == sorted(NAMES)


def test_both_references_have_one_order():
    assert rows(PAGES[0]) == rows(PAGES[1])


def test_the_english_reference_has_the_code_s_own_words():
    text = (ROOT / PAGES[0]).read_text()
    for setting in describe():
        # The code says where a page is from the project's folder.
        meaning = re.sub(r"\[docs/([\w.]+)\]\(docs/", r"[\1](", setting.meaning)
        assert f"| `{setting.name}` | {meaning} | {setting.default} |" in text


def test_the_example_environment_names_every_setting_once():
    example = (ROOT / ".env.example").read_text()
    assert sorted(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == sorted(NAMES)


@pytest.mark.parametrize("page", [page for page in papers() if "CHANGELOG" not in page.name], ids=name_of)
def test_what_looks_like_a_setting_is_one(page):
    """`ESCALATE_AFTER` in passing; a name with an underscore, in code."""
    for named in re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", page.read_text()):
        assert named in {*NAMES, *OTHERS} or ((ROOT / "chatops").exists() and known_in_code(named)), named


def known_in_code(name):
    """A constant of the code that a page for its readers names."""
    return any(re.search(rf"^{name}\b", file.read_text(), re.MULTILINE) for file in (ROOT / "chatops").rglob("*.py"))
