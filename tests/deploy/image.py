"""`python -m tests.deploy.image` does without docker what the Dockerfile does, measures it, and lets it serve.

The tree is laid out by the very script that the Dockerfile runs, in a temporary folder, with the hashes of the lock.
Then the service runs in it as the image's user, with no capability, on a root that is read-only but for the database's
folder and /tmp; that takes root, and mount namespaces. The base image itself is not here.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chatops.sandbox.botapi.server import BotApiServer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"
USER = 65532
PATIENCE = 60.0
TOKEN = "image-check-token"

DRAW = """
from datetime import UTC, datetime
from chatops.core.graphs import Curve, Graph, GraphAsk
from chatops.upstream.drawing import png
begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 6, tzinfo=UTC)
points = tuple((begin.timestamp() + each * 60, float(each)) for each in range(360))
print(len(png(Graph("up", (Curve("a", points),), begin, end), GraphAsk("Alert", language="ru"))))
"""


def instructions() -> list[tuple[str, str]]:
    """Word and rest of each instruction of the Dockerfile, its continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for line in joined.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]]


def environment() -> dict[str, str]:
    """What the image's ENV sets, with PATH as it is written there."""
    (rest,) = [rest for word, rest in instructions() if word == "ENV"]
    return dict(part.split("=", 1) for part in shlex.split(rest))


class Image:
    """The tree in a folder, and commands in it as in a container."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "chatops"
        self.data, self.temporary = folder / "data", folder / "tmp"
        for each in (self.data, self.temporary):
            each.mkdir()
            os.chown(each, USER, USER)
        folder.chmod(0o755)

    def build(self) -> None:
        subprocess.run([DEPLOY / "build-tree.sh", ROOT, self.tree, sys.executable], check=True)

    def sizes(self) -> dict[str, int]:
        """MiB on disk, as `du -sm` counts them."""
        parts = {"environment": self.tree / "venv", "service": self.tree / "chatops", "together": self.tree}
        return {name: int(_output("du", "-sm", str(path)).split()[0]) for name, path in parts.items()}

    def command(self, *arguments: str) -> list[str]:
        """In a mount namespace of its own: the root read-only, two folders not, no capabilities, the image's user."""
        mounts = [*self._interpreter(), *(f"mount --bind {each} {each}" for each in (self.data, self.temporary))]
        user = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
        bare = ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
        inside = shlex.join([*user, *bare, *arguments])
        script = " && ".join([*mounts, "mount -o remount,bind,ro /", f"cd {self.data}", f"exec {inside}"])
        return ["unshare", "--mount", "sh", "-c", script]

    def _interpreter(self) -> list[str]:
        """An interpreter below /root, where no other user gets to, has to be put where it is reached by that path."""
        prefix = Path(sys.base_prefix)
        if not prefix.is_relative_to("/root"):
            return []
        aside = self.tree.parent / "interpreter"
        aside.mkdir(exist_ok=True)
        return [
            f"mount --bind {prefix} {aside}",
            "mount -t tmpfs -o mode=755 tmpfs /root",
            f"mkdir -p {prefix}",
            f"mount --bind {aside} {prefix}",
        ]

    def environment(self, **more: str) -> dict[str, str]:
        """The image's, with its folders where they are here."""
        found = environment()
        found["PATH"] = f"{self.tree / 'venv' / 'bin'}:/usr/sbin:{os.defpath}"
        found["TMPDIR"] = found["HOME"] = str(self.temporary)
        found["MPLCONFIGDIR"] = str(self.temporary / "matplotlib")
        found["DATABASE_URL"] = f"sqlite:///{self.data}/chatops.db"
        return found | more

    def python(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command("python3", *arguments),
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def cached(self) -> list[Path]:
        """Source files of the tree that have no compiled twin."""
        return [
            path
            for path in self.tree.rglob("*.py")
            if "/bin/" not in path.as_posix()
            and not (path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc").exists()
        ]


def check(folder: Path) -> None:
    """Build and try it; AssertionError where it is not as the Dockerfile promises."""
    image = Image(folder)
    image.build()
    print("MiB by `du -sm`:", ", ".join(f"{name} {size}" for name, size in image.sizes().items()))
    bad = [path.relative_to(image.tree).as_posix() for path in image.cached()]
    print(f"{len(bad)} files could not be compiled (templates and the like):", ", ".join(bad) or "none")
    assert not [path for path in bad if path.startswith(("chatops/", "run.py", "migrations/"))]

    run = str(image.tree / "run.py")
    version = image.python(run, "--version")
    assert version.returncode == 0, version.stderr
    print("run.py --version:", version.stdout.strip())
    drawn = image.python("-c", DRAW, PYTHONPATH=str(image.tree))
    assert drawn.returncode == 0, drawn.stderr
    assert int(drawn.stdout) > 1000
    print("a graph:", drawn.stdout.strip(), "bytes")
    denied = image.python("-c", f"open({str(image.tree / 'chatops' / 'x')!r}, 'w')")
    assert "Read-only file system" in denied.stderr, denied.stderr
    served(image, run)
    print("written:", ", ".join(sorted(each.name for each in (*image.data.iterdir(), *image.temporary.iterdir()))))


def served(image: Image, run: str) -> None:
    """It takes an alert, tells Telegram, says that it is well, and ends with 0 when told to."""
    app, alerts = free_port(), free_port()
    with BotApiServer() as telegram:
        more = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_CHATS": "-1001",
            "WEBHOOK_TOKEN": TOKEN,
            "BIND_ADDRESS": "127.0.0.1",
            "APP_PORT": str(app),
            "ALERT_PORT": str(alerts),
        }
        with running(image, run, more) as process:
            seconds = until(lambda: status(f"http://127.0.0.1:{app}/healthz") == 200, process)
            print(f"/healthz after {seconds:.1f} s")
            until(lambda: status(f"http://127.0.0.1:{app}/readyz") == 200, process)
            # The Dockerfile's own check of health, as docker would run it.
            (rest,) = [rest for word, rest in instructions() if word == "HEALTHCHECK"]
            code = json.loads(rest.partition("CMD ")[2])[-1]
            healthy = image.python("-c", code, APP_PORT=str(app))
            assert healthy.returncode == 0, healthy.stderr
            assert status(f"http://127.0.0.1:{alerts}/api/v1/alertmanager", webhook()) == 200
            checked = image.python(run, "check", **more)
            print("run.py check:", *(line for line in checked.stdout.splitlines() if "database" in line))
            assert "✔ database" in checked.stdout, checked.stdout + checked.stderr
            process.terminate()
            assert process.wait(PATIENCE) == 0


@contextmanager
def running(image: Image, run: str, more: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    log = image.temporary.parent / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            image.command("python3", run), env=image.environment(**more), stdout=output, stderr=output, text=True
        )
        try:
            yield process
        except BaseException:
            print(log.read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            process.kill()
            process.wait()


def until(true: Callable[[], bool], process: subprocess.Popen[str]) -> float:
    """Seconds until it is true."""
    begin = time.monotonic()
    while not true():
        assert process.poll() is None, "it ended"
        assert time.monotonic() - begin < PATIENCE
        time.sleep(0.05)
    return time.monotonic() - begin


def status(url: str, body: bytes | None = None) -> int:
    """The status of an answer, 0 without one."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def webhook() -> bytes:
    found = sorted((ROOT / "tests" / "payloads").rglob("*.json"))
    return found[0].read_bytes()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> int:
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv", "mount"))):
        print("it takes root on Linux, for a read-only root and another user", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="chatops-image-") as folder:
        check(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
