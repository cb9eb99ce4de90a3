"""The table of the door: every way Kubernetes or the way to it can fail, and what it becomes."""

import json
import socket
import ssl
from typing import Any

import msgspec
import pytest
import urllib3.exceptions as http
from kubernetes.client.exceptions import ApiException

from chatops.cluster.errors import clean, failure_from
from chatops.core.failures import Failure, Permanent, Reason, Temporary


def api(status: int, message: str = "", *, headers: dict[str, str] | None = None, **fields: Any) -> ApiException:
    body = json.dumps({"kind": "Status", "message": message, **fields}) if message else "<html>"
    error = ApiException(status=status, reason="Reason", body=body)
    error.headers = headers
    return error


def refused() -> http.NewConnectionError:
    error = http.NewConnectionError(None, "no")  # type: ignore[arg-type]  # the connection is only printed
    error.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return error


FORBIDS = {"causes": [{"reason": "DisruptionBudget", "message": "The disruption budget web needs 2 healthy pods"}]}
SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."

READS = [
    (api(400, "bad request"), Permanent, Reason.REFUSED),
    (api(401, "Unauthorized"), Permanent, Reason.UNAUTHORIZED),
    (api(403, "pods is forbidden"), Permanent, Reason.FORBIDDEN),
    (api(404, "not found"), Permanent, Reason.NOT_FOUND),
    (api(405, "method not allowed"), Permanent, Reason.REFUSED),
    (api(408, "slow"), Temporary, Reason.TIMEOUT),
    (api(409, "modified"), Permanent, Reason.CONFLICT),
    (api(410, "expired"), Temporary, Reason.SERVER_ERROR),
    (api(422, "invalid"), Permanent, Reason.REFUSED),
    (api(429, "later"), Temporary, Reason.THROTTLED),
    (api(429, "Cannot evict pod", details=FORBIDS), Permanent, Reason.BUDGET),
    (api(429, "later", details={"causes": [{"reason": "Other"}, "x"]}), Temporary, Reason.THROTTLED),
    (api(429, "later", details={"causes": "x"}), Temporary, Reason.THROTTLED),
    (api(500, "internal"), Temporary, Reason.SERVER_ERROR),
    (api(500, SEVERAL), Permanent, Reason.BUDGET),
    (api(503), Temporary, Reason.SERVER_ERROR),
    (api(504), Temporary, Reason.SERVER_ERROR),
    (api(302), Permanent, Reason.REFUSED),
    (refused(), Temporary, Reason.UNREACHABLE),
    (http.NameResolutionError("k8s", None, socket.gaierror(-2, "no name")), Temporary, Reason.UNREACHABLE),  # type: ignore[arg-type]  # only printed
    (http.MaxRetryError(None, "/", refused()), Temporary, Reason.UNREACHABLE),  # type: ignore[arg-type]  # only printed
    (http.ProxyError("proxy", OSError("gone")), Temporary, Reason.UNREACHABLE),
    (http.ConnectTimeoutError("slow"), Temporary, Reason.TIMEOUT),
    (http.ReadTimeoutError(None, "/", "slow"), Temporary, Reason.TIMEOUT),  # type: ignore[arg-type]  # only printed
    (TimeoutError(), Temporary, Reason.TIMEOUT),
    (http.ProtocolError("torn", ConnectionResetError(104, "reset")), Temporary, Reason.UNREACHABLE),
    (ConnectionResetError(104, "reset"), Temporary, Reason.UNREACHABLE),
    (http.IncompleteRead(3, 5), Temporary, Reason.UNREACHABLE),
    (ApiException(status=0, reason="SSLError\ncertificate verify failed"), Permanent, Reason.NOT_CONFIGURED),
    (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), Permanent, Reason.NOT_CONFIGURED),
    (ssl.SSLError(1, "EOF"), Temporary, Reason.UNREACHABLE),
    (msgspec.DecodeError("JSON is malformed"), Temporary, Reason.SERVER_ERROR),
    (Permanent(Reason.REPLACED), Permanent, Reason.REPLACED),
    (RuntimeError("bug"), Permanent, Reason.REFUSED),
]


@pytest.mark.parametrize(("error", "kind", "reason"), READS, ids=lambda value: str(value)[:40])
def test_reading(error: Exception, kind: type[Failure], reason: Reason) -> None:
    failure = failure_from(error)
    assert (type(failure), failure.reason) == (kind, reason)


CHANGED = {
    "ReadTimeoutError",
    "TimeoutError",
    "ProtocolError",
    "ConnectionResetError",
    "IncompleteRead",
}


@pytest.mark.parametrize(("error", "kind", "reason"), READS, ids=lambda value: str(value)[:40])
def test_k2_changing_differs_only_where_the_answer_may_be_lost(
    error: Exception, kind: type[Failure], reason: Reason
) -> None:
    answered = int(getattr(error, "status", 0) or 0)
    turned_away = answered == 503 and failure_from(error).retry_after is not None
    server = answered >= 500 and reason is Reason.SERVER_ERROR and not turned_away
    lost = type(error).__name__ in CHANGED or server or "EOF" in str(error)
    failure = failure_from(error, changes=True)
    expected = (Permanent, Reason.UNKNOWN_OUTCOME) if lost else (kind, reason)
    assert (type(failure), failure.reason) == expected


def test_k2_a_webhook_that_cannot_be_called_kept_the_change_out() -> None:
    words = 'Internal error occurred: failed calling webhook "policy.example.com": context deadline exceeded'
    failure = failure_from(api(500, words), changes=True)
    assert (type(failure), failure.reason) == (Temporary, Reason.SERVER_ERROR)


def test_kubernetes_own_words_are_the_detail() -> None:
    words = 'deployments.apps "checkout" is forbidden: User "bot" cannot patch resource "deployments"'
    assert failure_from(api(403, words)).detail == words


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '{"message": 5}', "{", '{"message": ""}'])
def test_a_body_that_is_no_status_leaves_the_http_words(body: str) -> None:
    failure = failure_from(ApiException(status=403, reason="Forbidden", body=body))
    assert (failure.reason, failure.detail) == (Reason.FORBIDDEN, "403 Forbidden")


@pytest.mark.parametrize(
    ("headers", "details", "wait"),
    [
        ({"Retry-After": "7"}, None, 7.0),
        ({"Retry-After": "0"}, None, 0.0),
        ({}, {"retryAfterSeconds": 3}, 3.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {"retryAfterSeconds": 2}, 2.0),
        ({"Retry-After": "-1"}, None, None),
        ({"Retry-After": "inf"}, None, None),
        ({"Retry-After": "nan"}, None, None),
        (None, None, None),
    ],
)
def test_k2_retry_after(headers: dict[str, str] | None, details: dict[str, Any] | None, wait: float | None) -> None:
    assert failure_from(api(429, "later", headers=headers, details=details)).retry_after == wait


def test_k5_a_budget_says_which_and_how_many() -> None:
    assert failure_from(api(429, "no", details=FORBIDS)).detail == "The disruption budget web needs 2 healthy pods"
    assert failure_from(api(500, SEVERAL)).detail == SEVERAL


def test_the_operating_systems_words_stand_for_urllib3s() -> None:
    assert failure_from(refused()).detail == "Connection refused"


def test_no_credential_passes() -> None:
    error = RuntimeError("Authorization: Bearer abc.def-123 at https://user:hunter2@host\nwith s3cret-value")
    failure = failure_from(error, secrets=["s3cret-value"])
    for text in (failure.detail, str(failure)):
        assert "abc.def" not in text
        assert "hunter2" not in text
        assert "s3cret" not in text
        assert "\n" not in text


def test_a_detail_fits_a_phone() -> None:
    assert len(clean("x" * 5000)) == 300
