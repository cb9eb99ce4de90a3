"""The eviction subresource: a deletion that asks the PodDisruptionBudgets first."""

from __future__ import annotations

from chatops.sandbox.kubeapi import admission
from chatops.sandbox.kubeapi.clock import stamp
from chatops.sandbox.kubeapi.conditions import is_ready
from chatops.sandbox.kubeapi.errors import ApiError, bad_request
from chatops.sandbox.kubeapi.kinds import BUDGETS, PODS, Obj
from chatops.sandbox.kubeapi.objects import Objects, Target
from chatops.sandbox.kubeapi.selectors import from_selector, labels_match
from chatops.sandbox.kubeapi.store import Store

_DONE: Obj = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _refused(message: str, *, retry_after: int | None = None) -> ApiError:
    return ApiError(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget.",
        details={"causes": [{"reason": "DisruptionBudget", "message": message}]},
        retry_after=retry_after,
    )


def _budgets(store: Store, pod: Obj) -> list[Obj]:
    return [
        budget
        for budget in store.all(BUDGETS, pod["metadata"]["namespace"])
        if labels_match(from_selector(budget["spec"].get("selector")), pod)
    ]


def _spend(store: Store, budget: Obj, pod: Obj, *, dry_run: bool) -> None:
    """Take one of the budget's disruptions; ApiError 429 when none is left."""
    meta, status = budget["metadata"], budget.get("status") or {}
    name = meta["name"]
    if int(status.get("observedGeneration", 0)) < int(meta.get("generation", 1)):
        raise _refused(f"The disruption budget {name} is still being processed by the server.", retry_after=10)
    if int(status.get("disruptionsAllowed", 0)) <= 0:
        raise _refused(
            f"The disruption budget {name} needs {status.get('desiredHealthy', 0)} healthy pods and has "
            f"{status.get('currentHealthy', 0)} currently"
        )
    if dry_run:
        return

    def edit(fresh: Obj) -> None:
        fresh["status"]["disruptionsAllowed"] -= 1
        moment = stamp(store.clock.now())
        fresh["status"].setdefault("disruptedPods", {})[pod["metadata"]["name"]] = moment

    store.change(BUDGETS, meta["namespace"], name, edit, bump_generation=False)


def evict(store: Store, objects: Objects, target: Target, body: Obj, *, dry_run: bool) -> Obj:
    """POST of an Eviction. ApiError 429 when a budget forbids it, 500 when several budgets claim the pod."""
    name = (body.get("metadata") or {}).get("name", target.name)
    if name != target.name:
        raise bad_request("name in URL does not match name in Eviction object")
    options = body.get("deleteOptions") or {}
    dry_run = dry_run or bool(options.get("dryRun"))
    plain = Target(resource=PODS, namespace=target.namespace, name=target.name)
    admission.check_namespace(store, PODS, target.namespace, target.name)
    with store.lock:
        pod = objects.get(plain)
        phase = (pod.get("status") or {}).get("phase")
        exempt = phase in ("Succeeded", "Failed", "Pending") or "deletionTimestamp" in pod["metadata"]
        if not exempt:
            budgets = _budgets(store, pod)
            if len(budgets) > 1:
                raise ApiError(
                    500,
                    "",
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
                )
            if budgets and not _may_skip(budgets[0], pod):
                _spend(store, budgets[0], pod, dry_run=dry_run)
        objects.delete(plain, options, {}, dry_run=dry_run)
    return _DONE


def _may_skip(budget: Obj, pod: Obj) -> bool:
    """A pod that is not ready may go when the budget is met without it, or its policy always allows."""
    if is_ready(pod):
        return False
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    return int(status.get("currentHealthy", 0)) >= int(status.get("desiredHealthy", 0)) > 0
