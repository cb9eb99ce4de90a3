"""The service connects to the addresses of its settings and to no address that an alert names."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.prometheus import PrometheusServer
from tests.core.bodies import a_body, an_alert
from tests.flows.town import Service, town, until

HOOK = """
import json, os, sys

def hook(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.system",
                 "os.exec", "os.posix_spawn", "os.fork"):
        said = arguments[1] if event == "socket.connect" else arguments[:2]
        with open(os.environ["CHATOPS_TEST_HOOK"], "a") as out:
            out.write(json.dumps([event, said], default=str) + "\\n")

sys.addaudithook(hook)
"""
"""Python imports a `sitecustomize` before anything else; an audit hook can never be taken off again."""

NAMED = (
    "http://169.254.169.254/latest/meta-data/?g0.expr=up",
    "http://metadata.google.internal/computeMetadata/v1/",
    "file:///etc/passwd",
    "gopher://rebind.example:70/x",
)


@contextmanager
def canary() -> Iterator[tuple[str, socket.socket]]:
    """A port that somebody would knock at, were an address of an alert ever fetched."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", listening


def alert(address: str, name: str) -> dict[str, object]:
    return an_alert(
        fingerprint=name,
        labels={
            "alertname": "CrashLoop",
            "severity": "critical",
            "namespace": "shop",
            "pod": name,
            "instance": address,
        },
        annotations={
            "summary": f"look at {address}",
            "runbook_url": address,
            "dashboard_url": address,
            "graph": f"<img src={address}>",
        },
        generatorURL=f"{address}?g0.expr=up",
    )


def test_s10_no_address_of_an_alert_is_ever_connected_to(tmp_path):
    """S10: metadata services, files, a port of this machine; every button of the card is pressed beside it."""
    (tmp_path / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    seen = tmp_path / "connections"
    with canary() as (address, listening), AlertmanagerServer() as upstream, PrometheusServer() as prometheus:
        hooked = {"PYTHONPATH": str(tmp_path), "CHATOPS_TEST_HOOK": str(seen)}
        given = {"ALERTMANAGER_URL": upstream.url, "PROMETHEUS_URL": prometheus.url}
        with town(tmp_path, service=Service, **hooked, **given) as place:
            alerts = [alert(each, f"pod-{number}") for number, each in enumerate((address, *NAMED))]
            assert place.post(a_body(*alerts, externalURL=address)) == 200
            card = place.card("#1")
            for label in [label for label in card.buttons if "Take" not in label]:
                place.press(card, label)
            until(lambda: prometheus.asked or upstream.requests, "upstream was asked")
            assert place.post(a_body(*alerts, externalURL=address)) == 200
            until(lambda: _connected(seen), "the hook hears")
            allowed = {
                urlsplit(url).port for url in (place.bot_api.url, place.kubernetes.url, upstream.url, prometheus.url)
            }
        peers = _connected(seen)
        assert {host for host, _ in peers} <= {"127.0.0.1", "::1"}
        assert {port for _, port in peers} <= allowed
        assert len({port for _, port in peers}) >= 3, "the hook hears of all doors"
        try:
            listening.accept()
        except BlockingIOError:
            pass
        else:
            raise AssertionError("somebody knocked")
    told = seen.read_text(encoding="utf-8")
    for word in ("169.254", "metadata.google", "rebind", "Popen", "os."):
        assert word not in told


def _connected(seen) -> set[tuple[str, int]]:
    lines = seen.read_text(encoding="utf-8").splitlines() if seen.exists() else []
    return {tuple(said[:2]) for event, said in map(json.loads, lines) if event == "socket.connect" and len(said) >= 2}
