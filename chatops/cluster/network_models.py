"""Services, their endpoints, Ingresses and APIServices as msgspec reads them, in the manner of `models`."""

import msgspec

from chatops.cluster.models import Conditioned, ConditionedStatus, Model, Texts, Thing, empty


class ServicePort(Model):
    name: str = ""
    port: int = 0
    protocol: str = "TCP"
    target_port: int | str | None = None
    node_port: int | None = None


class ServiceSpec(Model):
    type: str = "ClusterIP"
    selector: Texts = None
    ports: list[ServicePort] | None = None
    cluster_ip: str = msgspec.field(name="clusterIP", default="")
    external_name: str = ""
    publish_not_ready_addresses: bool | None = None


class Address(Model):
    ip: str = ""
    hostname: str = ""


class LoadBalancer(Model):
    ingress: list[Address] | None = None

    @property
    def addresses(self) -> list[str]:
        return [each.ip or each.hostname for each in self.ingress or ()]


class Balanced(ConditionedStatus):
    load_balancer: LoadBalancer | None = None


class Service(Thing):
    spec: ServiceSpec = empty(ServiceSpec)
    status: Balanced = empty(Balanced)


class EndpointConditions(Model):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class EndpointTarget(Model):
    kind: str = ""
    name: str = ""
    namespace: str = ""
    uid: str = ""


class Endpoint(Model):
    addresses: list[str] | None = None
    conditions: EndpointConditions = empty(EndpointConditions)
    node_name: str | None = None
    target_ref: EndpointTarget | None = None

    @property
    def is_ready(self) -> bool:
        """An unknown readiness counts as ready, as the API says."""
        return self.conditions.ready is not False


class EndpointPort(Model):
    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(Thing):
    address_type: str = ""
    endpoints: list[Endpoint] | None = None
    ports: list[EndpointPort] | None = None


class BackendPort(Model):
    name: str = ""
    number: int = 0


class BackendService(Model):
    name: str = ""
    port: BackendPort = empty(BackendPort)


class BackendResource(Model):
    kind: str = ""
    name: str = ""


class Backend(Model):
    service: BackendService | None = None
    resource: BackendResource | None = None


class IngressPath(Model):
    path: str = ""
    path_type: str = ""
    backend: Backend = empty(Backend)


class IngressHttp(Model):
    paths: list[IngressPath] | None = None


class IngressRule(Model):
    host: str = ""
    http: IngressHttp | None = None


class IngressTls(Model):
    hosts: list[str] | None = None
    secret_name: str = ""


class IngressSpec(Model):
    ingress_class_name: str | None = None
    default_backend: Backend | None = None
    rules: list[IngressRule] | None = None
    tls: list[IngressTls] | None = None


class Ingress(Thing):
    spec: IngressSpec = empty(IngressSpec)
    status: Balanced = empty(Balanced)


class ServiceOfApi(Model):
    namespace: str = ""
    name: str = ""
    port: int | None = None


class ApiServiceSpec(Model):
    group: str = ""
    version: str = ""
    service: ServiceOfApi | None = None


class ApiService(Conditioned):
    """An APIService: who serves one group and version. Without a `service` the API server does so itself."""

    spec: ApiServiceSpec = empty(ApiServiceSpec)
