"""The commands in a script, word by word. It is no shell: it reads what the papers have."""

import re
import shlex

HARMLESS = frozenset(
    {
        "cp",
        "chmod",
        "echo",
        "rm",
        "export",
        "curl",
        "grep",
        "make",
        "pg_dump",
        "pg_restore",
        ".venv/bin/python",
        "./send-test-alert.sh",
    }
)
"""What may be called where the papers are tried: whoever writes another one adds it here, or says why it is not run."""

TARGETS = frozenset({"run", "demo"})
"""What of `make` may be."""

_BETWEEN = ("&&", "||", "|", ";")


def commands(text: str) -> list[list[str]]:
    """What is called, word by word, of each line of a script; what stands in quotes is one word."""
    joined = text.replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        words = shlex.split(line, comments=True)
        for begins in [0, *(at + 1 for at, word in enumerate(words) if word in _BETWEEN)]:
            part = words[begins:]
            ends = next((at for at, word in enumerate(part) if word in _BETWEEN), len(part))
            found.append([word for word in part[:ends] if not re.match(r"[A-Z_]+=", word) or part[0] == "make"])
    return [command for command in found if command]


def refused(text: str) -> str:
    """The first command that must not be run here; empty where there is none."""
    for words in commands(text):
        named = {word for word in words[1:] if "=" not in word}
        if words[0] not in HARMLESS or (words[0] == "make" and not named <= TARGETS):
            return " ".join(words)
    return ""
