"""Names of facts in the reader's language: what reads a cluster names them in English, most of them in kubectl's words.

Of conditions, reasons, kinds and whatever has a name in the cluster nothing is translated.
"""

from markupsafe import Markup

from chatops.core.resources import WORKLOADS, ObjectRef
from chatops.core.texts import Tongue, mark, one_line

_LONGEST_NAME, _LONGEST_VALUE = 40, 300

FACTS = frozenset(
    {
        mark("access"),
        mark("active"),
        mark("address"),
        mark("addresses"),
        mark("allowed disruptions"),
        mark("annotations"),
        mark("answering on"),
        mark("applied"),
        mark("artifact"),
        mark("attempted"),
        mark("auto-sync"),
        mark("available"),
        mark("backends"),
        mark("binding"),
        mark("can grow"),
        mark("chart"),
        mark("claim"),
        mark("class"),
        mark("cluster ip"),
        mark("command"),
        mark("concurrency"),
        mark("container"),
        mark("cordoned"),
        mark("created"),
        mark("deadline"),
        mark("desired"),
        mark("destination"),
        mark("down"),
        mark("driver"),
        mark("duration"),
        mark("ended"),
        mark("endpoints"),
        mark("env"),
        mark("exit code"),
        mark("expires"),
        mark("expr"),
        mark("external"),
        mark("failed"),
        mark("failed attempts"),
        mark("failures"),
        mark("fetched"),
        mark("finished"),
        mark("fullest"),
        mark("health"),
        mark("healthy"),
        mark("heartbeat"),
        mark("hosts"),
        mark("image"),
        mark("interval"),
        mark("inventory"),
        mark("issuer"),
        mark("last failure"),
        mark("last push"),
        mark("last run"),
        mark("last scale"),
        mark("last schedule"),
        mark("last success"),
        mark("last sync"),
        mark("latest image"),
        mark("live probe"),
        mark("max"),
        mark("max unavailable"),
        mark("memory"),
        mark("message"),
        mark("metrics"),
        mark("min"),
        mark("min available"),
        mark("mode"),
        mark("names"),
        mark("node"),
        mark("not found"),
        mark("operation"),
        mark("owner"),
        mark("path"),
        mark("paused"),
        mark("pending"),
        mark("phase"),
        mark("pod"),
        mark("pods"),
        mark("ports"),
        mark("pressure"),
        mark("processes"),
        mark("project"),
        mark("ready"),
        mark("ready probe"),
        mark("reason"),
        mark("reclaim"),
        mark("renewal"),
        mark("replicas"),
        mark("requested"),
        mark("requestor"),
        mark("requests"),
        mark("resizing"),
        mark("resources"),
        mark("restarts"),
        mark("retries"),
        mark("revision"),
        mark("rollout"),
        mark("running for"),
        mark("runtime"),
        mark("schedule"),
        mark("scheduling"),
        mark("scopes"),
        mark("secret name"),
        mark("selector"),
        mark("self-heal"),
        mark("server"),
        mark("service"),
        mark("signer"),
        mark("since"),
        mark("size"),
        mark("source"),
        mark("started"),
        mark("startup probe"),
        mark("status"),
        mark("strategy"),
        mark("succeeded"),
        mark("suspended"),
        mark("sync"),
        mark("taints"),
        mark("target"),
        mark("targets"),
        mark("type"),
        mark("unhealthy pods"),
        mark("updated"),
        mark("usages"),
        mark("used"),
        mark("volume"),
        mark("volumes"),
        mark("waiting for a node"),
    }
)

_OF_CONTAINERS = frozenset(
    {"image", "memory", "ready probe", "live probe", "startup probe", "env", "resources", "limits", "requests"}
)
"""Facts of a container, whose name stands before them."""

_OF_PODS = frozenset(
    {
        *("status", "ready", "restarts", "node", "reason", "created", "owner"),
        *("updated", "available", "revision", "paused", "strategy"),
    }
)
"""Facts of pods and workloads themselves: whatever else stands there alone is the name of a container."""

VALUES = frozenset({mark("yes"), mark("no"), mark("none")})
"""Values that are words of ours."""


def fact_name(name: str, tongue: Tongue, ref: ObjectRef | None = None) -> str:
    """As it is where it is no fact of ours. `ref` is the object that it is a fact of."""
    known = _OF_PODS if ref is not None and (ref.kind == "Pod" or ref.kind in WORKLOADS) else FACTS
    if name in known:
        return tongue.plain(name)
    container, _, fact = name.partition(" ")
    return f"{container} {tongue.plain(fact)}" if fact in _OF_CONTAINERS & FACTS else name


def fact_line(name: str, value: str, tongue: Tongue, ref: ObjectRef | None = None) -> Markup:
    """`image: 1.42.0`, on one line."""
    said = tongue.plain(value) if value in VALUES else tongue.stamped(one_line(value, _LONGEST_VALUE))
    return Markup("{}: {}").format(one_line(fact_name(name, tongue, ref), _LONGEST_NAME), said)
