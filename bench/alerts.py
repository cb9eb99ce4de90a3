"""The alerts that measurements send: some 580 bytes each, as kube-prometheus makes them, each told by its number."""

import json
import time

TITLES = ("KubePodNotReady", "KubeDeploymentReplicasMismatch", "TargetDown", "KubeContainerWaiting")
ZERO = "0001-01-01T00:00:00Z"


def fingerprint(number: int) -> str:
    return f"{number:016x}"


def alert(number: int) -> dict[str, object]:
    """Most lie on one node, every twentieth is critical."""
    pod = f"checkout-{number:x}"
    return {
        "status": "firing",
        "labels": {
            "alertname": TITLES[number % len(TITLES)],
            "container": "checkout",
            "instance": "10.42.3.17:8080",
            "job": "kube-state-metrics",
            "namespace": ("shop", "mail", "ci")[number % 3],
            "node": "worker-3" if number % 8 else f"worker-{number % 5}",
            "pod": pod,
            "severity": "critical" if number % 20 == 7 else "warning",
        },
        "annotations": {
            "description": f"Pod {pod} has been in a non-ready state for longer than 15 minutes.",
            "summary": "Pod has been in a non-ready state for more than 15 minutes.",
        },
        "startsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "endsAt": ZERO,
        "generatorURL": "http://prometheus:9090/graph?g0.expr=kube_pod_status_phase",
        "fingerprint": fingerprint(number),
    }


def body(first: int, count: int = 1) -> bytes:
    """One group of the alerts `first`, `first + 1`, ..."""
    labels = {"alertname": TITLES[first % len(TITLES)], "group": str(first)}
    told = {
        "version": "4",
        "groupKey": f'{{}}:{{group="{first}"}}',
        "receiver": "chatops",
        "status": "firing",
        "groupLabels": labels,
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "truncatedAlerts": 0,
        "alerts": [alert(number) for number in range(first, first + count)],
    }
    return json.dumps(told).encode()
