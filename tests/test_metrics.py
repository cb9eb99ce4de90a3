"""The counters: each function moves its own sample, and no label can grow with the number of incidents."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from chatops import metrics


@pytest.mark.parametrize(
    ("call", "sample", "labels"),
    [
        (lambda: metrics.webhook_answered(418), "chatops_webhooks_total", {"code": "418"}),
        (lambda: metrics.webhook_committed(0.01), "chatops_webhook_commit_seconds_count", {}),
        (
            lambda: metrics.telegram_answered("sendMessage", "200"),
            "chatops_telegram_answers_total",
            {"method": "sendMessage", "code": "200"},
        ),
        (
            lambda: metrics.kubernetes_worked("PerformPlan", "conflict"),
            "chatops_kubernetes_work_total",
            {"work": "PerformPlan", "outcome": "conflict"},
        ),
        (
            lambda: metrics.upstream_worked("CreateSilence", "timeout"),
            "chatops_upstream_work_total",
            {"work": "CreateSilence", "outcome": "timeout"},
        ),
        (lambda: metrics.actor_restarted("incident"), "chatops_actor_restarts_total", {"role": "incident"}),
    ],
)
def test_what_happens_is_counted(call: Callable[[], None], sample: str, labels: dict[str, str]) -> None:
    before = REGISTRY.get_sample_value(sample, labels) or 0.0
    call()
    assert REGISTRY.get_sample_value(sample, labels) == before + 1


def test_what_is_now_is_shown() -> None:
    metrics.webhooks_waiting(2)
    assert REGISTRY.get_sample_value("chatops_webhooks_waiting") == 2


def test_labels_are_of_a_few_values_only() -> None:
    used = {
        label
        for family in REGISTRY.collect()
        if family.name.startswith("chatops_")
        for sample in family.samples
        for label in sample.labels
    }
    assert used <= {"code", "method", "work", "outcome", "role", "le", "breach"}


def test_p4_only_a_clean_self_audit_moves_its_heartbeat() -> None:
    """P4: whoever watches the heartbeat hears of a breach by another route than Telegram."""
    metrics.self_audited([], 100.0)
    metrics.self_audited(["late"], 160.0)
    assert REGISTRY.get_sample_value("chatops_self_audit_ok_timestamp_seconds") == 100.0
    assert REGISTRY.get_sample_value("chatops_self_audit_breached", {"breach": "late"}) == 1
    metrics.self_audited([], 220.0)
    assert REGISTRY.get_sample_value("chatops_self_audit_ok_timestamp_seconds") == 220.0
    assert REGISTRY.get_sample_value("chatops_self_audit_breached", {"breach": "late"}) == 0
