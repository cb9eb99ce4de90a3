"""The dashboard and the alerting rules: that they are what Grafana and Prometheus take, and that each alert works."""

import json
import re
import shutil
import subprocess

import pytest
import yaml

from tests.documented import DASHBOARD, DOC, RULES, RULES_TEST, documented, named_in

PROMTOOL = shutil.which("promtool")
PARTS = ("_bucket", "_sum", "_count")

promtool = pytest.mark.skipif(PROMTOOL is None, reason="Debian's prometheus is not installed")


def ran(*command: str) -> None:
    assert PROMTOOL
    done = subprocess.run(
        [PROMTOOL, *command], cwd=RULES.parent, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def panels() -> list[dict[str, object]]:
    return list(json.loads(DASHBOARD.read_text())["panels"])


def expressions() -> list[str]:
    return [target["expr"] for panel in panels() for target in panel.get("targets", ())]  # type: ignore[attr-defined]


@pytest.mark.prometheus
@promtool
def test_prometheus_takes_the_rules() -> None:
    ran("check", "rules", RULES.name)


@pytest.mark.prometheus
@promtool
def test_each_alert_fires_and_does_not_fire() -> None:
    ran("test", "rules", RULES_TEST.name)


def test_each_alert_is_tried_both_ways() -> None:
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    tried = {(rule["alert"], fires): 0 for rule in rules for fires in (True, False)}
    for test in yaml.safe_load(RULES_TEST.read_text())["tests"]:
        for each in test["alert_rule_test"]:
            tried[each["alertname"], bool(each["exp_alerts"])] += 1
    assert all(tried.values()), tried
    for rule in rules:
        assert set(rule["annotations"]) == {"summary", "description"}
        assert rule["labels"]["about"] == "chatops"
        assert rule["labels"]["severity"] in ("critical", "warning")


@pytest.mark.parametrize("source", [DASHBOARD, RULES])
def test_only_metrics_that_are_documented_are_asked_for(source) -> None:
    known = {*documented(), *(f"{each}{part}" for each in documented() for part in PARTS)}
    standard = {
        "process_start_time_seconds",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
    }
    assert named_in(source.read_text()) <= known | standard


def test_what_the_page_says_to_alert_on_has_an_alert() -> None:
    loud = set(re.findall(r"^\| `(chatops_\w+)` .*\*\*Alert", DOC.read_text(), re.M))
    assert loud <= named_in(RULES.read_text())
    assert len(loud) > 10


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    board = json.loads(DASHBOARD.read_text())
    names = [variable["name"] for variable in board["templating"]["list"]]
    assert names == ["datasource", "namespace", "job"]
    numbers = [panel["id"] for panel in panels()]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        assert isinstance(at, dict)
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["description"]


@pytest.mark.prometheus
@promtool
def test_prometheus_takes_what_the_dashboard_asks(tmp_path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": each.replace("$__rate_interval", "5m")}
        for number, each in enumerate(expressions())
    ]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    ran("check", "rules", str(path))
