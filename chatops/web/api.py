"""The service's own HTTP interface on APP_PORT: how it is, what it counts, and the description of both."""

from collections.abc import Callable, Sequence

import bottle
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder

from chatops.web.caller import Doorkeeper
from chatops.web.errors import JsonBottle, answer
from chatops.web.hook import MAX_BODY, TelegramHook
from chatops.web.miniapp import MiniApp
from chatops.web.openapi import described
from chatops.web.operations import ROOT, Operation, Request, mount
from chatops.web.readiness import HealthTold, Readiness, ReadinessTold, told
from chatops.web.relay import Relay
from chatops.web.server import Server


def build_api(
    ready: Callable[[], Readiness],
    operations: Sequence[Operation] = (),
    doorkeeper: Doorkeeper | None = None,
    *,
    hook: TelegramHook | None = None,
    page: MiniApp | None = None,
    relay: Relay | None = None,
    registry: CollectorRegistry = REGISTRY,
) -> JsonBottle:
    """The application. `ready` is called in the server's threads and must return at once.

    `doorkeeper` says who calls the `operations`; there are none without one.
    """
    app = JsonBottle()

    def healthz() -> bottle.HTTPResponse:
        alive = ready().alive
        return answer(HealthTold("ok" if alive else "the supervisor gave up"), status=200 if alive else 503)

    def readyz() -> bottle.HTTPResponse:
        now = ready()
        return answer(told(now), status=200 if now.ready else 503)

    def health(_: Request) -> ReadinessTold:
        return told(ready())

    def metrics() -> bottle.HTTPResponse:
        encode, content_type = choose_encoder(bottle.request.get_header("Accept", ""))
        return bottle.HTTPResponse(encode(registry), headers={"Content-Type": content_type})

    app.route("/healthz", "GET", healthz)
    app.route("/readyz", "GET", readyz)
    app.route("/metrics", "GET", metrics)
    about_health = Operation("GET", "/health", "How each part is.", health, ReadinessTold)
    there = [*operations, about_health] if doorkeeper is not None else []
    description = described(there)
    app.route(f"{ROOT}/openapi.json", "GET", lambda: answer(description))
    if doorkeeper is not None:
        mount(app, there, doorkeeper, relay)
    if page is not None:
        page.add_to(app)
    if hook is not None:
        hook.add_to(app)
    return app


def api_server(app: JsonBottle, *, host: str, port: int, threads: int = 8, hook: TelegramHook | None = None) -> Server:
    """A server of the API, not started. `hook` judges what is for it before it is read."""
    if hook is None:
        return Server(app, name="api", host=host, port=port, threads=threads)
    return Server(app, name="api", host=host, port=port, threads=threads, max_body=MAX_BODY, judge=hook.judge)
