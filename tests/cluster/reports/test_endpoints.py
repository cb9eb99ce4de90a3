"""endpoints: who answers, and the faults that all look like a service that does not."""

from chatops.core.resources import Health
from chatops.sandbox.kubeapi import Behaviour
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.reports.reading import codes, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox, pod, workload


def service(name: str = "web", app: str = "web", **spec: object) -> Obj:
    ports = [{"name": "http", "port": 80, "targetPort": 8080}]
    return thing("v1", "Service", name, {"selector": {"app": app}, "ports": ports, **spec})


def test_all_answer(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), service())
    told = read(sandbox, "endpoints", "Service", "web")
    facts = dict(told.facts)
    assert told.facts[0] == ("endpoints", "2/2 ready")
    assert facts["answering on"] == "http 8080"
    assert facts["ports"] == "http 80→8080"
    assert facts["selector"] == "app=web"
    assert (told.health, codes(told)) == (Health.GOOD, [])
    address = sandbox.pods("web")[0]["status"]["podIP"]
    assert any(text.startswith(f"{address} · web-") for text in lines(told, "Endpoints"))
    assert {name.partition("/")[0] for name in names(told)} == {"Pod"}


def test_the_selector_matches_no_pod(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), service(app="wep"))
    told = read(sandbox, "endpoints", "Service", "web")
    assert (codes(told), told.notes[0].detail) == (["service_no_pods"], "app=wep")
    assert (told.health, told.related) == (Health.BAD, ())


def test_the_pods_are_not_ready(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web", "app:bad"), service(), seconds=120)
    told = read(sandbox, "endpoints", "Service", "web")
    assert (codes(told), told.notes[0].detail) == (["service_not_ready"], "2")
    assert told.health is Health.BAD
    assert {line.health for line in section(told, "Endpoints")} == {Health.BAD}
    assert len(names(told)) == 2


def test_one_of_two_is_not_ready_and_comes_first(sandbox: Sandbox) -> None:
    sandbox.server.behave("slow:1", Behaviour(ready_after=None))
    slow = pod("slow", labels={"app": "web"}, containers=[{"name": "app", "image": "slow:1"}])
    sandbox.apply(pod("fast", labels={"app": "web"}), slow, service())
    told = read(sandbox, "endpoints", "Service", "web")
    assert (told.facts[0], told.health) == (("endpoints", "1/2 ready"), Health.WARN)
    assert "slow" in lines(told, "Endpoints")[0]
    assert names(told) == ["Pod/slow", "Pod/fast"]


def test_a_pod_without_an_address_is_told_apart(sandbox: Sandbox) -> None:
    waiting = pod("waiting", labels={"app": "web"}, nodeSelector={"disk": "ssd"})
    sandbox.apply(pod("fast", labels={"app": "web"}), waiting, service())
    told = read(sandbox, "endpoints", "Service", "web")
    assert lines(told, "Not listed")[0].startswith("waiting Pending 0/1")
    assert names(told)[0] == "Pod/waiting"


def test_a_name_for_something_outside(sandbox: Sandbox) -> None:
    sandbox.apply(thing("v1", "Service", "bank", {"type": "ExternalName", "externalName": "api.bank.example"}))
    told = read(sandbox, "endpoints", "Service", "bank")
    assert (codes(told), told.notes[0].detail, told.health) == (
        ["service_external"],
        "api.bank.example",
        Health.UNKNOWN,
    )


def hand_made(*addresses: str) -> Obj:
    labels = {"kubernetes.io/service-name": "legacy"}
    made = thing("discovery.k8s.io/v1", "EndpointSlice", "legacy-1", {}, labels=labels)
    del made["spec"]
    ends = [{"addresses": [address], "conditions": {}} for address in addresses]
    return {**made, "addressType": "IPv4", "endpoints": ends, "ports": [{"port": 5432, "protocol": "TCP"}]}


def test_addresses_made_by_hand(sandbox: Sandbox) -> None:
    by_hand = thing("v1", "Service", "legacy", {"ports": [{"port": 5432}]})
    sandbox.apply(by_hand)
    assert codes(read(sandbox, "endpoints", "Service", "legacy")) == ["service_no_selector"]
    sandbox.apply(hand_made("192.0.2.7", "192.0.2.8"))
    told = read(sandbox, "endpoints", "Service", "legacy")
    assert (codes(told), told.health) == ([], Health.GOOD)
    assert lines(told, "Endpoints") == ["192.0.2.7", "192.0.2.8"]


def test_both_addresses_of_a_pod_in_two_ip_families_are_one_endpoint(sandbox: Sandbox) -> None:
    sandbox.apply(pod("web-0", labels={"app": "web"}), service())
    [slice] = sandbox.server.list("EndpointSlice", "shop")
    second = {**slice, "addressType": "IPv6", "endpoints": [{**slice["endpoints"][0], "addresses": ["fd00::7"]}]}
    meta = {"name": "web-v6", "namespace": "shop", "labels": slice["metadata"]["labels"]}
    sandbox.server.apply({**second, "metadata": meta})
    told = read(sandbox, "endpoints", "Service", "web")
    assert told.facts[0] == ("endpoints", "1/1 ready")
    assert "fd00::7" in lines(told, "Endpoints")[0]


def ingress(*paths: tuple[str, str]) -> Obj:
    found = [
        {"path": path, "pathType": "Prefix", "backend": {"service": {"name": name, "port": {"number": 80}}}}
        for path, name in paths
    ]
    spec = {
        "ingressClassName": "nginx",
        "rules": [{"host": "shop.example.com", "http": {"paths": found}}],
        "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}],
    }
    return thing("networking.k8s.io/v1", "Ingress", "main", spec, {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}})


def test_the_routes_of_an_ingress_worst_first(sandbox: Sandbox) -> None:
    sandbox.apply(
        workload("Deployment", "web"),
        workload("Deployment", "cart", "app:bad"),
        service(),
        service("cart", "cart"),
        ingress(("/", "web"), ("/cart", "cart"), ("/old", "gone")),
        seconds=120,
    )
    told = read(sandbox, "endpoints", "Ingress", "main")
    assert lines(told, "Routes") == [
        "shop.example.com/cart → cart:80 0/2 ready",
        "shop.example.com/old → gone:80 not found",
        "shop.example.com/ → web:80 2/2 ready",
    ]
    assert (codes(told), told.notes[0].detail) == (["ingress_no_service"], "gone")
    assert told.health is Health.BAD
    assert names(told)[0] == "Service/cart"
    assert dict(told.facts)["address"] == "192.0.2.1"


def test_an_ingress_whose_services_all_answer(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), service(), ingress(("/", "web"), ("/again", "web")))
    told = read(sandbox, "endpoints", "Ingress", "main")
    assert (told.health, names(told)) == (Health.GOOD, ["Service/web"])


def test_without_the_right_to_slices_nothing_is_made_up(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), service(), ingress(("/", "web")))
    sandbox.server.access.allow("*", Rule(verbs=("get",), resources=("services", "ingresses")))
    told = read(sandbox, "endpoints", "Service", "web")
    assert [note.detail for note in told.notes] == ["list endpointslices", "list pods"]
    assert told.health is Health.UNKNOWN
    assert read(sandbox, "endpoints", "Ingress", "main").health is Health.UNKNOWN
