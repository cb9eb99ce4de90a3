"""apiservice_status: an aggregated API that does not answer, and what is behind it."""

from chatops.core.resources import Health
from tests.cluster.reports.reading import codes, condition, lines, names, read, thing
from tests.cluster.sandbox import Obj, Sandbox, workload

NAME = "v1beta1.metrics.k8s.io"


def api_service(status: str, reason: str, message: str = "", *, local: bool = False) -> Obj:
    spec: Obj = {"group": "metrics.k8s.io", "version": "v1beta1"}
    if not local:
        spec["service"] = {"namespace": "shop", "name": "metrics", "port": 443}
    known = {"conditions": [condition("Available", status, reason, message)]}
    return thing("apiregistration.k8s.io/v1", "APIService", NAME, spec, known, namespace="")


def behind() -> Obj:
    return thing("v1", "Service", "metrics", {"selector": {"app": "metrics"}, "ports": [{"port": 443}]})


def test_one_that_answers(sandbox: Sandbox) -> None:
    sandbox.apply(api_service("True", "Passed", "all checks passed"), workload("Deployment", "metrics"), behind())
    told = read(sandbox, "apiservice_status", "APIService", NAME, "")
    facts = dict(told.facts)
    assert told.facts[0] == ("available", "True Passed")
    assert (facts["service"], facts["endpoints"]) == ("shop/metrics:443", "2/2 ready")
    assert (told.health, codes(told)) == (Health.GOOD, [])
    assert names(told)[0] == "Service/metrics"


def test_one_whose_pods_crash(sandbox: Sandbox) -> None:
    why = 'endpoints for service/metrics in "shop" have no addresses'
    unavailable = api_service("False", "MissingEndpoints", why)
    sandbox.apply(unavailable, workload("Deployment", "metrics", "app:bad"), behind(), seconds=120)
    told = read(sandbox, "apiservice_status", "APIService", NAME, "")
    assert (told.health, codes(told)) == (Health.BAD, ["service_not_ready"])
    assert dict(told.facts)["message"] == why
    assert len(lines(told, "Pods")) == 2
    assert [name.partition("/")[0] for name in names(told)] == ["Service", "Pod", "Pod"]


def test_one_without_its_service(sandbox: Sandbox) -> None:
    sandbox.apply(api_service("False", "ServiceNotFound"))
    told = read(sandbox, "apiservice_status", "APIService", NAME, "")
    assert (codes(told), told.notes[0].detail) == (["apiservice_no_service"], "shop/metrics")


def test_one_the_api_server_answers_itself(sandbox: Sandbox) -> None:
    sandbox.apply(api_service("True", "Local", local=True))
    told = read(sandbox, "apiservice_status", "APIService", NAME, "")
    assert (codes(told), dict(told.facts)["service"]) == (["apiservice_local"], "Local")
