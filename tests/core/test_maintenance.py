"""Maintenance: what was written, what it covers, and an incident that begins inside it."""

from datetime import UTC, datetime, timedelta

import pytest

from chatops.core.incidents import decide
from chatops.core.incidents.escalation import waits
from chatops.core.incidents.events import AlertsReceived, MaintenanceOver
from chatops.core.maintenance import LONGEST, Window, expected, reason_typed, span_typed
from chatops.core.screens.card import card
from chatops.core.texts import tongue
from tests.core.scene import NEW, an_alert, at, hear, told

NOW = datetime(2026, 11, 23, 21, 0, 30, tzinfo=UTC)
MINUTE = NOW.replace(second=0)
HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "begins", "length"),
    [
        ("2h", 0, 2),
        ("30min", 0, 0.5),
        ("90m", 0, 1.5),
        ("1d", 0, 24),
        ("22:00-23:30", 1, 1.5),
        ("20:00-22:00", -1, 2),
        ("23:00-01:00", 2, 2),
        ("20:00-01:00", -1, 5),
        ("10:00-11:00", 13, 1),
    ],
)
def test_a_span_that_was_written(text: str, begins: float, length: float) -> None:
    begin = MINUTE + begins * HOURS
    assert span_typed(text, NOW) == (begin, begin + length * HOURS)


def test_over_midnight_it_may_have_begun_yesterday() -> None:
    early = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert span_typed("23:00-01:00", early) == (midnight - HOURS, midnight + HOURS)


@pytest.mark.parametrize(
    "text", ["", "2", "0h", "8d", "999d", "25:00-26:00", "10:00-10:00", "10:61-11:00", "٢h", "2h3"]
)
def test_what_is_no_span(text: str) -> None:
    assert span_typed(text, NOW) is None
    assert timedelta(days=7) == LONGEST


def test_a_reason_is_short_and_holds_no_secret() -> None:
    assert reason_typed("password=hunter2hunter2 " + "x" * 500).count("hunter2") == 0
    assert len(reason_typed("x" * 500)) == 120


def window(number: int = 7, cluster: str = "*", namespace: str = "sh*", ends: float = 60) -> Window:
    return Window(number, cluster, namespace, at(0), at(ends), "new disks", "@anna")


def test_where_and_when_it_is_expected() -> None:
    assert expected([window()], "prod", "shop", at(-1)) is None
    assert expected([window()], "prod", "shop", at(60)) is None
    assert expected([window()], "prod", "mail", at(1)) is None
    assert expected([window()], "prod", "", at(1)) is None, "a node is in no namespace"
    assert expected([window(namespace="*")], "prod", "", at(1))
    found = expected([window(1), window(2, ends=90), window(3)], "prod", "shop", at(1))
    assert found
    assert found.window == 2, "the one that ends last"


def begun(*windows: Window, minute: float = 1):
    notification = told(an_alert(severity="critical"))
    return decide(NEW, AlertsReceived(notification, windows=windows), now=at(minute)).incident


def test_what_begins_inside_is_silent_says_so_and_waits_for_nobody() -> None:
    incident = begun(window())
    drawn = card(incident, tongue("en"), now=at(2))
    assert drawn.silent
    assert "🛠 maintenance until" in drawn.html
    assert "@anna: new disks" in drawn.html
    assert not waits(incident)
    outside = begun(window(namespace="mail"))
    assert waits(outside)
    assert not card(outside, tongue("en"), now=at(2)).silent


def test_when_it_is_over_the_incident_waits_for_somebody() -> None:
    incident = begun(window())
    over = decide(incident, MaintenanceOver(), now=at(61)).incident
    assert over.revision == incident.revision + 1
    assert over.escalation.waits_since == at(61)
    assert "🛠" not in card(over, tongue("en"), now=at(61)).html
    assert decide(over, MaintenanceOver(), now=at(62)).incident == over


def test_what_began_before_is_as_it_was() -> None:
    incident = begun()
    later = decide(incident, AlertsReceived(told(an_alert("b", since=3)), windows=(window(),)), now=at(3)).incident
    assert later.maintenance is None


def test_what_fires_again_inside_is_as_what_begins_there() -> None:
    ended = hear(begun(), an_alert(firing=False, until=3, severity="critical"), minute=3).incident
    again = AlertsReceived(told(an_alert(since=12, severity="critical")), windows=(window(),))
    assert decide(ended, again, now=at(12)).incident.maintenance
