"""The OpenAPI description of what APP_PORT serves. A test calls every path it names."""

from typing import Any

from chatops import __version__

_PROBLEM = {
    "description": "An error, as RFC 9457 problem details.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _json(description: str, schema: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _get(summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": {**answers, "default": _PROBLEM}}}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


_PART = _object(
    {
        "state": {"type": "string", "enum": ["up", "down", "off"]},
        "reason": {"type": "string", "description": "Why it is down or off; empty when up."},
        "since": {"type": ["string", "null"], "format": "date-time"},
    }
)

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "chatops", "version": __version__},
    "paths": {
        "/healthz": _get(
            "Whether the process lives.",
            {
                "200": _json("It lives.", "Health"),
                "503": _json("Its supervisor gave up; it is about to end.", "Health"),
            },
        ),
        "/readyz": _get(
            "Whether alerts are taken, and how each outside part is.",
            {"200": _json("Alerts are taken.", "Readiness"), "503": _json("They are not.", "Readiness")},
        ),
        "/metrics": _get(
            "Counters for Prometheus.",
            {
                "200": {
                    "description": "Prometheus text.",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                }
            },
        ),
        "/api/v1/openapi.json": _get(
            "This description.",
            {
                "200": {
                    "description": "OpenAPI 3.1.",
                    "content": {"application/json": {"schema": {"type": "object"}}},
                }
            },
        ),
    },
    "components": {
        "schemas": {
            "Health": _object({"status": {"type": "string"}}),
            "Part": _PART,
            "Readiness": _object(
                {
                    "ready": {"type": "boolean"},
                    "database": {"type": "string"},
                    "intake": {"type": "string"},
                    "parts": {
                        "type": "object",
                        "additionalProperties": {"$ref": "#/components/schemas/Part"},
                    },
                }
            ),
            "Problem": _object(
                {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                }
            ),
        }
    },
}
