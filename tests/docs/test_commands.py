"""The commands of the pages, run in order in a place that looks like the project."""

import shutil

import pytest

from tests.docs.papers import blocks, name_of, papers
from tests.docs.place import place

FIRST, LAST = "docs/getting-started.md", "docs/operations.md"
"""Who begins here has nothing yet; who reads of backups stops the service."""


MISSING = [tool for tool in ("make", "curl", "openssl") if shutil.which(tool) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
def test_the_commands_of_the_pages_work(tmp_path):
    pages = [name for name in map(name_of, papers()) if name not in (FIRST, LAST)]
    with place(tmp_path) as here:
        for page in (FIRST, *pages, LAST):
            for block in blocks("sh", page):
                here.do(block)


def test_the_russian_readme_has_the_same_commands():
    english, russian = ([(each.tag, each.text) for each in blocks("sh", f"README{end}.md")] for end in ("", ".ru"))
    assert english == russian
