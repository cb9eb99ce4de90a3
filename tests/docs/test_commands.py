"""The commands of the pages, run in order in a place that looks like the project."""

import shutil

import pytest

from tests.docs.papers import blocks, name_of, papers
from tests.docs.place import place

FIRST, APART = "docs/getting-started.md", "docs/operations.md"
"""Who begins has nothing yet; who reads of backups stops the service, and has a place of their own."""

MISSING = [tool for tool in ("make", "curl", "openssl") if shutil.which(tool) is None]

# Each is a dozen processes, which a machine that others use takes its time for.
pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]

PAGES = [FIRST, *(name for name in map(name_of, papers()) if name not in (FIRST, APART))]


@pytest.mark.parametrize("pages", [PAGES, [APART]], ids=["all pages", "operations"])
def test_the_commands_of_the_pages_work(pages, tmp_path):
    with place(tmp_path) as here:
        for page in pages:
            for block in blocks("sh", page):
                here.do(block)


def test_the_russian_readme_has_the_same_commands():
    english, russian = ([(each.tag, each.text) for each in blocks("sh", f"README{end}.md")] for end in ("", ".ru"))
    assert english == russian
