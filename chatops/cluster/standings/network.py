"""How Services, Ingresses and APIServices stand by their own fields. What is behind them is not looked at. Pure."""

from chatops.cluster.conditions import found, health_by
from chatops.cluster.network_models import ApiService, Backend, Ingress, Service, ServicePort
from chatops.cluster.standing import Standing, said
from chatops.core.resources import Health


def service_standing(service: Service) -> Standing:
    """UNKNOWN, for a Service does not say whether anybody answers; WARN while its load balancer has no address."""
    spec = service.spec
    balancer = service.status.load_balancer
    external = ", ".join(balancer.addresses if balancer else ())
    waiting = spec.type == "LoadBalancer" and not external
    facts = said(
        ("type", spec.type),
        ("ports", ", ".join(port_words(port) for port in spec.ports or ())),
        ("selector", selector_words(service)),
        ("cluster ip", spec.cluster_ip),
        ("external", spec.external_name or ("<pending>" if waiting else external)),
        ("created", service.metadata.creation_timestamp),
    )
    return Standing(Health.WARN if waiting else Health.UNKNOWN, facts, tuple(service.status.conditions or ()))


def selector_words(service: Service) -> str:
    """The selector as kubectl takes it; empty where the endpoints are somebody else's work."""
    return ",".join(f"{key}={value}" for key, value in sorted((service.spec.selector or {}).items()))


def port_words(port: ServicePort) -> str:
    """`http 80→8080`, as service and pod call it."""
    target = "" if port.target_port in (None, port.port) else f"→{port.target_port}"
    node = f" node {port.node_port}" if port.node_port else ""
    protocol = "" if port.protocol == "TCP" else f"/{port.protocol}"
    return f"{port.name} {port.port}{target}{protocol}{node}".strip()


def ingress_standing(ingress: Ingress) -> Standing:
    """UNKNOWN: nothing in an Ingress says whether it serves; WARN while no controller has given it an address."""
    spec = ingress.spec
    balancer = ingress.status.load_balancer
    addresses = ", ".join(balancer.addresses if balancer else ())
    hosts = dict.fromkeys(rule.host or "*" for rule in spec.rules or ())
    facts = said(
        ("hosts", ", ".join(hosts)),
        ("backends", ", ".join(dict.fromkeys(backend_words(backend) for _, backend in backends(ingress)))),
        ("class", spec.ingress_class_name),
        ("address", addresses or "<none>"),
        ("tls", ", ".join(tls.secret_name for tls in spec.tls or () if tls.secret_name)),
        ("created", ingress.metadata.creation_timestamp),
    )
    return Standing(Health.UNKNOWN if addresses else Health.WARN, facts)


def backends(ingress: Ingress) -> list[tuple[str, Backend]]:
    """(`host/path`, backend) of each rule, the default backend last."""
    found = [
        (f"{rule.host or '*'}{path.path}", path.backend)
        for rule in ingress.spec.rules or ()
        for path in (rule.http.paths if rule.http else None) or ()
    ]
    default = ingress.spec.default_backend
    return [*found, ("*", default)] if default is not None else found


def backend_words(backend: Backend) -> str:
    if backend.service is not None:
        port = backend.service.port
        return f"{backend.service.name}:{port.name or port.number}"
    resource = backend.resource
    return f"{resource.kind}/{resource.name}" if resource is not None else "<none>"


def api_service_standing(api: ApiService) -> Standing:
    """Its condition Available decides."""
    spec, conditions = api.spec, api.status.conditions or []
    available = found(conditions, "Available")
    service = spec.service
    facts = said(
        ("available", f"{available.status} {available.reason}".rstrip() if available else "Unknown"),
        ("message", available.message if available and available.status != "True" else ""),
        ("since", available.last_transition_time if available else None),
        ("api", f"{spec.group}/{spec.version}"),
        ("service", f"{service.namespace}/{service.name}:{service.port or 443}" if service else "Local"),
        ("created", api.metadata.creation_timestamp),
    )
    return Standing(health_by(conditions), facts, tuple(conditions))
