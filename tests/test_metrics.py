"""The counters: each function moves its own sample, and no label can grow with the number of incidents."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from prometheus_client.exposition import generate_latest

from chatops import metrics
from chatops.core.actions import ACTIONS
from tests.documented import documented

PROMTOOL = shutil.which("promtool")
HOSTILE = ("payments-7f9c-x2x", 'a"} 1\nevil{b="', "", "x" * 5_000, "42", "ünï", "-1001234567890", "a b", None, 7)
AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def value(sample: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(sample, labels)


def labels_used() -> dict[str, set[tuple[tuple[str, str], ...]]]:
    """Of each of our metrics the sets of labels that it has, without the buckets'."""
    return {
        family.name: {tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le")) for sample in family.samples}
        for family in REGISTRY.collect()
        if family.name.startswith("chatops_")
    }


@pytest.mark.parametrize(
    ("call", "sample", "labels"),
    [
        (lambda: metrics.webhook_answered(418), "chatops_webhooks_total", {"code": "418"}),
        (lambda: metrics.webhook_committed(0.01), "chatops_webhook_commit_seconds_count", {}),
        (lambda: metrics.webhook_routed(0.01), "chatops_webhook_routed_seconds_count", {}),
        (
            lambda: metrics.telegram_answered("sendMessage", "200"),
            "chatops_telegram_answers_total",
            {"method": "sendMessage", "code": "200"},
        ),
        (lambda: metrics.telegram_took(0.1), "chatops_telegram_request_seconds_count", {}),
        (lambda: metrics.telegram_asked_to_wait(7), "chatops_telegram_retry_after_total", {}),
        (
            lambda: metrics.kubernetes_worked("PerformPlan", "conflict"),
            "chatops_kubernetes_work_total",
            {"work": "PerformPlan", "outcome": "conflict"},
        ),
        (
            lambda: metrics.kubernetes_answered("get", "pods/log", 200, 0.1),
            "chatops_kubernetes_requests_total",
            {"verb": "get", "resource": "pods/log", "code": "200"},
        ),
        (
            lambda: metrics.upstream_worked("CreateSilence", "timeout"),
            "chatops_upstream_work_total",
            {"work": "CreateSilence", "outcome": "timeout"},
        ),
        (lambda: metrics.incident_written(["opened"]), "chatops_incident_events_total", {"event": "opened"}),
        (lambda: metrics.incidents_opened(1), "chatops_incident_events_total", {"event": "opened"}),
        (
            lambda: metrics.action_ended("cordon", "succeeded", 2.0),
            "chatops_actions_total",
            {"action": "cordon", "outcome": "succeeded"},
        ),
        (lambda: metrics.actor_restarted("incident"), "chatops_actor_restarts_total", {"role": "incident"}),
        (lambda: metrics.committed(0.01, 1), "chatops_database_jobs_total", {}),
        (
            lambda: metrics.database_failed("server_error"),
            "chatops_database_failures_total",
            {"reason": "server_error"},
        ),
    ],
)
def test_what_happens_is_counted(call: Callable[[], None], sample: str, labels: dict[str, str]) -> None:
    before = value(sample, **labels) or 0.0
    call()
    assert value(sample, **labels) == before + 1


def test_what_is_now_is_shown() -> None:
    metrics.webhooks_waiting(2)
    metrics.telegram_waits(5, 1)
    metrics.leading(True)
    assert value("chatops_webhooks_waiting") == 2
    assert value("chatops_telegram_waiting") == 5
    assert value("chatops_telegram_chats_held") == 1
    assert value("chatops_leader") == 1


def test_the_labels_are_the_documented_ones() -> None:
    for family in REGISTRY.collect():
        if family.name.startswith("chatops_"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            allowed = documented()[name]
            assert all(set(sample.labels) - {"le"} <= allowed for sample in family.samples), name


def test_whatever_is_told_no_label_takes_it() -> None:
    """Of strangers' words no label has one: each has few values, and `other`."""
    for round in range(3):
        for word in HOSTILE:
            text = f"{word}{round or ''}"
            metrics.webhook_answered(text)  # type: ignore[arg-type]  # on purpose
            metrics.telegram_answered(text, text)
            metrics.kubernetes_worked(text, text)
            metrics.kubernetes_answered(text, text, text, 0.1)
            metrics.kubernetes_answered("get", f"pods/{text}", 200, 0.1)
            metrics.upstream_worked(text, text)
            metrics.incident_written([text])
            metrics.action_ended(text, text, -1.0)
            metrics.actor_restarted(text)
            metrics.database_failed(text)
    for name, used in labels_used().items():
        values = {each for labels in used for _, each in labels}
        assert all(re.fullmatch(r"[A-Za-z0-9_./]{1,40}( \w+)?", each) for each in values), (name, values)
        strangers = {each for each in values if any(f"{word}" and f"{word}" in each for word in HOSTILE[:4])}
        assert not strangers, name


def test_names_of_our_own_are_as_many_as_there_are_and_no_more() -> None:
    for number in range(1_000):
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")
        metrics.actor_restarted(f"role_{letters}")
        metrics.telegram_answered(f"method{letters}", "200")
        metrics.kubernetes_worked(f"Work{letters}", "ok")
    for name, most in (("actor_restarts", 41), ("telegram_answers", 400), ("kubernetes_work", 200)):
        assert len(labels_used()[f"chatops_{name}"]) <= most


def test_every_action_of_the_catalogue_has_its_own_label() -> None:
    for action in ACTIONS:
        metrics.action_ended(action, "failed", 1.0)
        assert value("chatops_actions_total", action=action, outcome="failed")


def test_an_incident_is_first_shown_once() -> None:
    count, total = value("chatops_first_shown_seconds_count") or 0, value("chatops_first_shown_seconds_sum") or 0
    metrics.received(900_001, AT)
    metrics.received(900_001, AT + timedelta(seconds=30))
    metrics.first_shown((900_001, 900_002), AT + timedelta(seconds=2))
    metrics.first_shown((900_001,), AT + timedelta(seconds=60))
    assert value("chatops_first_shown_seconds_count") == count + 1
    assert value("chatops_first_shown_seconds_sum") == total + 2


def test_p4_only_a_clean_self_audit_moves_its_heartbeat() -> None:
    """P4: whoever watches the heartbeat hears of a breach by another route than Telegram."""
    metrics.self_audited([], 100.0)
    metrics.self_audited(["late"], 160.0)
    assert value("chatops_self_audit_ok_timestamp_seconds") == 100.0
    assert value("chatops_self_audit_breached", breach="late") == 1
    metrics.self_audited([], 220.0)
    assert value("chatops_self_audit_ok_timestamp_seconds") == 220.0
    assert value("chatops_self_audit_breached", breach="late") == 0


def test_who_is_not_certain_to_lead_is_not_counted_as_who_does() -> None:
    certain = [True]
    metrics.leading(True, lambda: certain[0])
    assert value("chatops_leader") == 1
    certain[0] = False
    assert value("chatops_leader") == 0


def test_who_no_longer_leads_says_nothing_old() -> None:
    metrics.books_looked_at(7, 3, 400.0)
    metrics.figures_counted({("critical", "open"): 3}, 4096)
    assert value("chatops_incidents_active", severity="critical", state="open") == 3
    metrics.leading(False)
    assert value("chatops_inbox_waiting") == 0
    assert value("chatops_undelivered_oldest_seconds") == 0
    assert value("chatops_self_audit_ok_timestamp_seconds") == 0
    assert value("chatops_incidents_active", severity="critical", state="open") is None


def test_what_the_database_said_is_not_told_once_it_says_nothing() -> None:
    metrics.figures_counted({("critical", "open"): 3}, 4096)
    metrics.database_answers(answers=False)
    assert value("chatops_database_up") == 0
    assert value("chatops_incidents_active", severity="critical", state="open") is None
    metrics.figures_counted({("warning", "taken"): 1}, 4096)
    assert value("chatops_database_up") == 1
    assert value("chatops_incidents_active", severity="critical", state="open") == 0
    assert value("chatops_incidents_active", severity="warning", state="taken") == 1


def test_a_source_that_breaks_costs_its_own_figures_only() -> None:
    def broken() -> dict[str, metrics.Manned]:
        raise RuntimeError("canary")

    try:
        metrics.look_at(metrics.Sources(broken, lambda: {"telegram": False, "cluster prod": True}, lambda: 3))
        text = generate_latest(REGISTRY).decode()
        assert value("chatops_scrape_problems") == 1
        assert value("chatops_part_up", part="telegram") == 0
        assert value("chatops_part_up", part="cluster prod") == 1
        assert value("chatops_database_jobs_waiting") == 3
        assert "canary" not in text
        metrics.look_at(metrics.Sources(lambda: {"incident": metrics.Manned(2, 5, 6)}))
        assert value("chatops_mailbox_deepest", role="incident") == 5
        assert value("chatops_mailbox_waiting", role="incident") == 6
        assert value("chatops_actors", role="incident") == 2
    finally:
        metrics.look_at(metrics.Sources())


def test_every_metric_has_a_help() -> None:
    text = generate_latest(REGISTRY).decode()
    types = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    assert types == set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    assert not [name for name in types if name.endswith("_created")]


@pytest.mark.prometheus
@pytest.mark.skipif(PROMTOOL is None, reason="Debian's prometheus is not installed")
def test_promtool_has_nothing_to_say() -> None:
    assert PROMTOOL
    text = generate_latest(REGISTRY)
    checked = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
