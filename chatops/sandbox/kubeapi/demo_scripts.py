"""How the programs of the demo behave and what they write."""

from __future__ import annotations

from chatops.sandbox.kubeapi.behaviours import Behaviour, LogLine
from chatops.sandbox.kubeapi.demo_manifests import MIB, REGISTRY

_SERVING = (
    LogLine(after=0.1, text="INFO  http started on :8080"),
    LogLine(after=1.4, text="INFO  cache warmup 0/12000"),
    LogLine(after=2.6, text="INFO  cache warmup 12000/12000 done"),
    LogLine(after=4.0, text="INFO  POST /v1/checkout 201 84ms cart={n}", every=7.0),
    LogLine(after=9.0, text="INFO  GET /ready 200 1ms", every=10.0),
)
CHECKOUT_GOOD = Behaviour(ready_after=3.0, lines=_SERVING, memory=310 * MIB, cpu=410)
# The first life lasts until the rollout is over: a readiness probe that once succeeded let it through.
CHECKOUT_BAD = Behaviour(
    ready_after=None,
    first_ready=3.0,
    first_run=75.0,
    runs_for=13.2,
    exit_code=137,
    exit_reason="OOMKilled",
    afflicts=2,
    backoff_cap=120.0,
    memory=220 * MIB,
    cpu=410,
    lines=(
        LogLine(after=0.1, text="INFO  http started on :8080"),
        LogLine(after=1.4, text="INFO  cache warmup 0/48000"),
        LogLine(after=5.2, text="INFO  cache warmup 19200/48000"),
        LogLine(after=9.1, text="INFO  cache warmup 36800/48000"),
        LogLine(after=12.0, text="WARN  heap 498Mi of 512Mi"),
        LogLine(after=12.9, text="ERROR alloc: cache shard 31"),
        LogLine(after=12.95, text="    at shop.cache.load(cache.py:88)"),
        LogLine(after=13.0, text="INFO  shutting down"),
    ),
    healthy_lines=(*_SERVING, LogLine(after=30.0, text="WARN  heap 431Mi of 512Mi", every=60.0)),
)
MIGRATE = Behaviour(
    pull=0.8,
    lines=(
        LogLine(after=0.2, text="INFO  schema at version 214"),
        LogLine(after=0.9, text="INFO  nothing to migrate"),
    ),
)
PROXY = Behaviour(
    pull=0.5,
    ready_after=1.5,
    memory=48 * MIB,
    cpu=12,
    lines=(
        LogLine(after=0.2, text="info  Envoy proxy is ready"),
        LogLine(after=30.0, text="info  xds push received: 214 clusters", every=300.0),
    ),
)
DATABASE = Behaviour(
    ready_after=4.0,
    stop=5.0,
    memory=780 * MIB,
    cpu=220,
    lines=(
        LogLine(after=0.5, text="LOG:  database system is ready to accept connections"),
        LogLine(after=60.0, text="LOG:  checkpoint complete: wrote {n} buffers", every=300.0),
    ),
)
NIGHTLY = Behaviour(
    ready_after=None,
    runs_for=6.0,
    lines=(
        LogLine(after=0.2, text="INFO  report started"),
        LogLine(after=5.6, text="INFO  report done: 1842 orders"),
    ),
)
IMPORT_FAILS = Behaviour(
    ready_after=None,
    runs_for=4.0,
    exit_code=1,
    exit_reason="Error",
    lines=(
        LogLine(after=0.2, text="INFO  importing feed"),
        LogLine(after=3.8, text="ERROR feed: 403 Forbidden"),
    ),
)

SCRIPTS: tuple[tuple[str, Behaviour], ...] = (
    (f"{REGISTRY}/shop/checkout:*", CHECKOUT_GOOD),
    (f"{REGISTRY}/shop/checkout:1.42.*", CHECKOUT_BAD),
    (f"{REGISTRY}/shop/migrate:*", MIGRATE),
    ("docker.io/istio/proxyv2:*", PROXY),
    ("docker.io/library/postgres:*", DATABASE),
    (f"{REGISTRY}/ci/report:*", NIGHTLY),
    (f"{REGISTRY}/ci/import:*", IMPORT_FAILS),
    (f"{REGISTRY}/shop/geo:9.*", Behaviour(pull_error="not found")),
)
