"""An Ingress, and an outside address that leads to one: which Services answer there, under which certificate."""

from functools import partial

from chatops.cluster.asides import aside
from chatops.cluster.models import Thing, listed
from chatops.cluster.network_models import Backend, Ingress, IngressPath
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.cluster.standings.network import backends, ingress_standing
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef

_MOST_SERVICES = 5


def see_ingress(reader: Reader, ref: ObjectRef) -> ObjectView:
    """How well it serves, its Services tell."""
    ingress = reader.fetch(ref, Ingress)
    meta, rules = ingress.metadata, listed(ingress.spec.rules)
    names = _names([backend for _, backend in backends(ingress)])
    hosts = list(dict.fromkeys(rule.host or "*" for rule in rules))
    return ObjectView(
        reader.ref(ref.kind, meta),
        ingress_standing(ingress).health,
        traits(summary=words(*hosts[:3], *(f"→ {name}" for name in names))),
        tuple(Tie(TieRole.TARGET, ObjectRef("Service", name, meta.namespace, cluster=reader.name)) for name in names),
        managed_by(meta),
    )


def see_external(reader: Reader, ref: ObjectRef, path: str = "") -> ObjectView:
    """An address outside: the Service that an Ingress leads its requests to, where the address is the cluster's own.

    `ref.name` is the host; `path` picks among an Ingress's paths as it would itself.
    """
    seen = ObjectRef("External", ref.name, cluster=reader.name)
    ingresses: list[Ingress] = aside(lambda: reader.every("Ingress", Ingress), [])
    served = [found for ingress in ingresses if (found := _serving(ingress, ref.name, path))]
    exact = [found for found in served if not found[2].startswith("*")] or served
    ties: list[Tie] = []
    for ingress, names, host in exact:
        meta = ingress.metadata
        ties += [Tie(TieRole.TARGET, ObjectRef("Service", n, meta.namespace, cluster=reader.name), host) for n in names]
        ties += _certificates(reader, ingress, host)
    through = words(*(f"{ingress.metadata.namespace}/{ingress.metadata.name}" for ingress, _, _ in exact))
    if not ties and (inside := _inside(ref.name)):
        ties.append(Tie(TieRole.TARGET, ObjectRef("Service", *inside, cluster=reader.name)))
    return ObjectView(seen, Health.UNKNOWN, traits(summary=f"ingress {through}" if through else ""), tuple(ties))


def serves(ingress: Ingress, host: str) -> bool:
    return any(rule.host and _covers(rule.host, host) for rule in listed(ingress.spec.rules))


def _serving(ingress: Ingress, host: str, path: str) -> tuple[Ingress, list[str], str] | None:
    """The Ingress, its Services for this host and path, and the rule's host; None when no rule is for the host."""
    for rule in sorted(listed(ingress.spec.rules), key=lambda rule: rule.host.startswith("*")):
        if rule.host and _covers(rule.host, host) and rule.http:
            paths = listed(rule.http.paths)
            fitting = [each for each in paths if path and _leads(each, path)]
            longest = max(fitting, key=lambda each: (each.path_type == "Exact", len(each.path)), default=None)
            chosen = [longest] if longest else list(paths)
            return ingress, _names([each.backend for each in chosen]), rule.host
    return None


def _covers(rule: str, host: str) -> bool:
    """A wildcard stands for one label."""
    if rule.startswith("*."):
        return host.partition(".")[2] == rule[2:]
    return rule == host


def _leads(entry: IngressPath, path: str) -> bool:
    if entry.path_type == "Exact":
        return entry.path == path
    prefix = entry.path.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")


def _names(found: list[Backend]) -> list[str]:
    named = dict.fromkeys(backend.service.name for backend in found if backend.service and backend.service.name)
    return list(named)[:_MOST_SERVICES]


def _certificates(reader: Reader, ingress: Ingress, host: str) -> list[Tie]:
    """cert-manager calls the Certificate that it keeps for an Ingress like the secret."""
    names = [tls.secret_name for tls in listed(ingress.spec.tls) if tls.secret_name and host in listed(tls.hosts)]
    refs = [ObjectRef("Certificate", name, ingress.metadata.namespace, cluster=reader.name) for name in names[:1]]
    there = [ref for ref in refs if aside(partial(reader.fetch, ref, Thing), None) is not None]
    return [Tie(TieRole.CERTIFICATE, ref, host) for ref in there]


def _inside(host: str) -> tuple[str, str] | None:
    """(name, namespace) of a Service that `redis.shop` may be short for."""
    name, dot, namespace = host.partition(".")
    return (name, namespace) if dot and namespace and "." not in namespace else None
