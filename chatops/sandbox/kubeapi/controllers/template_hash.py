"""The hash that names a revision of a pod template."""

from __future__ import annotations

import json

from chatops.sandbox.kubeapi.kinds import Obj
from chatops.sandbox.kubeapi.store import SUFFIX_LETTERS

LABEL = "pod-template-hash"


def fnv32a(data: bytes) -> int:
    """The 32-bit FNV-1a hash."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def template_hash(template: Obj, collisions: int = 0) -> str:
    """Up to ten letters for a template; another number of collisions gives others."""
    text = json.dumps(bare(template), sort_keys=True)
    digits = str(fnv32a(f"{text}{collisions or ''}".encode()))
    return "".join(SUFFIX_LETTERS[ord(digit) % len(SUFFIX_LETTERS)] for digit in digits)


def bare(template: Obj) -> Obj:
    """The template without the label the controller adds. It shares with `template` what it does not leave out."""
    meta = template.get("metadata")
    if not meta:
        return template
    meta = {key: value for key, value in meta.items() if key != "creationTimestamp"}
    if meta.get("labels") is not None:
        meta["labels"] = {name: value for name, value in meta["labels"].items() if name != LABEL}
    return {**template, "metadata": meta}
