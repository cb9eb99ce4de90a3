"""The page of licences says what the installed packages say of themselves."""

import re

from tests.docs.licences import BEGIN, END, PAGE, packages, table
from tests.docs.papers import ROOT

PERMISSIVE = re.compile(
    r"(?:Apache-2\.0|MIT|MIT-CMU|BSD|BSD-[23]-Clause|0BSD|ISC|PSF-2\.0|ZPL-2\.1|Zlib|CC0-1\.0| AND | OR )+"
)


def test_the_table_is_what_the_packages_say():
    """Otherwise: python -m tests.docs.licences."""
    assert PAGE.read_text().partition(BEGIN)[2].partition(END)[0].strip() == table()


def test_every_package_has_a_licence_and_one_that_asks_for_more_is_named_in_the_text():
    before = PAGE.read_text().partition(BEGIN)[0]
    for each in packages():
        assert each.licence, each.name
        if not PERMISSIVE.fullmatch(each.licence):
            assert each.name in before, f"{each.name} ({each.licence}): say above the table what that means"
            assert each.licence in before, each.name


def test_the_telegram_library_is_said_to_be_what_it_is():
    licences = {each.name: each.licence for each in packages()}
    assert licences["pyTelegramBotAPI"] == "GPL-2.0-only"
    for name in ("README.md", "README.ru.md", "docs/licences.md"):
        assert "GPL-2.0-only" in (ROOT / name).read_text()


def test_the_page_s_own_libraries_are_named():
    vendored = (ROOT / "chatops/web/miniapp/vendor/README.md").read_text()
    told = dict(re.findall(r"^\| `[\w.-]+` \| (\S+ [\d.]+) \| ([\w.-]+) \|", vendored, re.MULTILINE))
    rows = dict(re.findall(r"^\| (\S+ [\d.]+) \| ([\w.-]+) \|$", PAGE.read_text(), re.MULTILINE))
    # The hooks come in preact's own package.
    assert rows == told
