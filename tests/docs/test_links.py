"""Links between the papers lead somewhere, and every page is led to."""

import re

import pytest

from tests.docs.papers import ROOT, anchors_of, links_of, name_of, papers

PAGES = papers()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page):
    for link in links_of(page):
        if re.match(r"[a-z]+:", link):
            assert link.startswith("https://"), f"{link}: only https leads out"
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors_of(target), link


def test_the_index_leads_to_every_page_of_the_folder():
    index = ROOT / "docs" / "README.md"
    led = {(index.parent / link.partition("#")[0]).resolve() for link in links_of(index)}
    there = {page for page in (ROOT / "docs").glob("*.md") if page != index}
    assert {name_of(page) for page in there - led} == {"docs/settings.ru.md"}, "only led to from its English twin"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_named_in_passing_exists(page):
    """Paths in code: `chatops/core/`, `tests/docs/`, `migrations/sqlite/`."""
    folders = "chatops|migrations|docs|tests|bench|deploy"
    for named in re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text()):
        assert (ROOT / named).exists() or named.startswith("deploy/"), named
