"""What happens to a new object between validation and storage: allotted addresses, job labels, namespaces."""

from __future__ import annotations

from chatops.sandbox.kubeapi.errors import forbidden, invalid, not_found
from chatops.sandbox.kubeapi.kinds import NAMESPACES, Obj, Resource
from chatops.sandbox.kubeapi.store import Store


def check_namespace(store: Store, resource: Resource, namespace: str, name: str) -> None:
    """ApiError 404 for a namespace that is not there, 403 for one that is going."""
    if not resource.namespaced:
        return
    found = store.find(NAMESPACES, "", namespace)
    if found is None:
        raise not_found(NAMESPACES, namespace)
    if "deletionTimestamp" in found["metadata"]:
        raise forbidden(
            resource,
            name,
            f"unable to create new content in namespace {namespace} because it is being terminated",
            causes=[
                {
                    "reason": "NamespaceTerminating",
                    "message": f"namespace {namespace} is being terminated",
                    "field": "metadata.namespace",
                }
            ],
        )


def prepare(store: Store, resource: Resource, obj: Obj) -> None:
    """Complete a new object in place."""
    if resource.key == "services":
        spec = obj["spec"]
        if spec.get("type") != "ExternalName" and not spec.get("clusterIP"):
            number = len(store.all(resource)) + 10
            spec["clusterIP"] = f"10.43.{number // 250}.{number % 250}"
        if spec.get("clusterIP"):
            spec.setdefault("clusterIPs", [spec["clusterIP"]])
        obj.setdefault("status", {}).setdefault("loadBalancer", {})
    elif resource.key == "jobs.batch":
        _label_job(store, resource, obj)
    elif resource.key == "poddisruptionbudgets.policy":
        obj.setdefault("status", {})
    elif resource.key == "namespaces":
        obj["metadata"].pop("namespace", None)


def _label_job(store: Store, resource: Resource, obj: Obj) -> None:
    spec, meta = obj["spec"], obj["metadata"]
    if not meta.get("name"):
        meta["name"] = meta.get("generateName", "") + store.suffix()
    meta.setdefault("uid", store.new_uid())
    labels = {
        "batch.kubernetes.io/controller-uid": meta["uid"],
        "batch.kubernetes.io/job-name": meta["name"],
        "controller-uid": meta["uid"],
        "job-name": meta["name"],
    }
    template = spec["template"].setdefault("metadata", {})
    given = template.get("labels") or {}
    selector = {"matchLabels": {"batch.kubernetes.io/controller-uid": meta["uid"]}}
    if not spec.get("manualSelector"):
        _check_generated(resource, obj, given, labels, selector)
    template["labels"] = {**labels, **given}
    spec.setdefault("selector", selector)


def _check_generated(
    resource: Resource, obj: Obj, given: dict[str, str], labels: dict[str, str], selector: Obj
) -> None:
    """A copy of a Job must not carry the labels and the selector that were made for the original."""
    causes = [
        (
            "FieldValueInvalid",
            f"spec.template.metadata.labels[{key}]",
            f"Invalid value: \"{given[key]}\": must be '{value}'",
        )
        for key, value in labels.items()
        if given.get(key, value) != value
    ]
    if obj["spec"].get("selector", selector) != selector:
        causes.append(("FieldValueInvalid", "spec.selector", "Invalid value: `selector` not auto-generated"))
    if causes:
        raise invalid(resource, str(obj["metadata"]["name"]), causes)
