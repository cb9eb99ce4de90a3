"""The stand-in answers as Debian's Alertmanager does, the refusals above all: the same requests go to both."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.silences import fingerprint
from tests.upstream.real import BINARY, RealAlertmanager, real_alertmanager

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]

LABELS = {"alertname": "A", "namespace": "shop", "pod": 'a"\\\nb'}
SILENCE = {
    "matchers": [{"name": "alertname", "value": "A", "isRegex": False, "isEqual": True}],
    "startsAt": "2020-01-01T00:00:00Z",
    "endsAt": "2100-01-01T00:00:00Z",
    "createdBy": "@anna",
    "comment": "a comment",
}
ABSENT = "00000000-0000-0000-0000-000000000000"

Spoken = tuple[int, Any]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAlertmanager]:
    folder: Path = tmp_path_factory.mktemp("alertmanager")
    with real_alertmanager(folder) as running:
        yield running


@pytest.fixture(scope="module")
def stand_in() -> Iterator[AlertmanagerServer]:
    with AlertmanagerServer() as running:
        yield running


def ask(url: str, method: str, path: str, body: Any = None, kind: str = "application/json") -> Spoken:
    """Status and body; ids and times, which differ, are left out of it."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}{path}", data=data, method=method, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, read(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, read(error.read())


def read(body: bytes) -> Any:
    text = re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "ID", body.decode())
    text = re.sub(r"20[0-9]{2}-[0-9-]+T[0-9:.]+Z", "TIME", text)
    return json.loads(text) if text.strip() else None


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SILENCE.items() if key != name}


def matching(**fields: Any) -> dict[str, Any]:
    return {**SILENCE, "matchers": [{**SILENCE["matchers"][0], **fields}]}  # type: ignore[index,dict-item]  # a list


REQUESTS = {
    "an alert without labels": ("POST", "/api/v2/alerts", [{"labels": {}}]),
    "no matchers": ("POST", "/api/v2/silences", {**SILENCE, "matchers": []}),
    **{f"without {name}": ("POST", "/api/v2/silences", without(name)) for name in SILENCE},
    "an end before its start": ("POST", "/api/v2/silences", {**SILENCE, "endsAt": "2010-01-01T00:00:00Z"}),
    "an end in the past": (
        "POST",
        "/api/v2/silences",
        {**SILENCE, "startsAt": "2009-01-01T00:00:00Z", "endsAt": "2010-01-01T00:00:00Z"},
    ),
    "matching everything": ("POST", "/api/v2/silences", matching(value="")),
    "a name that is none": ("POST", "/api/v2/silences", matching(name="foo.bar")),
    "of an id that is not there": ("POST", "/api/v2/silences", {**SILENCE, "id": ABSENT}),
    "no author": ("POST", "/api/v2/silences", {**SILENCE, "createdBy": "", "comment": ""}),
    "ending one that is not there": ("DELETE", f"/api/v2/silence/{ABSENT}", None),
    "ending what is no id": ("DELETE", "/api/v2/silence/xyz", None),
    "showing one that is not there": ("GET", f"/api/v2/silence/{ABSENT}", None),
    "a filter that is none": ("GET", "/api/v2/alerts?filter=%22a%22%3D%22b%22", None),
    "a filter with a bare quote": ("GET", "/api/v2/alerts?filter=a%3D%22b%22c%22", None),
    "silences by a filter that is none": ("GET", "/api/v2/silences?filter=a", None),
    "a path that is not there": ("GET", "/api/v2/nothing", None),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_both_answer_the_same(real: RealAlertmanager, stand_in: AlertmanagerServer, request_: Any) -> None:
    assert ask(stand_in.url, *request_) == ask(real.url, *request_)


def test_a_body_of_another_kind(real: RealAlertmanager, stand_in: AlertmanagerServer) -> None:
    told = [ask(url, "POST", "/api/v2/silences", b"{}", "text/plain") for url in (real.url, stand_in.url)]
    assert told[0] == told[1]


def test_an_alert_and_its_silence_from_begin_to_end(real: RealAlertmanager, stand_in: AlertmanagerServer) -> None:
    told: list[list[Spoken]] = []
    for url in (real.url, stand_in.url):
        filtered = "/api/v2/alerts?filter=pod%3D%22a%5C%22%5C%5C%5Cnb%22"
        other = {**SILENCE, "comment": "another", "matchers": matching(value="B")["matchers"]}
        story = [
            ask(url, "POST", "/api/v2/alerts", [{"labels": LABELS, "generatorURL": "http://p/graph?g0.expr=up"}]),
            ask(url, "GET", filtered),
            ask(url, "GET", "/api/v2/alerts?filter=alertname%3DA"),
            ask(url, "GET", "/api/v2/alerts?filter=pod%3D%22elsewhere%22"),
            ask(url, "POST", "/api/v2/silences", other),
            ask(url, "GET", "/api/v2/silences?filter=alertname%3D%22B%22"),
            ask(url, "GET", "/api/v2/silences?filter=alertname%3D%22C%22"),
        ]
        told.append([(status, named(body)) for status, body in story])
    assert told[0] == told[1]


def named(body: Any) -> Any:
    """Receivers are the configuration's business."""
    if isinstance(body, list):
        return [{k: v for k, v in each.items() if k != "receivers"} for each in body]
    return body


def test_fingerprints_are_prometheus_own(real: RealAlertmanager) -> None:
    real.fire(LABELS)
    found = real.get("/api/v2/alerts?filter=alertname%3DA")
    assert [alert["fingerprint"] for alert in found if alert["labels"] == LABELS] == [fingerprint(LABELS)]
