"""exec over TLS: the same trust as every other request has, and none where it is not deserved."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chatops.cluster import Cluster
from chatops.cluster import exec as execution
from chatops.cluster.exchange import Upgrade
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Report
from tests.cluster.sandbox import NOW, Sandbox, pod

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def certificate(folder: Path, name: str, host: str) -> Path:
    """A self-signed certificate for `host`, with its key in the same file."""
    path = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName={host}", "-keyout", f"{path}.key", "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(Path(f"{path}.crt").read_bytes() + Path(f"{path}.key").read_bytes())
    return path


class Front:
    """Ends TLS in front of a plain server."""

    def __init__(self, port: int, pem: Path) -> None:
        self._to = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]  # a function
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = self._listening.accept()
                try:
                    outer = self._context.wrap_socket(raw, server_side=True)
                except OSError:
                    raw.close()
                    continue
                inner = socket.create_connection(("127.0.0.1", self._to))
                self._open += [outer, inner]
                self._start(self._pass_on, outer, inner)
                self._start(self._pass_on, inner, outer)

    @staticmethod
    def _pass_on(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for each in self._open:
            each.close()


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "server", "IP:127.0.0.1")


@pytest.fixture
def front(sandbox: Sandbox, pem: Path) -> Iterator[Front]:
    sandbox.server.access.add_token("good-token", user="bot")
    built = Front(sandbox.server.port, pem)
    yield built
    built.close()


def diagnose(sandbox: Sandbox, port: int, folder: Path, **trust: object) -> Report:
    """A diagnostic by a kubeconfig that says `trust` of the cluster."""
    sandbox.apply(pod("web"))
    config = yaml.safe_load(Path(sandbox.kubeconfig).read_text())
    config["clusters"][0]["cluster"] = {"server": f"https://127.0.0.1:{port}", **trust}
    config["users"][0]["user"] = {"token": "good-token"}
    path = folder / "tls-config"
    path.write_text(yaml.safe_dump(config))
    cluster = Cluster("demo", str(path), threading.Event(), sleep=lambda _: None, diagnostics=True)
    try:
        ref = sandbox.ref("Pod", "web")
        return cluster.report("exec_diag", ref, {"container": "app", "command": "disk"}, NOW)
    finally:
        cluster.close()


def test_a_trusted_server(sandbox: Sandbox, front: Front, pem: Path, tmp_path: Path) -> None:
    report = diagnose(sandbox, front.port, tmp_path, **{"certificate-authority": f"{pem}.crt"})
    assert report.facts == (("exit code", "0"),)


def test_a_server_that_need_not_be_trusted(sandbox: Sandbox, front: Front, tmp_path: Path) -> None:
    report = diagnose(sandbox, front.port, tmp_path, **{"insecure-skip-tls-verify": True})
    assert report.facts == (("exit code", "0"),)


def test_the_socket_itself_trusts_no_stranger_and_no_other_name(
    sandbox: Sandbox, front: Front, pem: Path, tmp_path: Path
) -> None:
    """By itself: the requests before it would stop at the same certificate."""
    other = certificate(tmp_path, "other", "IP:127.0.0.2")
    elsewhere = Front(sandbox.server.port, other)
    for port, trusted in ((front.port, f"{other}.crt"), (elsewhere.port, f"{other}.crt"), (front.port, None)):
        configuration = type("Configuration", (), {})()
        configuration.verify_ssl, configuration.assert_hostname = True, None
        configuration.ssl_ca_cert, configuration.ca_cert_data, configuration.cert_file = trusted, None, None
        configuration.tls_server_name = configuration.proxy = None
        upgrade = Upgrade(f"https://127.0.0.1:{port}/x", {}, configuration, 3.0, frozenset())
        with pytest.raises(Permanent) as caught:
            execution._connect(execution._Bounded(1), upgrade)
        assert (caught.value.reason, "ertificate" in caught.value.detail) == (Reason.NOT_CONFIGURED, True)
    elsewhere.close()
