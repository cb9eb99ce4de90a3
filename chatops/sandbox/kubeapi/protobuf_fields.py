"""The fields of the protobuf messages that the stand-in reads, by the numbers of Kubernetes' `.proto` files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One known field: its JSON name and, for a message, what is inside.

    `pairs` is a map of texts, `many` a list, `raw` bytes (base64 in JSON), `moment` a metav1.Time.
    """

    name: str
    inside: dict[int, Field] | None = None
    number: bool = False
    flag: bool = False
    pairs: bool = False
    many: bool = False
    raw: bool = False
    moment: bool = False


def _text(name: str, *, many: bool = False) -> Field:
    return Field(name=name, many=many)


def _number(name: str) -> Field:
    return Field(name=name, number=True)


def _object(name: str, inside: dict[int, Field], *, many: bool = False) -> Field:
    return Field(name=name, inside=inside, many=many)


_SKIPPED = Field(name="")
"""What the API server takes from the stored object, whatever the body says."""

_OWNER = {
    1: _text("kind"),
    3: _text("name"),
    4: _text("uid"),
    5: _text("apiVersion"),
    6: Field(name="controller", flag=True),
    7: Field(name="blockOwnerDeletion", flag=True),
}
_META = {
    1: _text("name"),
    2: _text("generateName"),
    3: _text("namespace"),
    5: _text("uid"),
    6: _text("resourceVersion"),
    8: Field(name="creationTimestamp", moment=True),
    11: Field(name="labels", pairs=True),
    12: Field(name="annotations", pairs=True),
    13: _object("ownerReferences", _OWNER, many=True),
    14: _text("finalizers", many=True),
    17: _SKIPPED,
}
_RESOURCE = {
    1: _text("namespace"),
    2: _text("verb"),
    3: _text("group"),
    4: _text("version"),
    5: _text("resource"),
    6: _text("subresource"),
    7: _text("name"),
}
_OTHER = {1: _text("path"), 2: _text("verb")}
_REVIEWED = {
    1: Field(name="resourceAttributes", inside=_RESOURCE),
    2: Field(name="nonResourceAttributes", inside=_OTHER),
}
_PRECONDITIONS = {1: _text("uid"), 2: _text("resourceVersion")}
_DELETE_OPTIONS = {
    1: Field(name="gracePeriodSeconds", number=True),
    2: Field(name="preconditions", inside=_PRECONDITIONS),
    4: _text("propagationPolicy"),
}
_METADATA = Field(name="metadata", inside=_META)
_CONTAINER = {
    1: _text("name"),
    2: _text("image"),
    3: _text("command", many=True),
    4: _text("args", many=True),
    5: _text("workingDir"),
    8: _object("resources", {}),
    13: _text("terminationMessagePath"),
    14: _text("imagePullPolicy"),
    16: Field(name="stdin", flag=True),
    17: Field(name="stdinOnce", flag=True),
    18: Field(name="tty", flag=True),
    20: _text("terminationMessagePolicy"),
}
_POD_SPEC = {
    2: _object("containers", _CONTAINER, many=True),
    3: _text("restartPolicy"),
    4: _number("terminationGracePeriodSeconds"),
    5: _number("activeDeadlineSeconds"),
    6: _text("dnsPolicy"),
    8: _text("serviceAccountName"),
    11: Field(name="hostNetwork", flag=True),
    14: _object("securityContext", {}),
    19: _text("schedulerName"),
}
_TEMPLATE = {1: _METADATA, 2: _object("spec", _POD_SPEC)}
_JOB_SPEC = {
    1: _number("parallelism"),
    2: _number("completions"),
    3: _number("activeDeadlineSeconds"),
    6: _object("template", _TEMPLATE),
    7: _number("backoffLimit"),
    8: _number("ttlSecondsAfterFinished"),
    9: _text("completionMode"),
    10: Field(name="suspend", flag=True),
}
_REQUEST_SPEC = {
    1: Field(name="request", raw=True),
    2: _text("username"),
    3: _text("uid"),
    4: _text("groups", many=True),
    5: _text("usages", many=True),
    6: _SKIPPED,
    7: _text("signerName"),
    8: _number("expirationSeconds"),
}
_CONDITION = {
    1: _text("type"),
    2: _text("reason"),
    3: _text("message"),
    4: Field(name="lastUpdateTime", moment=True),
    5: Field(name="lastTransitionTime", moment=True),
    6: _text("status"),
}
_REQUEST_STATUS = {1: _object("conditions", _CONDITION, many=True), 2: Field(name="certificate", raw=True)}
KINDS: dict[str, dict[int, Field]] = {
    "SelfSubjectAccessReview": {1: _METADATA, 2: Field(name="spec", inside=_REVIEWED)},
    "SelfSubjectRulesReview": {1: _METADATA, 2: Field(name="spec", inside={1: _text("namespace")})},
    "SelfSubjectReview": {1: _METADATA},
    "Eviction": {1: _METADATA, 2: Field(name="deleteOptions", inside=_DELETE_OPTIONS)},
    "Namespace": {1: _METADATA},
    "DeleteOptions": _DELETE_OPTIONS,
    "Job": {1: _METADATA, 2: _object("spec", _JOB_SPEC), 3: _object("status", {})},
    "CertificateSigningRequest": {
        1: _METADATA,
        2: _object("spec", _REQUEST_SPEC),
        3: _object("status", _REQUEST_STATUS),
    },
}
STRICT = ("Job", "CertificateSigningRequest")
"""Kinds of which a field that is not known here is refused, unless it is empty."""
