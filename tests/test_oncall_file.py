"""The operator's file of who is on call: what it means, and each mistake with its line and mend."""

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatops.core.oncall import NOBODY, Member, Roster, Rotation, Step
from chatops.core.rota_calendar import Calendar
from chatops.oncall_file import parse_roster, read_roster

GOOD = """
people:
  anna: 1001
  oleg: {id: 1002, email: oleg@example.com}
rotas:
  primary:
    people: [anna, oleg]
    handover: {weekday: Monday, time: "10:00", zone: Europe/Moscow}
    start: 2026-11-23
  nights:
    calendar: https://example.com/private/basic.ics?token=canary
chain:
  - rota: primary
  - person: oleg
  - chat: -1001234567890
"""
ANNA, OLEG = Member(1001, "anna"), Member(1002, "oleg", "oleg@example.com")


def test_all_of_it() -> None:
    rota = Rotation((ANNA, OLEG), 0, time(10), ZoneInfo("Europe/Moscow"), date(2026, 11, 23))
    chain = (Step(rota="primary"), Step(OLEG), Step(chat_id=-1001234567890))
    nights = Calendar("https://example.com/private/basic.ics?token=canary")
    roster, problems = parse_roster(GOOD, "f")
    assert (roster, problems) == (Roster((ANNA, OLEG), {"primary": rota, "nights": nights}, chain), ())
    assert [each.email for each in roster.members] == ["", "oleg@example.com"]


def test_nothing_in_it_is_nobody() -> None:
    assert parse_roster("# nothing yet\n", "f") == (NOBODY, ())


def test_the_file_of_the_papers_is_understood() -> None:
    page = (Path(__file__).parent.parent / "docs/oncall.md").read_text()
    roster, problems = parse_roster(page.partition("```yaml\n")[2].partition("```")[0], "docs")
    assert not problems
    assert len(roster.chain) == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("anna: 1001", "anna: '@anna'", 3, "has no Telegram number"),
        ("id: 1002", "id: 1001", 4, "stands there twice"),
        ("id: 1002, ", "", 4, "has no Telegram number"),
        ("oleg@example.com", "oleg", 4, "has no e-mail address"),
        ("email:", "mail:", 4, "does not know `mail`"),
        ("https://example.com/", "ftp://example.com/", 11, "is not an address"),
        ("https://example.com/", "file:///", 11, "is not an address"),
        ("https://example.com/", "https:///", 11, "is not an address"),
        ("https://example.com/", "file:/", 11, "is no calendar"),
        ("https://example.com/private/basic.ics?token=canary", "[]", 11, "is no calendar"),
        ("?token=canary", "?to ken=canary", 11, "copy the whole address again"),
        ("?token=canary", "\n    start: 2026-11-23", 12, "does not know `start`"),
        ("[anna, oleg]", "[anna, olga]", 7, "nobody is called `olga`"),
        ("[anna, oleg]", "[]", 7, "is not a list of something"),
        ("Monday", "Mo", 8, "is no weekday"),
        ('"10:00"', '"25:00"', 8, "is no time of the day"),
        ("Europe/Moscow", "Moscow", 8, "is no time zone"),
        ("Europe/Moscow", "../../etc/passwd", 8, "is no time zone"),
        ("2026-11-23", "soon", 9, "is no date"),
        ("    start: 2026-11-23\n", "", 7, "has no `start`"),
        ("rota: primary", "rota: secondary", 13, "there is no rota `secondary`"),
        ("person: oleg", "person: eve", 14, "nobody is called `eve`"),
        ("chat: -1001234567890", "chat: '@ops'", 15, "has no chat number"),
        ("chat: -1001234567890", "chat: 1\n    rota: primary", 15, "more or less than one"),
        ("chain:", "chian:", 12, "does not know `chian`"),
        ("chain:", "chains:", 13, "`chains` is not a mapping"),
        ("chain:\n", "chains:\n  night: []\nchain:\n", 13, "`night` is not a list of something"),
        ("people:\n", "people: [\n", 0, "not YAML"),
    ],
)
def test_each_mistake_has_its_line_and_its_mend(old: str, new: str, line: int, said: str) -> None:
    roster, problems = parse_roster(GOOD.replace(old, new, 1), "f")
    assert roster == NOBODY
    assert said in problems[0]
    assert not line or problems[0].startswith(f"f:{line}: ")
    assert "canary" not in " ".join(problems), "who has a calendar's address may read it"


@pytest.mark.parametrize("address", ["webcal://example.com/a.ics", "http://u:p@calendars:8080/a", "/etc/a.ics"])
def test_what_a_calendars_address_may_be(address: str) -> None:
    roster, problems = parse_roster(f"rotas:\n  nights: {{calendar: '{address}'}}", "f")
    assert (roster.rotas, problems) == ({"nights": Calendar(address)}, ())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in read_roster(tmp_path / "none.yaml")[1][0]
    (tmp_path / "latin.yaml").write_bytes(b"people: \xff")
    assert "not UTF-8" in read_roster(tmp_path / "latin.yaml")[1][0]
