"""Failures as the API server words them: each is a `Status` object with its HTTP code."""

from __future__ import annotations

from chatops.sandbox.kubeapi.kinds import Obj, Resource

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"


class ApiError(Exception):
    """A refused request. `body()` is the Status object the client receives."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: Obj | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retry_after = retry_after

    def body(self) -> Obj:
        """The Status object, with the empty fields left out as the real server does."""
        status: Obj = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = dict(self.details)
        if self.retry_after:
            status.setdefault("details", {})["retryAfterSeconds"] = self.retry_after
        status["code"] = self.code
        return status


def _details(resource: Resource, name: str = "") -> Obj:
    details: Obj = {}
    if name:
        details["name"] = name
    if resource.group:
        details["group"] = resource.group
    details["kind"] = resource.plural
    return details


def not_found(resource: Resource, name: str) -> ApiError:
    """404: the object is not there."""
    return ApiError(404, "NotFound", f'{resource.qualified} "{name}" not found', details=_details(resource, name))


def unknown_path() -> ApiError:
    """404: no such resource is served."""
    return ApiError(404, "NotFound", "the server could not find the requested resource", details={})


def already_exists(resource: Resource, name: str) -> ApiError:
    """409: the name is taken."""
    return ApiError(
        409,
        "AlreadyExists",
        f'{resource.qualified} "{name}" already exists',
        details=_details(resource, name),
    )


def conflict(resource: Resource, name: str, why: str = MODIFIED) -> ApiError:
    """409: the writer looked at an older version."""
    return ApiError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {resource.qualified} "{name}": {why}',
        details=_details(resource, name),
    )


def precondition(name: str, what: str, *, wanted: str, found: str) -> ApiError:
    """409 of a DELETE whose uid or resourceVersion precondition does not hold.

    The registry words it without the resource, hence the two blanks.
    """
    last = "deleted and then recreated" if what == "UID" else "modified"
    why = (
        f"the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). "
        f"The object might have been {last}"
    )
    return ApiError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on  "{name}": {why}',
        details={"name": name},
    )


def invalid(resource: Resource, name: str, causes: list[tuple[str, str, str]]) -> ApiError:
    """422: `causes` are (reason, field, message), for instance FieldValueRequired."""
    wordings = [f"{field}: {message}" for _, field, message in causes]
    joined = wordings[0] if len(wordings) == 1 else "[" + ", ".join(wordings) + "]"
    details = {"name": name, "group": resource.group, "kind": resource.kind}
    if not resource.group:
        del details["group"]
    return ApiError(
        422,
        "Invalid",
        f'{resource.qualified_kind} "{name}" is invalid: {joined}',
        details={
            **details,
            "causes": [{"reason": reason, "message": text, "field": field} for reason, field, text in causes],
        },
    )


def rejected_patch() -> ApiError:
    """422 for a JSON patch that does not apply, a failed `test` included."""
    return ApiError(422, "Invalid", "the server rejected our request due to an error in our request", details={})


def bad_request(message: str) -> ApiError:
    """400: the request makes no sense."""
    return ApiError(400, "BadRequest", message)


def unsupported_media(message: str) -> ApiError:
    """415: a body of this content type is not taken here."""
    return ApiError(415, "UnsupportedMediaType", message)


def method_not_allowed() -> ApiError:
    """405: the resource does not know this verb."""
    return ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details={}
    )


def forbidden(resource: Resource, name: str, why: str, *, causes: list[Obj] | None = None) -> ApiError:
    """403 with the resource in front, as both the authorizer and admission word it."""
    named = f'{resource.qualified} "{name}"' if name else resource.qualified
    details = _details(resource, name)
    if causes:
        details["causes"] = causes
    return ApiError(403, "Forbidden", f"{named} is forbidden: {why}", details=details)


def unauthorized() -> ApiError:
    """401: no valid credentials."""
    return ApiError(401, "Unauthorized", "Unauthorized")


def expired(message: str) -> ApiError:
    """410: the version asked for is no longer kept."""
    return ApiError(410, "Expired", message)


def internal(message: str) -> ApiError:
    """500: something broke inside."""
    return ApiError(
        500,
        "InternalError",
        f"Internal error occurred: {message}",
        details={"causes": [{"message": message}]},
    )


def success(resource: Resource, name: str, uid: str) -> Obj:
    """The Status object a completed deletion answers with."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {**_details(resource, name), "uid": uid},
    }
