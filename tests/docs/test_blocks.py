"""Every fenced block is of a kind that something is done with, and reads as what it says it is."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from chatops.core.routing_acts import route_typed
from chatops.oncall_file import parse_roster
from chatops.routes_file import parse_routes
from chatops.settings import Settings, read
from chatops.settings.shown import describe
from chatops.suggestions import parse_rules
from run import cli
from tests.docs.papers import ROOT, Block, blocks, blocks_of, name_of, papers
from tests.docs.shell import commands, refused

KINDS = {
    "sh": {"", "served", "stopped", "postgres", "move", "demo", "service", "no-run"},
    "yaml": {"", "alertmanager", "values", "prometheus"},
    "env": {""},
    "json": {""},
    "promql": {""},
    "console": {""},
    "ini": {""},
    "sql": {""},
    "nginx": {""},
    "caddy": {""},
    "": {""},
}
"""What may stand behind a fence. A block without a language is a picture or what somebody types into a chat, `console`
what a program prints."""

REASONED = {"no-run", "service"}

READERS = {"docs/oncall.md": parse_roster, "docs/routes.md": parse_routes, "docs/suggestions.md": parse_rules}
"""The pages whose YAML is one of the service's own files."""

NEEDED = {"TELEGRAM_BOT_TOKEN": "123456:ABC-DEF"}


def of(block: Block) -> str:
    return block.where


@pytest.mark.parametrize("page", papers(), ids=name_of)
def test_every_block_says_what_it_is(page):
    for block in blocks_of(page):
        assert block.language in KINDS, block.where
        assert block.kind in KINDS[block.language], f"{block.where}: {block.tag}"
        assert bool(block.said) == (block.kind in REASONED), f"{block.where}: say why, or what, behind the colon"
    assert page.read_text().count("```") % 2 == 0


@pytest.mark.parametrize("block", blocks("yaml"), ids=of)
def test_yaml_is_read_by_what_reads_it_in_earnest(block):
    assert list(yaml.safe_load_all(block.text))
    if reader := READERS.get(block.file):
        assert reader(block.text, block.where)[1] == ()


@pytest.mark.parametrize("block", blocks("json"), ids=of)
def test_json_is_json(block):
    assert json.loads(block.text)


@pytest.mark.parametrize("block", blocks("env"), ids=of)
def test_settings_can_be_used(block, tmp_path, monkeypatch):
    names = [line.partition("=")[0] for line in block.text.splitlines() if line and not line.startswith("#")]
    assert set(names) <= {setting.name for setting in describe()}
    for name in {setting.name for setting in describe()}:
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    file.write_text("\n".join(f"{name}={value}" for name, value in NEEDED.items()) + "\n" + block.text)
    settings = read(file)
    assert isinstance(settings, Settings), settings


@pytest.mark.parametrize("block", blocks("sh"), ids=of)
def test_a_shell_can_read_it(block):
    parsed = subprocess.run(["sh", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert parsed.returncode == 0, parsed.stderr


def understood(arguments: list[str], where: str) -> None:
    """Fails where run.py has no such command or option."""
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        inner = command.get_command(context, name)
        assert inner is not None, f"{where}: run.py has no command {name}"
        command, context = inner, click.Context(inner, parent=context, info_name=name)
    options = {option for parameter in command.params for option in parameter.opts} | {"--help", "-h"}
    for each in arguments:
        assert not each.startswith("-") or each.partition("=")[0] in options, f"{where}: no option {each}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("block", blocks("sh"), ids=of)
def test_the_commands_and_options_of_our_own_exist(block):
    script = ROOT / "send-test-alert.sh"
    for words in commands(block.text):
        if "run.py" in words:
            understood(words[words.index("run.py") + 1 :], block.where)
        elif words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets(), f"{block.where}: {words}"
            arguments = next((word for word in words if word.startswith("ARGS=")), "ARGS=")
            if "run" in words:
                understood(shlex.split(arguments.removeprefix("ARGS=")), block.where)
        elif words[0] == "./send-test-alert.sh":
            for option in (word for word in words if word.startswith("--")):
                assert f"  {option} " in script.read_text(), f"{block.where}: no option {option}"


@pytest.mark.parametrize("page", papers(), ids=name_of)
def test_commands_in_the_text_exist(page):
    """`python run.py audit list` and `make simulate` in passing."""
    text = page.read_text()
    for told in re.findall(r"`(?:\S+/)?(?:python )?run\.py ?([^`]*)`", text):
        understood([word for word in shlex.split(told) if not word.isupper() and ":" not in word], name_of(page))
    for told in re.findall(r"`make ([a-z-]+)[^`]*`", text):
        assert told in targets(), f"{name_of(page)}: make {told}"


def test_a_block_that_is_not_run_has_a_reason_that_holds():
    """What is here for everybody who tests has to be run."""
    for block in (block for block in blocks("sh") if block.kind == "no-run"):
        assert refused(block.text), f"{block.where}: run it"


CHART = ROOT / "deploy" / "helm" / "chatops" / "values.yaml"


@pytest.mark.skipif(not CHART.exists(), reason="there is no chart")
def test_values_of_the_chart_exist():
    """Those of --set, and `rbac.readOnly` in passing."""
    text = "\n".join(page.read_text() for page in papers())
    values = yaml.safe_load(CHART.read_text())
    inside = "|".join(values)
    named = re.findall(r"--set(?:-file)? ([\w.]+)=", text) + re.findall(rf"`((?:{inside})\.[\w.]+)(?:=\S*)?`", text)
    for path in named:
        part = values
        for key in path.split("."):
            assert key in part, f"the chart has no value {path}"
            part = part[key]


def test_every_target_of_make_is_explained_to_who_changes_the_project():
    page = (ROOT / "docs" / "contributing.md").read_text()
    for target in re.findall(r"^\t@echo 'make ([a-z-]+) ", (ROOT / "Makefile").read_text(), re.MULTILINE):
        assert f"`make {target}`" in page, target


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="Debian's prometheus is not installed")
@pytest.mark.parametrize("block", [block for block in blocks("yaml") if block.kind == "prometheus"], ids=of)
def test_prometheus_takes_every_recipe(block, tmp_path):
    file = tmp_path / "prometheus.yml"
    file.write_text(block.text)
    check = ["rules"] if "groups" in yaml.safe_load(block.text) else ["config", "--syntax-only"]
    said = subprocess.run([PROMTOOL, "check", *check, str(file)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


AMTOOL = shutil.which("amtool")


def whole(block: Block, folder: Path) -> Path:
    """The configuration in a file, with a route to its first receiver where the block leaves that out."""
    told = yaml.safe_load(block.text)
    if block.kind == "values":
        told = told["alertmanager"]["config"]
    told.setdefault("route", {"receiver": told["receivers"][0]["name"]})
    file = folder / "alertmanager.yml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True))
    return file


RECIPES = [block for block in blocks("yaml") if block.kind in ("alertmanager", "values")]


@pytest.mark.alertmanager
@pytest.mark.skipif(AMTOOL is None, reason="Debian's prometheus-alertmanager is not installed")
@pytest.mark.parametrize("block", RECIPES, ids=of)
def test_alertmanager_takes_every_recipe(block, tmp_path):
    said = subprocess.run(
        [AMTOOL, "check-config", str(whole(block, tmp_path))], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.alertmanager
@pytest.mark.skipif(AMTOOL is None, reason="Debian's prometheus-alertmanager is not installed")
@pytest.mark.parametrize(
    ("title", "labels", "receivers"),
    [
        ("Routes beside", "severity=critical", "chatops,mail"),
        ("Routes beside", "severity=info", "mail"),
        ("Watchdog", "alertname=Watchdog", "chatops"),
        ("kube-prometheus-stack", "alertname=InfoInhibitor", "null"),
        ("kube-prometheus-stack", "alertname=KubePodNotReady", "chatops"),
    ],
)
def test_an_alert_goes_where_the_page_says(title, labels, receivers, tmp_path):
    page = (ROOT / "docs" / "alertmanager.md").read_text()
    line = page[: page.index(f"## {title}")].count("\n")
    block = next(block for block in RECIPES if block.file == "docs/alertmanager.md" and block.line > line)
    command = [AMTOOL, "config", "routes", "test", f"--config.file={whole(block, tmp_path)}", labels]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert said.stdout.strip() == receivers, said.stderr


def test_routes_as_they_are_typed_are_understood():
    typed = [
        line
        for page in papers()
        for line in re.findall(r"(?:^|`)/routes ([^`\n]+)", page.read_text(), re.MULTILINE)
        if not line.startswith(("quiet", "zone"))
    ]
    assert len(typed) > 2
    for line in typed:
        route_typed(line)
