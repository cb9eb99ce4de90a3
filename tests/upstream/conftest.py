"""The stand-ins, and the real Alertmanager where it is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.prometheus import PrometheusServer
from tests.upstream.real import BINARY, RealAlertmanager, real_alertmanager

REAL = pytest.param(
    "real",
    marks=[
        pytest.mark.alertmanager,
        pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
    ],
)


@pytest.fixture
def server() -> Iterator[AlertmanagerServer]:
    with AlertmanagerServer() as running:
        yield running


@pytest.fixture
def prometheus() -> Iterator[PrometheusServer]:
    with PrometheusServer() as running:
        yield running


@pytest.fixture(params=["sandbox", REAL])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AlertmanagerServer | RealAlertmanager]:
    """What holds for the stand-in holds for the real one."""
    if request.param == "sandbox":
        with AlertmanagerServer() as running:
            yield running
    else:
        with real_alertmanager(tmp_path) as real:
            yield real
