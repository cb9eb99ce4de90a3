"""A small stand-in for Prometheus and Alertmanager together, for the demo; the tests use the real Alertmanager.

It watches one Deployment of the Kubernetes stand-in and posts the webhooks that a crash-looping one causes, firing and
resolved. Where there is a stand-in of Alertmanager's API, the alert is listed there too, and a silence there is obeyed.
"""

import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.silences import fingerprint, stamp

EXPRESSION = "increase(kube_pod_container_status_restarts_total[10m])"
"""What the alert's rule measures; it fires above 1."""

GENERATOR_URL = f"http://prometheus.example:9090/graph?{urlencode({'g0.expr': f'{EXPRESSION} > 1', 'g0.tab': '1'})}"

WATCH_SECONDS = 1.0
CALM_SECONDS = 5
"""The alert ends after the Deployment was whole for this long, as `for:` and group intervals make it in earnest."""


class Alarm:
    """Fires once the Deployment lacks replicas, resolves once it has been whole again for a while.

    A webhook that is not answered 200 is sent again, as Alertmanager does.
    """

    def __init__(
        self,
        *,
        kubernetes: str,
        webhook: str,
        token: str,
        namespace: str,
        deployment: str,
        alertmanager: AlertmanagerServer | None = None,
    ) -> None:
        self._deployment_url = f"{kubernetes}/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}"
        self._pods_url = f"{kubernetes}/api/v1/namespaces/{namespace}/pods"
        self._webhook = webhook
        self._token = token
        self._namespace = namespace
        self._deployment = deployment
        self._alertmanager = alertmanager
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="alarm", daemon=True)
        self.fired_at: datetime | None = None
        self._labels: dict[str, str] = {}

    def start(self) -> None:
        self._thread.start()

    @property
    def started(self) -> bool:
        return self._thread.ident is not None

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        whole_for = 0.0
        while not self._stopped.wait(WATCH_SECONDS):
            try:
                whole = self._is_whole()
            except (urllib.error.URLError, OSError):
                continue
            whole_for = whole_for + WATCH_SECONDS if whole else 0.0
            if not whole and self.fired_at is None:
                self._labels = self._crashing_pod()
                self._post(firing_at=datetime.now(UTC), ended_at=None)
            elif self.fired_at is not None and whole_for >= CALM_SECONDS:
                self._post(firing_at=self.fired_at, ended_at=datetime.now(UTC))

    def _is_whole(self) -> bool:
        deployment = self._get(self._deployment_url)
        wanted = deployment["spec"].get("replicas", 1)
        status = deployment.get("status", {})
        return bool(status.get("readyReplicas", 0) >= wanted and status.get("updatedReplicas", 0) >= wanted)

    def _crashing_pod(self) -> dict[str, str]:
        for pod in self._get(self._pods_url)["items"]:
            name = pod["metadata"]["name"]
            statuses = pod.get("status", {}).get("containerStatuses", [])
            waiting = [s for s in statuses if "waiting" in s.get("state", {}) or s.get("restartCount")]
            if name.startswith(self._deployment) and waiting:
                return {"pod": name, "container": waiting[0]["name"]}
        return {"deployment": self._deployment}

    def _post(self, *, firing_at: datetime, ended_at: datetime | None) -> None:
        labels = {
            "alertname": "KubePodCrashLooping",
            "severity": "warning",
            "namespace": self._namespace,
            "job": "kube-state-metrics",
            "instance": "10.42.0.17:8443",
            **self._labels,
        }
        if self._alertmanager and self._told_silenced(self._alertmanager, labels, firing_at, ended_at):
            self.fired_at = None if ended_at else firing_at
            return
        body = webhook_body(
            labels,
            {
                "summary": "Pod is crash looping.",
                "runbook_url": "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping",
            },
            starts_at=firing_at,
            ends_at=ended_at,
        )
        request = urllib.request.Request(
            self._webhook,
            data=body,
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "Alertmanager/0.25.0",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10):
                self.fired_at = None if ended_at else firing_at
        except (urllib.error.URLError, OSError):
            return

    def _told_silenced(
        self, alertmanager: AlertmanagerServer, labels: dict[str, str], firing_at: datetime, ended_at: datetime | None
    ) -> bool:
        """List the alert as it is now; whether a silence hides it, so that no webhook is sent of it."""
        now = datetime.now(UTC)
        ends_at = ended_at or now + timedelta(days=1)
        alertmanager.fire(labels, startsAt=stamp(firing_at), endsAt=stamp(ends_at), generatorURL=GENERATOR_URL)
        return bool(alertmanager.silences.hiding(labels, now))

    def _get(self, url: str) -> Any:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return msgspec.json.decode(answer.read())


def webhook_body(
    labels: dict[str, str], annotations: dict[str, str], *, starts_at: datetime, ends_at: datetime | None
) -> bytes:
    """One alert as Alertmanager's webhook version 4 tells it."""
    status = "resolved" if ends_at else "firing"
    grouped = {name: labels[name] for name in ("alertname", "namespace") if name in labels}
    key = ", ".join(f'{name}="{value}"' for name, value in sorted(grouped.items()))
    alert = {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": starts_at,
        "endsAt": ends_at or datetime(1, 1, 1, tzinfo=UTC),
        "generatorURL": GENERATOR_URL,
        "fingerprint": fingerprint(labels),
    }
    return msgspec.json.encode(
        {
            "version": "4",
            "groupKey": f"{{}}:{{{key}}}",
            "truncatedAlerts": 0,
            "status": status,
            "receiver": "chatops",
            "groupLabels": grouped,
            "commonLabels": labels,
            "commonAnnotations": annotations,
            "externalURL": "http://alertmanager.example:9093",
            "alerts": [alert],
        }
    )
