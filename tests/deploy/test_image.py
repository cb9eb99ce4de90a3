"""The Dockerfile by what can be read of it; `make image-check` builds and runs what it lays out."""

import fnmatch
import re
import shlex
from pathlib import Path

from chatops import __version__
from chatops.settings import Settings
from tests.deploy.image import DEPLOY, DOCKERFILE, ROOT, USER, environment, instructions

_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return {name.lower().replace("_", "-"): version for name, version in _PIN.findall(path.read_text())}


def test_the_lock_has_what_is_required_and_a_hash_of_each() -> None:
    lock = DEPLOY / "requirements.lock"
    assert pins(lock) == pins(ROOT / "requirements.txt"), "`make lock` writes it anew"
    entries = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert len(entries) == len(pins(lock))
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


def test_the_base_is_pinned_by_tag_and_digest_in_both_stages() -> None:
    (base,) = [rest for word, rest in instructions() if word == "ARG" and rest.startswith("BASE=")]
    assert re.fullmatch(r"BASE=python:3\.1[123]\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}", base)
    assert [rest.split()[0] for word, rest in instructions() if word == "FROM"] == ["${BASE}", "${BASE}"]


def test_the_last_stage_runs_as_nobody_in_particular_and_installs_nothing() -> None:
    words = instructions()
    last = words[max(number for number, (word, _) in enumerate(words) if word == "FROM") :]
    assert ("USER", f"{USER}:{USER}") in last
    said = " ".join(rest for word, rest in last if word == "RUN")
    assert not re.search(r"\bapt|\binstall (?!-d)|\bcurl\b", said)
    assert not [rest for word, rest in words if word == "ADD"]


def test_everything_copied_is_there_and_passes_the_ignore_file() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for source in shlex.split(rest)[:-1]
    ]
    for source in copied:
        assert (ROOT / source).exists()
        assert source in let_in
    assert sorted(let_in) == sorted(copied)
    assert "*" in ignored
    assert any(fnmatch.fnmatch("chatops/.env", line.replace("**/", "*")) for line in ignored)


def test_the_environment_is_the_services_own() -> None:
    names = {name.upper() for name in Settings.model_fields}
    python = {"PATH", "HOME", "MPLCONFIGDIR", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MALLOC_ARENA_MAX"}
    assert set(environment()) - python <= names
    assert environment()["DATABASE_URL"] == "sqlite:////var/lib/chatops/chatops.db"


def test_versions_agree() -> None:
    assert f"ARG VERSION={__version__}\n" in DOCKERFILE.read_text()
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()
