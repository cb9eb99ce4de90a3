"""Environments of their own: for what is measured beside the service, and for the service with only what it needs.

Made once, below `bench/.peers`, from the package index; never in the project's own.
"""

import hashlib
import subprocess
import sys

from bench.measuring import ROOT

PEERS = ROOT / "bench" / ".peers"


def environment_of(name: str, *requirements: str) -> str | None:
    """Its Python; None where the packages cannot be had."""
    folder = PEERS / name
    python, made = folder / "bin" / "python", folder / hashlib.sha256(" ".join(requirements).encode()).hexdigest()[:12]
    if made.exists():
        return str(python)
    print(f"making {folder.relative_to(ROOT)}", file=sys.stderr, flush=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            print(f"{name}: {done.stderr.strip()[-500:]}", file=sys.stderr)
            return None
    made.touch()
    return str(python)


def runtime() -> str:
    """The Python of an environment as an image has it: what requirements.txt names, and no tools of development."""
    return environment_of("runtime", "-r", "requirements.txt") or sys.executable
