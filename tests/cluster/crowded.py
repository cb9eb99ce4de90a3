"""A loopback API server with one Deployment of very many pods, every answer encoded beforehand: only clients cost time.

It serves pages of whole pods and of Tables, one whole list, and as much discovery as `kubectl get pods` asks for. Run
as a program it prints its address and serves until its input ends.
"""

import contextlib
import json
import socket
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

PAGE = 500
STARTED = "2026-11-20T08:00:00Z"
Obj = dict[str, Any]

_LABELS = {"app": "web", "pod-template-hash": "7d9f8b6c5d"}
_RS = "web-7d9f8b6c5d"
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_COLUMNS = (
    ("Name", 0),
    ("Ready", 0),
    ("Status", 0),
    ("Restarts", 0),
    ("Age", 0),
    ("IP", 1),
    ("Node", 1),
    ("Nominated Node", 1),
    ("Readiness Gates", 1),
)


def name_of(number: int) -> str:
    """Names as the ReplicaSet controller makes them."""
    suffix = ""
    for _ in range(5):
        number, digit = divmod(number, len(_LETTERS))
        suffix += _LETTERS[digit]
    return f"{_RS}-{suffix}"


def broken(number: int) -> bool:
    """One in fifty crashes."""
    return number % 50 == 49


def pod(number: int) -> Obj:
    """A pod of about 6 KB, of which most is what nobody reads: managed fields, volumes, variables."""
    name, bad = name_of(number), broken(number)
    fields = {f"f:field-{n}": {".": {}, "f:name": {}, "f:value": {}} for n in range(45)}
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    running = {"running": {"startedAt": STARTED}}
    conditions = [
        {
            "type": kind,
            "status": "False" if bad and "Ready" in kind else "True",
            "lastTransitionTime": "2026-11-20T08:00:06Z",
        }
        for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    return {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "generateName": f"{_RS}-",
            "namespace": "shop",
            "uid": f"00000000-0000-4000-8000-{number:012d}",
            "resourceVersion": str(100_000 + number),
            "creationTimestamp": STARTED,
            "labels": _LABELS,
            "annotations": {"prometheus.io/scrape": "true", "checksum/config": "5f4dcc3b5aa765d61d8327deb882cf99"},
            "ownerReferences": [
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": _RS, "uid": "rs-1", "controller": True}
            ],
            "managedFields": [
                {"manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:spec": fields}}
                for manager in ("kube-controller-manager",)
            ],
        },
        "spec": {
            "volumes": [
                {"name": f"volume-{n}", "configMap": {"name": f"config-{n}", "defaultMode": 420}} for n in range(4)
            ],
            "containers": [
                {
                    "name": "web",
                    "image": "registry.example.org/shop/web:1.42.0",
                    "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                    "env": [
                        {"name": f"VARIABLE_{n}", "value": "some value that is about this long"} for n in range(14)
                    ],
                    "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}},
                    "volumeMounts": [{"name": f"volume-{n}", "mountPath": f"/etc/config/{n}"} for n in range(4)],
                    "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 10},
                    "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 10},
                }
            ],
            "nodeName": f"worker-{number % 250}",
            "serviceAccountName": "web",
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300}],
        },
        "status": {
            "phase": "Running",
            "conditions": conditions,
            "hostIP": "10.0.0.1",
            "podIP": "10.42.0.1",
            "qosClass": "Burstable",
            "startTime": STARTED,
            "containerStatuses": [
                {
                    "name": "web",
                    "ready": not bad,
                    "started": not bad,
                    "restartCount": 7 if bad else 0,
                    "image": "registry.example.org/shop/web:1.42.0",
                    "imageID": "registry.example.org/shop/web@sha256:" + "0" * 64,
                    "containerID": "containerd://" + "0" * 64,
                    "state": state if bad else running,
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}} if bad else {},
                }
            ],
        },
    }


def row(number: int, whole: Obj) -> Obj:
    """The pod as the API server's printer shows it, with its metadata beside."""
    bad = broken(number)
    cells = [
        name_of(number),
        "0/1" if bad else "1/1",
        "CrashLoopBackOff" if bad else "Running",
        "7 (3m ago)" if bad else "0",
        "5d1h",
        "10.42.0.1",
        f"worker-{number % 250}",
        "<none>",
        "<none>",
    ]
    return {
        "cells": cells,
        "object": {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": whole["metadata"]},
    }


class CrowdedServer:
    """Serves `count` pods of Deployment shop/web. `requests` are the paths asked for, in order."""

    def __init__(self, count: int, *, tables: bool = True) -> None:
        self.count = count
        self.requests: list[str] = []
        self._tables = tables
        self._answers: dict[str, bytes] = {}
        self._encode()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def kubeconfig(self, path: Path) -> str:
        path.write_text(kubeconfig(self.url))
        return str(path)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _encode(self) -> None:
        pods = [pod(number) for number in range(self.count)]
        rows = [row(number, whole) for number, whole in enumerate(pods)]
        bare = [{"cells": each["cells"]} for each in rows]
        forms = {
            "full": ("PodList", "items", pods),
            "None": ("Table", "rows", bare),
            "Metadata": ("Table", "rows", rows),
        }
        for form, (kind, field, items) in forms.items():
            for start in range(0, max(self.count, 1), PAGE):
                self._answers[f"{form} {start}"] = _page(kind, field, items[start : start + PAGE], start, self.count)
            self._answers[f"{form} all"] = _page(kind, field, items, 0, len(items))
        self._answers |= {path: _http(body) for path, body in _around(self.count).items()}

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            stream = peer.makefile("rb")
            while line := stream.readline():
                target = line.split()[1].decode()
                accept, length = "", 0
                while (header := stream.readline()) not in (b"\r\n", b""):
                    if header.lower().startswith(b"accept:"):
                        accept = header.decode()
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split()[1])
                stream.read(length)
                self.requests.append(target)
                peer.sendall(self._answer(target, accept))

    def _answer(self, target: str, accept: str) -> bytes:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not parts.path.endswith("/pods"):
            return self._answers.get(parts.path, _http({"kind": "Status", "code": 404}, "404 Not Found"))
        form = query.get("includeObject", "Metadata") if self._tables and "as=Table" in accept else "full"
        return self._answers[f"{form} {query.get('continue', '0') if 'limit' in query else 'all'}"]


_ANYTHING = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}


def kubeconfig(url: str) -> str:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "crowded",
        "contexts": [{"name": "crowded", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "users": [{"name": "u", "user": {}}],
    }
    return yaml.safe_dump(content)


def _http(body: Obj | bytes, status: str = "200 OK") -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def _page(kind: str, field: str, items: list[Obj], start: int, total: int) -> bytes:
    meta: Obj = {"resourceVersion": "200000"}
    if start + len(items) < total:
        # With a selector a server does not say how many remain.
        meta["continue"] = str(start + len(items))
    body: Obj = {"kind": kind, "apiVersion": "v1" if field == "items" else "meta.k8s.io/v1", "metadata": meta}
    if field == "rows":
        body["columnDefinitions"] = [
            {"name": name, "type": "string", "format": "", "description": "of a pod", "priority": wide}
            for name, wide in _COLUMNS
        ]
    return _http({**body, field: items})


def _around(count: int) -> dict[str, Obj]:
    template = {"metadata": {"labels": _LABELS}, "spec": {"containers": [{"name": "web", "image": "web:1.42.0"}]}}
    spec = {"replicas": count, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    ready = count - sum(map(broken, range(count)))
    status = {"replicas": count, "readyReplicas": ready, "updatedReplicas": count, "observedGeneration": 1}
    meta = {"name": "web", "namespace": "shop", "uid": "deploy-1", "generation": 1}
    owner = {"kind": "Deployment", "name": "web", "uid": "deploy-1", "controller": True}
    revision = {"deployment.kubernetes.io/revision": "1"}
    rs_meta = {"name": _RS, "namespace": "shop", "uid": "rs-1", "ownerReferences": [owner], "annotations": revision}

    def served(version: str, *kinds: tuple[str, str]) -> Obj:
        found = [
            {"name": plural, "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": ["get", "list"]}
            for plural, kind in kinds
        ]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": found}

    version = {"groupVersion": "apps/v1", "version": "v1"}
    group = {"name": "apps", "versions": [version], "preferredVersion": version}
    return {
        "/apis/apps/v1/namespaces/shop/deployments/web": {"metadata": meta, "spec": spec, "status": status},
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": {"status": {"resourceRules": [_ANYTHING]}},
        "/apis/apps/v1/namespaces/shop/replicasets": {"items": [{"metadata": rs_meta, "spec": spec}]},
        "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers": {"items": []},
        "/version": {"gitVersion": "v1.34.1"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]},
        "/api/v1": served("v1", ("pods", "Pod")),
        "/apis/apps/v1": served("apps/v1", ("deployments", "Deployment")),
    }


if __name__ == "__main__":
    server = CrowdedServer(int(sys.argv[1]))
    print(server.url, flush=True)
    sys.stdin.read()
