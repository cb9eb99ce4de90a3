"""The OpenAPI description of what APP_PORT serves, made of the operations themselves: it cannot say anything else."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import msgspec

from chatops import __version__
from chatops.web.operations import GREATEST, ROOT, Operation
from chatops.web.readiness import HealthTold, ReadinessTold

_PROBLEM = {
    "description": "An error, as RFC 9457 problem details.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_REFERENCE = "#/components/schemas/{name}"

INFO = {"title": "chatops", "version": __version__}

SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A session (`POST /api/v1/session`), or a token of one's own (`POST /api/v1/tokens`).",
    },
    "launch": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`tma` and the initData of the Mini App: any number of looks for an hour, one change.",
    },
}


def described(operations: Sequence[Operation]) -> dict[str, Any]:
    """The document."""
    types = [each for o in operations for each in (o.answers, o.query, o.body) if each not in (None, str)]
    told = list(dict.fromkeys([*types, HealthTold, ReadinessTold]))
    schemas, components = msgspec.json.schema_components(told, ref_template=_REFERENCE)
    schema_of = dict(zip(told, schemas, strict=True))
    queries = {o.query.__name__ for o in operations if o.query}
    paths: dict[str, Any] = {
        "/healthz": _get(
            "Whether the process lives.",
            {
                "200": _json("It lives.", schema_of[HealthTold]),
                "503": _json("Its supervisor gave up; it is about to end.", schema_of[HealthTold]),
            },
        ),
        "/readyz": _get(
            "Whether alerts are taken, and how each outside part is.",
            {
                "200": _json("Alerts are taken.", schema_of[ReadinessTold]),
                "503": _json("They are not.", schema_of[ReadinessTold]),
            },
        ),
        "/metrics": _get("Counters for Prometheus.", {"200": _text("Prometheus text.", "text/plain")}),
        f"{ROOT}/openapi.json": _get("This description.", {"200": _json("OpenAPI 3.1.", {"type": "object"})}),
    }
    for operation in operations:
        paths.setdefault(ROOT + operation.path, {})[operation.method.lower()] = _told(operation, schema_of, components)
    kept = {name: schema for name, schema in components.items() if name not in queries}
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "paths": paths,
        "components": {"schemas": {**kept, "Problem": _PROBLEM_SCHEMA}, "securitySchemes": SECURITY},
    }


def _told(operation: Operation, schema_of: dict[Any, Any], components: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*_in_path(operation), *_in_query(operation, components)],
        "responses": {str(operation.status): _answer(operation, schema_of), **_problems(operation)},
    }
    if operation.tag is not None:
        told["responses"]["304"] = {"description": "What the caller has is as it is."}
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema_of[operation.body]}}}
    if not operation.open:
        told["security"] = [{name: []} for name in SECURITY]
    return told


def _problems(operation: Operation) -> dict[str, Any]:
    """Every error there can be: what is not here is never answered."""
    statuses = {401, 403, 503}
    statuses |= {400} if operation.query is not None or operation.body is not None else set()
    statuses |= {404} if "{" in operation.path else set()
    statuses |= {400, 409, 413, 415, 429, 500} if operation.changes else set()
    statuses |= {404, 409, 502, 504} if operation.asks_others else set()
    return {str(status): _PROBLEM for status in sorted(statuses)}


def _answer(operation: Operation, schema_of: dict[Any, Any]) -> dict[str, Any]:
    if operation.answers is None:
        return {"description": "Done."}
    if operation.answers is str:
        return _text("The file.", "text/markdown")
    return _json("Done." if operation.changes else "It.", schema_of[operation.answers])


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    parts = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    number = {"type": "integer", "minimum": 0, "maximum": GREATEST}
    return [
        {"name": each, "in": "path", "required": True, "schema": number if each == "number" else {"type": "string"}}
        for each in parts
    ]


def _in_query(operation: Operation, components: dict[str, Any]) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    properties = components[operation.query.__name__]["properties"]
    required = components[operation.query.__name__].get("required", [])
    return [
        {"name": each.name, "in": "query", "required": each.name in required, "schema": properties[each.name]}
        for each in fields(operation.query)
    ]


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _text(description: str, type: str) -> dict[str, Any]:
    return {"description": description, "content": {type: {"schema": {"type": "string"}}}}


def _get(summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": {**answers, "default": _PROBLEM}}}


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
