"""The changelog has the form it says it has."""

import re

from tests.docs.papers import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text()


def test_it_begins_with_what_is_not_released_and_goes_back_in_time():
    versions = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", TEXT, re.MULTILINE)
    assert len(versions) == len(re.findall(r"^## ", TEXT, re.MULTILINE))
    assert versions[0] == ("Unreleased", "")
    dates = [date for _, date in versions[1:]]
    assert all(dates)
    assert dates == sorted(dates, reverse=True)


def test_its_parts_are_those_of_keep_a_changelog():
    parts = set(re.findall(r"^### (.+)$", TEXT, re.MULTILINE))
    assert parts <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Known"}
