"""The service's own HTTP interface on APP_PORT: how it is, what it counts, and the description of both."""

from collections.abc import Callable
from typing import Any

import bottle
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder

from chatops.web.errors import JsonBottle, answer
from chatops.web.hook import MAX_BODY, TelegramHook
from chatops.web.openapi import DESCRIPTION
from chatops.web.readiness import Readiness
from chatops.web.server import Server


def build_api(
    ready: Callable[[], Readiness], *, hook: TelegramHook | None = None, registry: CollectorRegistry = REGISTRY
) -> JsonBottle:
    """The application. `ready` is called in the server's threads and must return at once."""
    app = JsonBottle()

    def healthz() -> bottle.HTTPResponse:
        alive = ready().alive
        return answer({"status": "ok" if alive else "the supervisor gave up"}, status=200 if alive else 503)

    def readyz() -> bottle.HTTPResponse:
        now = ready()
        return answer(_readiness(now), status=200 if now.ready else 503)

    def metrics() -> bottle.HTTPResponse:
        encode, content_type = choose_encoder(bottle.request.get_header("Accept", ""))
        return bottle.HTTPResponse(encode(registry), headers={"Content-Type": content_type})

    app.route("/healthz", "GET", healthz)
    app.route("/readyz", "GET", readyz)
    app.route("/metrics", "GET", metrics)
    app.route("/api/v1/openapi.json", "GET", lambda: answer(DESCRIPTION))
    if hook is not None:
        hook.add_to(app)
    return app


def api_server(app: JsonBottle, *, host: str, port: int, threads: int = 8, hook: TelegramHook | None = None) -> Server:
    """A server of the API, not started. `hook` judges what is for it before it is read."""
    if hook is None:
        return Server(app, name="api", host=host, port=port, threads=threads)
    return Server(app, name="api", host=host, port=port, threads=threads, max_body=MAX_BODY, judge=hook.judge)


def _readiness(now: Readiness) -> dict[str, Any]:
    return {
        "ready": now.ready,
        "database": "open" if now.database_open else "not open",
        "intake": "listens" if now.intake_listens else "does not listen",
        "parts": {
            name: {"state": part.state, "reason": part.reason, "since": part.since} for name, part in now.parts.items()
        },
    }
