"""One calendar at an address or in a file: what is asked for, what is refused, and what is told of it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.rota_calendar import Copy
from chatops.upstream import calendar as calendar_module
from chatops.upstream.calendar import CalendarDoor
from tests.upstream.calendars import calendar, event, serving

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANNA = calendar(event("anna", ":20261125T080000Z", ":20261125T200000Z"))
OLEG = calendar(event("oleg", ":20261125T080000Z", ":20261125T200000Z"))
SECRET = "/private-canary/basic.ics?token=canary"


def titles(copy: Copy | None) -> list[str]:
    assert copy is not None
    return [each.title for each in copy.shifts]


def failure_of(door: CalendarDoor) -> Failure:
    with pytest.raises(Failure) as raised:
        door.read("", NOW)
    return raised.value


def test_it_is_read_again_only_where_it_changed() -> None:
    with serving(ANNA) as server:
        door = CalendarDoor(server.url + SECRET)
        first = door.read("", NOW)
        assert titles(first) == ["anna"]
        assert first is not None
        assert door.read(first.etag, NOW) is None
        server.change(OLEG)
        assert titles(door.read(first.etag, NOW)) == ["oleg"]
        assert [path for path, _ in server.asked] == [SECRET] * 3


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        (500, Temporary, Reason.SERVER_ERROR),
        (404, Permanent, Reason.NOT_FOUND),
        (401, Permanent, Reason.UNAUTHORIZED),
        (302, Permanent, Reason.NOT_CONFIGURED),
        (304, Permanent, Reason.NOT_CONFIGURED),
        (204, Permanent, Reason.REFUSED),
        ("huge", Permanent, Reason.REFUSED),
    ],
)
def test_what_its_server_may_do_is_a_failure_without_the_address(
    fault: int | str, kind: type[Failure], reason: Reason
) -> None:
    with serving(ANNA) as server:
        server.fault = fault
        door = CalendarDoor(server.url + SECRET)
        failure = failure_of(door)
        assert (type(failure), failure.reason) == (kind, reason)
        assert "canary" not in f"{failure} {failure.detail} {door.name}"
        assert len(server.asked) == 1, "a redirect is not followed"


def test_a_server_that_stops_in_the_middle_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_module, "READ_SECONDS", 0.2)
    with serving(ANNA) as server:
        server.fault = "slow"
        assert failure_of(CalendarDoor(server.url)).reason is Reason.TIMEOUT


def test_a_host_that_is_not_there_tells_no_address() -> None:
    failure = failure_of(CalendarDoor(f"http://anna:canary@127.0.0.1:9{SECRET}"))
    assert (type(failure), failure.reason) == (Temporary, Reason.UNREACHABLE)
    assert "canary" not in str(failure)


def test_webcal_is_https() -> None:
    """Whoever listens without TLS is not understood."""
    with serving(ANNA) as server:
        door = CalendarDoor(server.url.replace("http://", "webcal://"))
        assert failure_of(door).reason in (Reason.UNREACHABLE, Reason.NOT_CONFIGURED)
        assert server.asked == []


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rota.ics"
    door = CalendarDoor(str(path))
    assert failure_of(door).reason is Reason.NOT_FOUND
    path.write_bytes(ANNA)
    assert titles(door.read("", NOW)) == ["anna"]
    path.write_bytes(ANNA + b" " * calendar_module.LARGEST)
    assert failure_of(door).reason is Reason.REFUSED
    path.unlink()
    os.mkfifo(path)
    assert failure_of(door).reason is Reason.NOT_FOUND, "nobody waits for who writes into a pipe"
