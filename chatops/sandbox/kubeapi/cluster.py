"""The sandbox's cluster without its door: store, controllers and what the API answers from."""

from __future__ import annotations

import threading

from chatops.sandbox.kubeapi.access import Access
from chatops.sandbox.kubeapi.behaviours import Behaviours
from chatops.sandbox.kubeapi.clock import Clock, Tempo
from chatops.sandbox.kubeapi.controllers.autoscalers import AutoscalerController
from chatops.sandbox.kubeapi.controllers.budgets import BudgetController
from chatops.sandbox.kubeapi.controllers.cron_jobs import CronJobController
from chatops.sandbox.kubeapi.controllers.daemon_sets import DaemonSetController
from chatops.sandbox.kubeapi.controllers.deployments import DeploymentController
from chatops.sandbox.kubeapi.controllers.endpoint_slices import EndpointSliceController
from chatops.sandbox.kubeapi.controllers.expansions import ExpansionController
from chatops.sandbox.kubeapi.controllers.garbage import GarbageCollector
from chatops.sandbox.kubeapi.controllers.jobs import JobController
from chatops.sandbox.kubeapi.controllers.kubelet import Kubelet
from chatops.sandbox.kubeapi.controllers.loop import ControllerLoop
from chatops.sandbox.kubeapi.controllers.nodes import NodeController
from chatops.sandbox.kubeapi.controllers.quotas import QuotaController
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.controllers.replica_sets import ReplicaSetController
from chatops.sandbox.kubeapi.controllers.scheduler import Scheduler
from chatops.sandbox.kubeapi.controllers.signer import Signer
from chatops.sandbox.kubeapi.controllers.stateful_sets import StatefulSetController
from chatops.sandbox.kubeapi.exec import PodExec
from chatops.sandbox.kubeapi.faults import FaultScript
from chatops.sandbox.kubeapi.kinds import METRICS, Kinds
from chatops.sandbox.kubeapi.logs import PodLogs
from chatops.sandbox.kubeapi.metrics import Metrics
from chatops.sandbox.kubeapi.objects import Objects
from chatops.sandbox.kubeapi.pages import Pages
from chatops.sandbox.kubeapi.request import RequestLog
from chatops.sandbox.kubeapi.store import Store


class Cluster:
    """Everything behind the API. `speed` is how many scripted seconds pass in a real one."""

    def __init__(self, *, clock: Clock, token: str | None, speed: float, seed: int | None, metrics: bool) -> None:
        self.tempo = Tempo(speed)
        self.store = Store(clock, seed=seed)
        self.kinds = Kinds()
        if metrics:
            self.serve_metrics(on=True)
        self.pages = Pages()
        self.access = Access(token)
        self.behaviours = Behaviours()
        self.faults = FaultScript()
        self.requests = RequestLog()
        self.failing_checks: set[str] = set()
        self.closing = threading.Event()
        self.recorder = Recorder(self.store)
        self.kubelet = Kubelet(self.store, self.recorder, self.behaviours, tempo=self.tempo)
        self.nodes = NodeController(self.store, self.recorder, self.kubelet)
        self.objects = Objects(self.store, self.pages)
        self.logs = PodLogs(self.store, self.kubelet)
        self.exec = PodExec(self.store, self.kubelet, self.closing)
        self.metrics = Metrics(self.store, self.kubelet)
        self.loop = ControllerLoop(
            self.store,
            (
                GarbageCollector(self.store),
                self.nodes,
                CronJobController(self.store, self.recorder),
                JobController(self.store, self.recorder, tempo=self.tempo),
                DeploymentController(self.store, self.recorder, tempo=self.tempo),
                ReplicaSetController(self.store, self.recorder, tempo=self.tempo),
                StatefulSetController(self.store, self.recorder),
                DaemonSetController(self.store, self.recorder),
                Scheduler(self.store, self.recorder),
                self.kubelet,
                EndpointSliceController(self.store),
                BudgetController(self.store),
                AutoscalerController(self.store, self.recorder),
                ExpansionController(self.store, tempo=self.tempo),
                QuotaController(self.store),
                Signer(self.store),
                self.recorder,
            ),
        )

    def serve_metrics(self, *, on: bool) -> None:
        """Serve metrics.k8s.io, or take it away as when metrics-server is down."""
        if not on:
            self.kinds.remove_group("metrics.k8s.io")
            return
        for resource in METRICS:
            self.kinds.add(resource)
