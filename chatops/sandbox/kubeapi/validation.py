"""What the API server refuses before it stores: names, required fields, immutable and negative ones."""

from __future__ import annotations

import re

from chatops.sandbox.kubeapi.errors import ApiError, bad_request, invalid
from chatops.sandbox.kubeapi.kinds import Obj, Resource
from chatops.sandbox.kubeapi.quantities import quantity
from chatops.sandbox.kubeapi.selectors import from_selector

_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_TEMPLATED = ("deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps")
Cause = tuple[str, str, str]


def _required(field: str, detail: str = "") -> Cause:
    return "FieldValueRequired", field, "Required value" + (f": {detail}" if detail else "")


def _bad(field: str, value: object, why: str) -> Cause:
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return "FieldValueInvalid", field, f"Invalid value: {shown}: {why}"


def _check_metadata(meta: Obj) -> None:
    for field in ("labels", "annotations"):
        pairs = meta.get(field)
        if pairs is None:
            continue
        if not isinstance(pairs, dict) or not all(isinstance(each, str) for each in pairs.values()):
            raise bad_request(f"json: cannot unmarshal into Go struct field ObjectMeta.metadata.{field} of type string")
    for field, kind in (("finalizers", str), ("ownerReferences", dict)):
        items = meta.get(field)
        if items is None:
            continue
        if not isinstance(items, list) or not all(isinstance(each, kind) for each in items):
            raise bad_request(f"json: cannot unmarshal into Go struct field ObjectMeta.metadata.{field}")
    if not all("uid" in each for each in meta.get("ownerReferences") or ()):
        raise bad_request("metadata.ownerReferences.uid: Required value: uid must not be empty")


def _name_problems(resource: Resource, obj: Obj) -> list[Cause]:
    meta = obj.get("metadata")
    if not isinstance(meta, dict):
        raise bad_request("metadata: expected an object")
    _check_metadata(meta)
    name = meta.get("name") or ""
    if not name and not meta.get("generateName"):
        return [_required("metadata.name", "name or generateName is required")]
    label_only = resource.key in ("namespaces", "services")
    form, words = (_LABEL, _LABEL_WORDS) if label_only else (_SUBDOMAIN, _SUBDOMAIN_WORDS)
    limit = 63 if label_only else 253
    if resource.group == "rbac.authorization.k8s.io":
        return []
    if name and (not isinstance(name, str) or not form.match(name) or len(name) > limit):
        return [_bad("metadata.name", name, words)]
    return []


def _pod_spec_problems(spec: object, path: str) -> list[Cause]:
    if not isinstance(spec, dict) or not spec.get("containers"):
        return [_required(f"{path}.containers")]
    found: list[Cause] = []
    for index, container in enumerate(spec["containers"]):
        where = f"{path}.containers[{index}]"
        if not isinstance(container, dict) or not container.get("name"):
            found.append(_required(f"{where}.name"))
        elif not container.get("image"):
            found.append(_required(f"{where}.image"))
        else:
            found += _resource_problems(container.get("resources") or {}, f"{where}.resources")
    names = [each.get("name") for each in spec["containers"] if isinstance(each, dict)]
    found.extend(
        ("FieldValueDuplicate", f"{path}.containers[{index}].name", f'Duplicate value: "{name}"')
        for index, name in enumerate(names)
        if name in names[:index]
    )
    return found


def _resource_problems(resources: Obj, path: str) -> list[Cause]:
    limits = resources.get("limits") or {}
    for name, value in [*limits.items(), *(resources.get("requests") or {}).items()]:
        try:
            quantity(value)
        except ValueError:
            why = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            raise bad_request(f'unable to parse quantity of {name} "{value}": {why}') from None
    return [
        _bad(f"{path}.requests", value, f"must be less than or equal to {name} limit of {limits[name]}")
        for name, value in (resources.get("requests") or {}).items()
        if name in limits and quantity(value) > quantity(limits[name])
    ]


def _count_problems(spec: Obj, *fields: str) -> list[Cause]:
    found: list[Cause] = []
    for field in fields:
        value = spec.get(field)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise bad_request(f"json: cannot unmarshal into Go struct field .spec.{field} of type int32")
        if value < 0:
            found.append(_bad(f"spec.{field}", value, "must be greater than or equal to 0"))
    return found


def _rolling_problems(spec: Obj) -> list[Cause]:
    found: list[Cause] = []
    for strategy in ("strategy", "updateStrategy"):
        rolling = (spec.get(strategy) or {}).get("rollingUpdate") or {}
        for field in ("maxSurge", "maxUnavailable"):
            value = rolling.get(field)
            if value is not None and not re.fullmatch(r"\d+|\d+%", str(value)):
                why = "a valid percent string must be a numeric string followed by an ending '%'"
                found.append(_bad(f"spec.{strategy}.rollingUpdate.{field}", value, why))
    return found


def _template_problems(spec: Obj) -> list[Cause]:
    found = _count_problems(spec, "replicas", "revisionHistoryLimit", "minReadySeconds")
    template = spec.get("template")
    if not isinstance(template, dict):
        return [*found, _required("spec.template")]
    found += _pod_spec_problems(template.get("spec"), "spec.template.spec")
    found += _rolling_problems(spec)
    selector = spec.get("selector")
    if not selector:
        found.append(_required("spec.selector"))
        return found
    labels = (template.get("metadata") or {}).get("labels") or {}
    requirements = from_selector(selector) or ()
    if not all(each.holds(labels) for each in requirements):
        found.append(_bad("spec.template.metadata.labels", str(labels), "`selector` does not match template `labels`"))
    return found


def check(resource: Resource, obj: Obj) -> None:
    """ApiError 422 with every cause, or 400 for a wrong type, when the object cannot be stored."""
    found = _name_problems(resource, obj)
    spec = obj.get("spec")
    if spec is not None and not isinstance(spec, dict):
        raise bad_request("json: cannot unmarshal spec into Go struct")
    spec = spec or {}
    if resource.key in _TEMPLATED:
        found += _template_problems(spec)
    elif resource.key == "pods":
        found += _pod_spec_problems(spec, "spec")
    elif resource.key == "jobs.batch":
        found += _pod_spec_problems((spec.get("template") or {}).get("spec"), "spec.template.spec")
        found += _count_problems(spec, "parallelism", "completions", "backoffLimit")
        found += _job_name_problems(obj["metadata"])
    elif resource.key == "horizontalpodautoscalers.autoscaling":
        found += _autoscaler_problems(spec)
    elif resource.key == "resourcequotas":
        found += _quantity_problems("spec.hard", spec.get("hard") or {})
    elif resource.key == "persistentvolumeclaims":
        found += _quantity_problems("spec.resources.requests", (spec.get("resources") or {}).get("requests") or {})
    if found:
        raise invalid(resource, str(obj["metadata"].get("name", "")), found)


def _job_name_problems(meta: Obj) -> list[Cause]:
    """A Job's name is a label of its pods."""
    name = str(meta.get("name") or "")
    if len(name) <= 63:
        return []
    return [_bad("spec.template.labels", name, "must be no more than 63 characters")]


def _quantity_problems(path: str, amounts: Obj) -> list[Cause]:
    found: list[Cause] = []
    for name, value in amounts.items():
        try:
            number = quantity(value)
        except ValueError:
            form = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
            raise bad_request(f"quantities must match the regular expression '{form}'") from None
        if number < 0:
            found.append(_bad(f"{path}[{name}]", str(value), "must be greater than or equal to 0"))
    return found


def _autoscaler_problems(spec: Obj) -> list[Cause]:
    found: list[Cause] = []
    low, high = spec.get("minReplicas", 1), spec.get("maxReplicas", 0)
    if not isinstance(low, int) or not isinstance(high, int):
        raise bad_request("json: cannot unmarshal into Go struct field .spec.maxReplicas of type int32")
    if low < 1:
        found.append(_bad("spec.minReplicas", low, "must be greater than or equal to 1"))
    if high < 1:
        found.append(_bad("spec.maxReplicas", high, "must be greater than 0"))
    elif high < low:
        found.append(_bad("spec.maxReplicas", high, "must be greater than or equal to `minReplicas`"))
    return found


def check_change(resource: Resource, before: Obj, after: Obj) -> None:
    """ApiError 422 when a field that cannot be changed was."""
    name = str(before["metadata"]["name"])
    found: list[Cause] = []
    old, new = before.get("spec") or {}, after.get("spec") or {}
    if resource.key in _TEMPLATED and old.get("selector") != new.get("selector"):
        found.append(_bad("spec.selector", str(new.get("selector")), "field is immutable"))
    if resource.key == "jobs.batch":
        found += [
            _bad(f"spec.{field}", "...", "field is immutable")
            for field in ("selector", "template", "completionMode")
            if old.get(field) != new.get(field)
        ]
    if resource.key == "pods" and _frozen(old) != _frozen(new):
        words = (
            "pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
            "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
            "was previously negative)"
        )
        found.append(("FieldValueForbidden", "spec", f"Forbidden: {words}"))
    if found:
        raise invalid(resource, name, found)


def _frozen(spec: Obj) -> Obj:
    kept = {
        key: value
        for key, value in spec.items()
        if key not in ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds")
    }
    for field in ("containers", "initContainers"):
        if field in kept:
            kept[field] = [{k: v for k, v in each.items() if k != "image"} for each in kept[field]]
    return kept


def check_identity(resource: Resource, obj: Obj, *, namespace: str, name: str) -> None:
    """ApiError 400 when the body names another object than the URL."""
    meta = obj.get("metadata") or {}
    kind = obj.get("kind")
    if kind and kind != resource.kind:
        raise ApiError(
            400,
            "BadRequest",
            f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
            f'no kind "{kind}" is registered',
        )
    if name and meta.get("name") and meta["name"] != name:
        raise bad_request(f"the name of the object ({meta['name']}) does not match the name on the URL ({name})")
    if resource.namespaced and meta.get("namespace") and namespace and meta["namespace"] != namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
