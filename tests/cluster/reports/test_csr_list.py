"""csr_list: who waits for a certificate."""

from chatops.core.resources import Health
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes, related
from tests.cluster.sandbox import Obj, Sandbox

SERVING = "kubernetes.io/kubelet-serving"


def csr(name: str, username: str, condition: str = "") -> Obj:
    found: Obj = {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": {
            "signerName": SERVING,
            "username": username,
            "request": "Y2FuYXJ5LXJlcXVlc3Q=",
        },
    }
    if condition:
        found["status"] = {"conditions": [{"type": condition, "status": "True"}]}
    return found


def test_only_what_is_pending_oldest_first(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(csr("csr-z", "system:node:worker-1"), seconds=90)
    sandbox.apply(
        csr("csr-a", "system:node:worker-2"),
        csr("csr-b", "system:bootstrap:abcdef"),
        csr("csr-c", "system:node:worker-1", "Approved"),
        csr("csr-d", "system:node:worker-1", "Denied"),
        csr("csr-e", "system:node:worker-1", "Failed"),
        seconds=60,
    )
    told = read("csr_list", "Cluster")
    assert lines(told, "Pending") == [
        f"csr-z 2m30s · system:node:worker-1 · {SERVING}",
        f"csr-a 60s · system:node:worker-2 · {SERVING}",
        f"csr-b 60s · system:bootstrap:abcdef · {SERVING}",
    ]
    assert related(told) == [f"CertificateSigningRequest csr-{letter}" for letter in "zab"]
    assert all(ref.uid for ref in told.related)
    assert (facts(told), told.health) == ({"pending": "3"}, Health.WARN)
    assert "Y2FuYXJ5" not in str(told)
    own = read("csr_list", "Node", "worker-1")
    assert [line.split()[0] for line in lines(own, "Pending")] == ["csr-z", "csr-b"]


def test_none_is_pending(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(csr("csr-c", "system:node:worker-1", "Approved"))
    told = read("csr_list", "Cluster")
    assert (notes(told), told.health, told.sections) == (["no_pending_csr"], Health.GOOD, ())
