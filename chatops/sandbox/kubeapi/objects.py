"""The verbs on objects: get, list, create, replace, patch, delete. It knows neither HTTP nor who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chatops.sandbox.kubeapi import admission, defaults, managed_fields, signing, validation
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.errors import (
    ApiError,
    bad_request,
    conflict,
    not_found,
    rejected_patch,
    success,
    unsupported_media,
)
from chatops.sandbox.kubeapi.expansion import check_expansion
from chatops.sandbox.kubeapi.json_patch import PatchFailed, apply_json_patch
from chatops.sandbox.kubeapi.kinds import CLAIMS, Obj, Resource
from chatops.sandbox.kubeapi.merge_patch import apply_merge_patch
from chatops.sandbox.kubeapi.pages import Pages
from chatops.sandbox.kubeapi.selectors import (
    FieldTerm,
    Requirement,
    labels_match,
    parse_fields,
    parse_labels,
)
from chatops.sandbox.kubeapi.store import Store
from chatops.sandbox.kubeapi.strategic_patch import apply_strategic_patch

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_RETURNED = ("pods", "services")
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request is about. `name` is empty for a collection, `namespace` for all namespaces."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """Query parameters every write shares."""

    dry_run: bool = False
    manager: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects of a collection are meant."""

    labels: tuple[Requirement, ...] = ()
    fields: tuple[FieldTerm, ...] = ()

    @classmethod
    def parse(cls, resource: Resource, *, labels: str, fields: str) -> Selection:
        """Read both selectors; ApiError 400 when one is malformed."""
        return cls(labels=parse_labels(labels), fields=parse_fields(resource, fields))

    def holds(self, obj: Obj) -> bool:
        """Whether this object is meant."""
        return labels_match(self.labels, obj) and all(term.holds(obj) for term in self.fields)


class Objects:
    """The API's behaviour above the store."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store = store
        self._pages = pages

    def get(self, target: Target) -> Obj:
        """The object; ApiError 404."""
        return self._store.get(target.resource, target.namespace, target.name)

    def page(self, target: Target, selection: Selection, *, limit: int = 0, token: str = "") -> tuple[list[Obj], Obj]:
        """A page of the collection and the list's metadata."""
        if token:
            return self._pages.next(token, limit)
        items, version = self._store.snapshot(target.resource, target.namespace)
        found = [each for each in items if selection.holds(each)]
        return self._pages.first(found, version, limit, selected=bool(selection.labels or selection.fields))

    def create(self, target: Target, body: Obj, options: WriteOptions) -> Obj:
        """Validate, complete and store a new object."""
        resource = target.resource
        obj = copied(body)
        validation.check_identity(resource, obj, namespace=target.namespace, name="")
        meta = obj.setdefault("metadata", {})
        if not isinstance(meta, dict):
            raise bad_request("metadata: expected an object")
        if resource.namespaced:
            meta["namespace"] = target.namespace
        else:
            meta.pop("namespace", None)
        if meta.get("resourceVersion"):
            raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
        for owned in ("uid", "managedFields", "creationTimestamp"):
            meta.pop(owned, None)
        if "status" in resource.subresources:
            obj.pop("status", None)
        admission.check_namespace(self._store, resource, target.namespace, str(meta.get("name") or ""))
        validation.check(resource, obj)
        defaults.fill(resource, obj)
        admission.prepare(self._store, resource, obj)
        self._sign(obj, resource, options, "Update", "")
        return self._store.create(resource, obj, dry_run=options.dry_run, seeded=resource.key == "jobs.batch")

    def replace(self, target: Target, body: Obj, options: WriteOptions) -> Obj:
        """PUT: the whole object, or its status only under the status subresource."""
        obj = copied(body)
        validation.check_identity(target.resource, obj, namespace=target.namespace, name=target.name)
        before = self.get(target)
        meta = obj.setdefault("metadata", {})
        meta["name"] = target.name
        if target.namespace:
            meta["namespace"] = target.namespace
        return self._write(target, before, obj, options, "Update")

    def patch(self, target: Target, body: Any, content_type: str, options: WriteOptions, *, force: bool = False) -> Obj:
        """Any of the patches. Without a resourceVersion in the patch a concurrent write is patched anew."""
        if content_type == APPLY_PATCH:
            return self._apply(target, body, options, force=force)
        for attempt in range(_TRIES):
            before = self.get(target)
            after = self._patched(target, before, body, content_type)
            pinned = after["metadata"].get("resourceVersion") != before["metadata"]["resourceVersion"]
            try:
                return self._write(target, before, after, options, "Update")
            except ApiError as problem:
                if problem.reason != "Conflict" or pinned or attempt == _TRIES - 1:
                    raise
        raise conflict(target.resource, target.name)

    def _patched(self, target: Target, before: Obj, body: Any, content_type: str) -> Obj:
        if content_type == JSON_PATCH:
            try:
                after = apply_json_patch(before, body)
            except PatchFailed as problem:
                raise rejected_patch() from problem
        elif content_type == MERGE_PATCH:
            after = apply_merge_patch(before, body)
        elif content_type == STRATEGIC_PATCH:
            if target.resource.custom:
                raise unsupported_media(
                    "the body of the request was in an unknown format - accepted media types include: "
                    f"{JSON_PATCH}, {MERGE_PATCH}, {APPLY_PATCH}"
                )
            after = apply_strategic_patch(before, body)
        else:
            raise unsupported_media(
                "the body of the request was in an unknown format - accepted media types include: "
                f"{JSON_PATCH}, {MERGE_PATCH}, {STRATEGIC_PATCH}, {APPLY_PATCH}"
            )
        if not isinstance(after, dict) or not isinstance(after.get("metadata"), dict):
            raise rejected_patch()
        validation.check_identity(target.resource, after, namespace=target.namespace, name=target.name)
        return after

    def _apply(self, target: Target, body: Any, options: WriteOptions, *, force: bool) -> Obj:
        """Server-side apply, without field ownership: the given fields win, `force` or not."""
        del force
        if not isinstance(body, dict):
            raise bad_request("error decoding YAML: expected an object")
        if self._store.find(target.resource, target.namespace, target.name) is None:
            body = {**body, "metadata": {**(body.get("metadata") or {}), "name": target.name}}
            return self.create(target, body, options)
        before = self.get(target)
        merge = apply_merge_patch if target.resource.custom else apply_strategic_patch
        return self._write(target, before, merge(before, body), options, "Apply")

    def _write(self, target: Target, before: Obj, after: Obj, options: WriteOptions, operation: str) -> Obj:
        resource = target.resource
        wanted = after["metadata"].get("resourceVersion")
        # Before anything is validated: of a stale write only that it is stale is said.
        if wanted and wanted != before["metadata"]["resourceVersion"]:
            raise conflict(resource, target.name)
        if target.subresource in ("status", "approval"):
            kept = copied(before)
            if target.subresource == "approval":
                kept["status"] = signing.approval_of(resource, before, after, self._store.clock)
            else:
                kept["status"] = copied(after.get("status") or {})
            kept["metadata"]["resourceVersion"] = after["metadata"].get("resourceVersion", "")
            if after["metadata"].get("uid"):
                kept["metadata"]["uid"] = after["metadata"]["uid"]
            after = kept
        else:
            after = copied(after)
            if "status" in resource.subresources:
                after.pop("status", None)
                if "status" in before:
                    after["status"] = copied(before["status"])
            defaults.fill(resource, after)
            validation.check(resource, after)
            validation.check_change(resource, before, after)
            if resource is CLAIMS:
                check_expansion(self._store, before, after)
        if managed_fields.without(after) == managed_fields.without(before):
            return before
        self._sign(after, resource, options, operation, target.subresource)
        # The comparison above saw `before`; the store must see the same version or refuse.
        if not wanted:
            after["metadata"]["resourceVersion"] = ""
        return self._store.replace(resource, after, dry_run=options.dry_run)

    def _sign(self, obj: Obj, resource: Resource, options: WriteOptions, operation: str, subresource: str) -> None:
        managed_fields.record(
            obj,
            manager=options.manager,
            operation=operation,
            api_version=resource.api_version,
            now=self._store.clock.now(),
            subresource=subresource,
        )

    def delete(self, target: Target, body: Obj, query: Obj, *, dry_run: bool) -> Obj:
        """DELETE with its options: grace period, propagation, preconditions."""
        resource = target.resource
        if target.namespace == "" and resource.namespaced:
            raise not_found(resource, target.name)
        conditions = body.get("preconditions") or {}
        grace = body.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
        policy = body.get("propagationPolicy") or query.get("propagationPolicy") or "Background"
        if policy not in ("Background", "Foreground", "Orphan"):
            raise bad_request(f'invalid DeleteOptions: propagationPolicy: Unsupported value: "{policy}"')
        finalizers = {"Foreground": ("foregroundDeletion",), "Orphan": ("orphan",)}.get(policy, ())
        if resource.key == "namespaces":
            finalizers = ("kubernetes",)
        if resource.key == "pods":
            finalizers = ()
        obj, gone = self._store.delete(
            resource,
            target.namespace,
            target.name,
            uid=conditions.get("uid"),
            resource_version=conditions.get("resourceVersion"),
            grace=None if grace is None else int(grace),
            finalizers=finalizers,
            dry_run=dry_run,
        )
        if gone and resource.key not in _RETURNED:
            return success(resource, target.name, obj["metadata"]["uid"])
        return obj

    def delete_collection(
        self, target: Target, selection: Selection, body: Obj, query: Obj, *, dry_run: bool
    ) -> list[Obj]:
        """Delete what the selection means; the objects as they were."""
        found = [each for each in self._store.all(target.resource, target.namespace) if selection.holds(each)]
        for each in found:
            meta = each["metadata"]
            one = Target(resource=target.resource, namespace=meta.get("namespace", ""), name=meta["name"])
            try:
                self.delete(one, body, query, dry_run=dry_run)
            except ApiError as problem:
                if problem.code != 404:
                    raise
        return found
