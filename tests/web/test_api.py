"""The API on its own port: how the service is, what it counts, and that the description tells the truth."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chatops.web.api import api_server, build_api
from chatops.web.readiness import Part, PartState, Readiness
from tests.web.wire import Answer, Wire, head

PATIENCE = 10.0
SINCE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
READY = Readiness(
    alive=True,
    database_open=True,
    intake_listens=True,
    parts={
        "telegram": Part(PartState.DOWN, 'timeout: "api"', SINCE),
        "cluster prod": Part(PartState.UP, since=SINCE),
        "alertmanager": Part(PartState.OFF),
    },
)


class Service:
    def __init__(self) -> None:
        self.now: Readiness | None = READY
        server = api_server(build_api(self._ready), host="127.0.0.1", port=0, threads=1)
        server.start()
        self.server = server

    def _ready(self) -> Readiness:
        if self.now is None:
            raise RuntimeError("canary")
        return self.now

    def get(self, path: str, *headers: str) -> Answer:
        with Wire(self.server.port) as wire:
            wire.send(head(method="GET", path=path, headers=headers))
            return wire.answer()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.server.stop(PATIENCE)


def test_readiness_lists_every_part_and_a_part_that_is_down_keeps_nothing_back(service: Service) -> None:
    answer = service.get("/readyz")
    assert answer.status == 200
    assert answer.json() == {
        "ready": True,
        "database": "open",
        "intake": "listens",
        "parts": {
            "telegram": {"state": "down", "reason": 'timeout: "api"', "since": "2026-11-23T08:00:00Z"},
            "cluster prod": {"state": "up", "reason": "", "since": "2026-11-23T08:00:00Z"},
            "alertmanager": {"state": "off", "reason": "", "since": None},
        },
    }


@pytest.mark.parametrize(
    "now",
    [
        Readiness(alive=True, database_open=False, intake_listens=True),
        Readiness(alive=True, database_open=True, intake_listens=False),
        Readiness(alive=False, database_open=True, intake_listens=True),
    ],
)
def test_it_is_not_ready_unless_alerts_are_taken(service: Service, now: Readiness) -> None:
    service.now = now
    answer = service.get("/readyz")
    assert answer.status == 503
    assert answer.json()["ready"] is False


@pytest.mark.parametrize(("alive", "status"), [(True, 200), (False, 503)])
def test_health_is_red_once_the_supervisor_gave_up(service: Service, alive: bool, status: int) -> None:
    service.now = Readiness(alive=alive, database_open=False, intake_listens=False)
    assert service.get("/healthz").status == status


def test_metrics_are_prometheus_text(service: Service) -> None:
    answer = service.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"# TYPE chatops_webhooks_total counter" in answer.body
    openmetrics = service.get("/metrics", "Accept: application/openmetrics-text; version=1.0.0")
    assert openmetrics.headers["content-type"].startswith("application/openmetrics-text")
    assert openmetrics.body.endswith(b"# EOF\n")


def test_the_description_names_exactly_what_answers(service: Service) -> None:
    description = service.get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.")
    for path, operations in description["paths"].items():
        assert list(operations) == ["get"]
        answer = service.get(path)
        told = operations["get"]["responses"][str(answer.status)]["content"]
        assert answer.headers["content-type"].partition(";")[0] in told
    assert set(description["paths"]) == {"/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"}


def test_everything_else_is_a_problem(service: Service) -> None:
    service.get("/").assert_problem(404)
    service.get("/api/v1/alertmanager").assert_problem(404)
    service.get("/%ff").assert_problem(404)
    with Wire(service.server.port) as wire:
        wire.post(b"{}", path="/readyz").assert_problem(405)
    with Wire(service.server.port) as wire:
        wire.post(b"x" * 100_000, path="/readyz").assert_problem(413)
    service.now = None
    failed = service.get("/readyz")
    failed.assert_problem(500)
    assert b"canary" not in failed.body
