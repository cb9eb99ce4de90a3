"""Where each kind of object lives in the API. It builds paths and sends nothing."""

import re
from urllib.parse import quote

from chatops.core.failures import Permanent, Reason
from chatops.core.permissions import RESOURCES
from chatops.core.resources import CLUSTER_WIDE, ObjectRef

_VERSIONS = {
    "": "v1",
    "argoproj.io": "v1alpha1",
    "autoscaling": "v2",
    "helm.toolkit.fluxcd.io": "v2",
    "metrics.k8s.io": "v1beta1",
}
"""The version of each group; v1 in all others. Kinds that others serve are asked for in what `served` finds."""

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.:]{0,251}[a-z0-9])?")
"""A DNS-1123 subdomain; the colon is for the few system objects that carry one."""


def known(kind: str) -> bool:
    """Whether objects of this kind can be looked at here."""
    return kind in RESOURCES


def usual_version(group: str) -> str:
    """The version of the group that is asked for where nothing else is known."""
    return _VERSIONS.get(group, "v1")


def base(group: str, version: str = "") -> str:
    """`/api/v1` or `/apis/group/version`; the usual version where none is given."""
    version = version or usual_version(group)
    return f"/apis/{group}/{version}" if group else f"/api/{version}"


def named(text: str) -> bool:
    """Whether `text` can be the name of an object at all (labels are written by strangers)."""
    return _NAME.fullmatch(text) is not None


def collection(kind: str, namespace: str = "", version: str = "") -> str:
    """The path of all objects of `kind`, in one namespace or (empty) in all. Raises Permanent(REFUSED)."""
    try:
        group, plural = RESOURCES[kind]
    except KeyError:
        raise Permanent(Reason.REFUSED, f"{kind or 'nothing'} is not a kind this service looks at") from None
    if not namespace or kind in CLUSTER_WIDE:
        return f"{base(group, version)}/{plural}"
    return f"{base(group, version)}/namespaces/{_checked(namespace)}/{plural}"


def place(ref: ObjectRef, part: str = "", version: str = "") -> str:
    """The path of one object, or of its subresource `part` (status, log). Raises Permanent(REFUSED)."""
    if not ref.namespace and ref.kind not in CLUSTER_WIDE:
        raise Permanent(Reason.REFUSED, f"{ref.kind} {ref.name} without a namespace")
    path = f"{collection(ref.kind, ref.namespace, version)}/{_checked(ref.name)}"
    return f"{path}/{part}" if part else path


def _checked(name: str) -> str:
    if not named(name):
        raise Permanent(Reason.REFUSED, f"{name!r} cannot be the name of an object")
    return quote(name, safe="")
