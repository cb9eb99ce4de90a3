"""Scales HPA targets by a load that stays what it was: more pods share it, fewer carry more each."""

from __future__ import annotations

import math
from datetime import datetime

from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.conditions import merged
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.kinds import AUTOSCALERS, DEPLOYMENTS, STATEFUL_SETS, Obj
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "horizontal-pod-autoscaler"
LOAD = "sandbox/load-percent"
_TOLERANCE = 0.1
_TARGETS = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS}


class AutoscalerController:
    """The load is the annotation `sandbox/load-percent`: utilization of one pod if it carried everything."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def sync(self, now: datetime) -> list[datetime]:
        """Rescale and report."""
        for autoscaler in self._store.all(AUTOSCALERS):
            if "deletionTimestamp" not in autoscaler["metadata"]:
                self._reconcile(autoscaler, now)
        return []

    def _reconcile(self, autoscaler: Obj, now: datetime) -> None:
        meta, spec = autoscaler["metadata"], autoscaler["spec"]
        reference = spec["scaleTargetRef"]
        resource = _TARGETS.get(reference["kind"])
        target = self._store.find(resource, meta["namespace"], reference["name"]) if resource else None
        if resource is None or target is None:
            self._lost(autoscaler, reference, now)
            return
        current = int(target["spec"].get("replicas", 1))
        low, high = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
        load = (meta.get("annotations") or {}).get(LOAD, "")
        wanted, metrics = current, []
        if load.isdigit() and current:
            goal = self._goal(spec)
            used = round(int(load) / current)
            metrics = [self._metric(spec, used)]
            if abs(used / goal - 1) > _TOLERANCE:
                wanted = math.ceil(current * used / goal)
        desired = current if current == 0 else max(low, min(high, wanted))
        if desired != current:
            self._store.change(
                resource,
                meta["namespace"],
                reference["name"],
                lambda fresh: fresh["spec"].__setitem__("replicas", desired),
            )
            way = "above" if desired > current else "below"
            text = f"New size: {desired}; reason: cpu resource utilization (percentage of request) {way} target"
            self._recorder.record(autoscaler, "SuccessfulRescale", text, component=COMPONENT)
        limited = wanted > high or wanted < low
        conditions = (autoscaler.get("status") or {}).get("conditions") or []
        conditions = merged(
            conditions,
            "AbleToScale",
            "True",
            now,
            reason="ReadyForNewScale",
            message="recommended size matches current size",
        )
        conditions = merged(
            conditions,
            "ScalingActive",
            "True" if current else "False",
            now,
            reason="ValidMetricFound" if current else "ScalingDisabled",
            message="the HPA was able to successfully calculate a replica count from cpu resource utilization"
            if current
            else "scaling is disabled since the replica count of the target is zero",
        )
        conditions = merged(
            conditions,
            "ScalingLimited",
            "True" if limited else "False",
            now,
            reason=("TooManyReplicas" if wanted > high else "TooFewReplicas") if limited else "DesiredWithinRange",
            message="the desired replica count is more than the maximum replica count"
            if limited and wanted > high
            else "the desired count is within the acceptable range",
        )
        status: Obj = {
            "currentReplicas": current,
            "desiredReplicas": desired,
            "currentMetrics": metrics or None,
            "conditions": conditions,
        }
        scaled = stamp(now) if desired != current else (autoscaler.get("status") or {}).get("lastScaleTime")
        if scaled:
            status["lastScaleTime"] = scaled
        self._store.set_status(AUTOSCALERS, autoscaler, status)

    @staticmethod
    def _goal(spec: Obj) -> int:
        for metric in spec.get("metrics") or ():
            goal = ((metric.get("resource") or {}).get("target") or {}).get("averageUtilization")
            if goal:
                return int(goal)
        return 80

    @staticmethod
    def _metric(spec: Obj, used: int) -> Obj:
        name = "cpu"
        for metric in spec.get("metrics") or ():
            name = (metric.get("resource") or {}).get("name", name)
        current = {"averageUtilization": used, "averageValue": f"{used * 5 // 2}m"}
        return {"type": "Resource", "resource": {"name": name, "current": current}}

    def _lost(self, autoscaler: Obj, reference: Obj, now: datetime) -> None:
        missing = f'"{reference["name"]}" not found'
        why = f"the HPA controller was unable to get the target's current scale: {missing}"
        old = autoscaler.get("status") or {}
        conditions = merged(
            old.get("conditions") or [], "AbleToScale", "False", now, reason="FailedGetScale", message=why
        )
        status = {**old, "desiredReplicas": 0, "currentMetrics": None, "conditions": conditions}
        self._store.set_status(AUTOSCALERS, autoscaler, status)
