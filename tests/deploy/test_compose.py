"""The compose files by what can be read of them; there is no docker here to try them with."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from chatops import __version__
from chatops.settings import Settings, read
from tests.deploy.image import DEPLOY, ROOT, USER, environment

FILES = ("compose.yaml", "compose.sqlite.yaml")
FILLED = {
    "TELEGRAM_BOT_TOKEN": "123456:AAbbccddeeffgghhiijjkkllmmnnooppqqr",
    "WEBHOOK_TOKEN": "a-token-of-the-tests",
    "POSTGRES_PASSWORD": "c0ffee",
    "KUBECONFIG_FILE": "./kubeconfig",
}
_HOLE = re.compile(r"\$\{(\w+):\?[^}]*\}")


def services(name: str) -> dict[str, Any]:
    """With the holes filled from the env file."""
    text = _HOLE.sub(lambda hole: FILLED[hole[1]], (DEPLOY / name).read_text())
    assert "$" not in text
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def example() -> dict[str, str]:
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))  # type: ignore[misc]


@pytest.mark.parametrize("name", FILES)
def test_every_container_is_held_tight(name: str) -> None:
    for service in services(name)["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service
    chatops = services(name)["services"]["chatops"]
    assert chatops["user"] == f"{USER}:{USER}"
    assert chatops["image"] == f"chatops:{__version__}"
    assert "cap_add" not in chatops


@pytest.mark.parametrize("name", FILES)
def test_what_is_written_is_mounted_and_what_is_read_is_there(name: str) -> None:
    found = services(name)
    chatops = found["services"]["chatops"]
    written = [each.partition(":")[0] for each in chatops["tmpfs"]]
    written += [each.partition(":")[2] for each in chatops["volumes"] if isinstance(each, str)]
    assert sorted(written) == ["/tmp", "/var/lib/chatops"]
    assert Path(environment()["MPLCONFIGDIR"]).is_relative_to("/tmp")
    assert (DEPLOY / chatops["build"]["context"]).resolve() == ROOT
    assert (ROOT / chatops["build"]["dockerfile"]).exists()
    (bound,) = [each for each in chatops["volumes"] if not isinstance(each, str)]
    assert bound["target"] == chatops["environment"]["KUBECONFIG"]
    named = {each.partition(":")[0] for s in found["services"].values() for each in s["volumes"] if type(each) is str}
    assert named == set(found["volumes"])
    for needed in chatops.get("depends_on", {}):
        assert "healthcheck" in found["services"][needed]


@pytest.mark.parametrize("name", FILES)
def test_the_service_takes_the_environment_it_gets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in Settings.model_fields:
        monkeypatch.delenv(each.upper(), raising=False)
    given = environment() | FILLED | services(name)["services"]["chatops"]["environment"]
    url = given.pop("DATABASE_URL")
    assert url.startswith("postgresql://" if name == "compose.yaml" else "sqlite:////var/lib/chatops/")
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = read(None)
    assert isinstance(settings, Settings), settings
    assert (settings.listen_on, settings.app_port, settings.alert_port) == ("0.0.0.0", 8080, 8081)


def test_the_example_has_every_hole() -> None:
    holes = {hole for name in FILES for hole in _HOLE.findall((DEPLOY / name).read_text())}
    assert holes <= set(example())
    assert set(example()) == set(FILLED)
