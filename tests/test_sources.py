"""What no source of the house may do, read from the sources themselves: run a shell, compare secrets, hold one."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core.secret_shapes import PEM_BEGIN, TOKEN, TOKEN_NAMES

ROOT = Path(__file__).parent.parent
SERVING = [*sorted(p for p in (ROOT / "chatops").rglob("*.py") if "sandbox" not in p.parts), ROOT / "run.py"]

SECRET = re.compile(r"token|secret|password|passwd|credential|signature|digest|hash|hmac|api_key", re.IGNORECASE)
"""Words in the names of what must not be compared byte by byte."""

NO_SECRETS = {
    # Hashes that anybody may know: they show a change and open nothing.
    "actors/notary.py": {"self._store.audit.hash_of(known.number) != known.hash"},
    "db/audit_chain.py": {
        "before != previous_hash",
        "found == digest",
        "len(sent.encode()) + len(detail) + len(before) + len(digest) != known",
        "columns['previous_hash'] != previous_hash",
        "columns['hash'] != digest",
        "checkpoint.hash != expected",
        "(told if isinstance(told, str) else told.decode()) != checkpoint.hash",
    },
    # The files of a kubeconfig, how a page of a list is continued, Kubernetes' own label, an image's digest.
    "cluster/credentials.py": {"signature != self._signature"},
    "cluster/pages.py": {"token == asked.get('continue')"},
    "cluster/revisions.py": {"k != _HASH"},
    "cluster/standings/applications.py": {"len(digest) in (40, 64)"},
    # Every so many rows of a table that is moved.
    "db/moving.py": {"digest.rows % TOLD_EVERY == 0"},
    # 128 random bits, looked up in an index of the database and never by their beginning.
    "db/buttons.py": {"'\\x00' not in token"},
    # A button that was just sent, and the press of it: whoever presses it has it.
    "actors/conversation/shelf.py": {"token in u.tokens"},
}


def parsed(paths: list[Path]) -> Iterator[tuple[str, ast.AST]]:
    for path in paths:
        name = path.relative_to(ROOT).as_posix().removeprefix("chatops/")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield name, node


def comparisons(paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Every comparison for equality in which a name tells of a secret."""
    for name, node in parsed(paths):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn):
            names = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
            names += [each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)]
            if any(SECRET.search(each) for each in names):
                yield name, ast.unparse(node)


def test_s1_secrets_are_compared_in_constant_time_only() -> None:
    """S1: what is compared otherwise is on a list, with the reason why it is no secret; the list is not longer."""
    found: dict[str, set[str]] = {}
    for name, text in comparisons(SERVING):
        if "compare_digest" not in text:
            found.setdefault(name, set()).add(text)
    assert found == NO_SECRETS


def test_s1_the_doors_compare_by_hmac() -> None:
    """S1: each door that takes a secret."""
    for door in ("web/bearer.py", "web/hook.py", "actors/conversation/commands.py", "core/signing_in.py"):
        assert "hmac.compare_digest(" in (ROOT / "chatops" / door).read_text(encoding="utf-8")


FORBIDDEN_MODULES = {"subprocess", "pty", "commands", "pickle", "marshal", "shelve", "ctypes", "pexpect", "fabric"}
FORBIDDEN_CALLS = re.compile(
    r"(os\.(system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork\w*)|eval|exec|compile|__import__|yaml\.(load|load_all|unsafe_load\w*|full_load\w*))"
)


def test_s15_nothing_that_serves_runs_a_program_or_evaluates_text() -> None:
    """S15: no shell to put a metacharacter into, anywhere.

    A replica that has lost the lead begins anew, as the very command line it was.
    """
    bad = []
    for name, node in parsed(SERVING):
        match node:
            case ast.Import(names=names):
                bad += [f"{name}: {each.name}" for each in names if each.name.split(".")[0] in FORBIDDEN_MODULES]
            case ast.ImportFrom(module=str(module)):
                bad += [f"{name}: {module}"] if module.split(".")[0] in FORBIDDEN_MODULES else []
            case ast.Call(func=func, keywords=keywords):
                called = ast.unparse(func)
                shell = any(each.arg == "shell" for each in keywords)
                bad += [f"{name}: {called}"] if FORBIDDEN_CALLS.fullmatch(called) or shell else []
    assert bad == ["process.py: os.execv"]


LOCAL_TIME = re.compile(
    r"(datetime\.)?datetime\.(now|today|fromtimestamp)\((?!.*(UTC|tz)).*\)|.*utcnow\(.*|.*\.astimezone\(\)"
    r"|(datetime\.)?date\.today\(.*|time\.(localtime|ctime|mktime|strftime)\(.*"
)


def test_r11_no_moment_is_local_time() -> None:
    """R11: a change to or from daylight saving moves nothing, since nothing is told in local time."""
    assert LOCAL_TIME.fullmatch("datetime.now()")
    assert not LOCAL_TIME.fullmatch("datetime.now(UTC)")
    calls = [(name, ast.unparse(node)) for name, node in parsed(SERVING) if isinstance(node, ast.Call)]
    assert [(name, text) for name, text in calls if LOCAL_TIME.fullmatch(text)] == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_s18_every_requirement_is_pinned_to_one_version(file: str) -> None:
    """S18: a name and `==`; no range, no address, no other index."""
    lines = [line.partition("  #")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    kept = [line for line in lines if line and not line.startswith("#") and line != "-r requirements.txt"]
    assert kept
    assert [line for line in kept if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", line)] == []
    names = [line.partition("==")[0].lower().replace("_", "-").replace(".", "-") for line in kept]
    assert len(names) == len(set(names))


INVENTED = re.compile(r"^(tests|bench)/|^chatops/sandbox/|^chatops/core/secret_")
"""Where secrets are invented on purpose: the corpus of the masking, canaries, stand-ins."""


def test_s18_no_file_of_the_repository_holds_a_secret() -> None:
    """S18: by the house's own shapes of tokens and private keys, outside of where they are invented."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no git here to list the files")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or INVENTED.search(name) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            token = TOKEN.search(line)
            if token or PEM_BEGIN.search(line):
                kind = TOKEN_NAMES[token.lastindex - 1] if token and token.lastindex else "private key"
                found.append(f"{name}:{number}: {kind}")
    assert found == []


def test_s18_the_search_for_secrets_finds_one() -> None:
    """S18: the shapes are alive."""
    for secret in (
        "gh" + "p_" + "a1B2" * 9,
        "123456789:" + "AAbbCCddEE" * 3 + "ffGGh",
        "AK" + "IA" + "ABCDEFGH234567AB",
    ):
        assert TOKEN.search(f"value: {secret}")
    assert PEM_BEGIN.search("-----BEGIN RSA PRIVATE " + "KEY-----")
