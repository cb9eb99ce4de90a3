"""An object as YAML, for a file: what `kubectl get -o yaml` prints, without secrets.

What those are is for `strikeout` and `core.masking` to say.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import yaml

from chatops.cluster.answers import decode
from chatops.cluster.models import Thing
from chatops.cluster.places import place
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader, same_incarnation
from chatops.cluster.strikeout import STRUCK, whole
from chatops.core.masking import mask_lines
from chatops.core.resources import ObjectRef


def read_yaml(reader: Reader, ref: ObjectRef) -> str:
    """The object as YAML: without what only the API server writes, with secrets struck out."""
    data = reader.connection.get(place(ref))
    same_incarnation(ref, decode(data, Thing).metadata)
    return manifest({**decode(data, dict[str, Any]), "kind": ref.kind})


def manifest(raw: dict[str, Any]) -> str:
    """Struck out as a structure first, then masked once more line by line, since lines side by side may tell more.

    It reads as YAML whatever was masked: where a sign would break a line, the whole value goes.
    """
    lines = _dump(_plain(whole(raw))).rstrip("\n").split("\n")
    masked = mask_lines(lines)
    if masked != tuple(lines) and not _reads(masked):
        masked = tuple(after if before == after else _cut(before) for before, after in zip(lines, masked, strict=True))
        if not _reads(masked):
            masked = tuple(f"# {line}" for line in masked)
    return "\n".join(masked) + "\n"


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, as people write them; lists indented below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if "\n" in text:
        # A block may not hold everything; a quoted text has its line ends escaped, so it stays on one line.
        style = "|" if all(line == line.rstrip() and "\t" not in line for line in text.split("\n")) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _dump(value: dict[str, Any]) -> str:
    # Folded lines would take a secret apart, and hide it from the masking.
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)


_BREAKS = str.maketrans("\u2028\u2029", "  ")
"""Line ends to YAML, and to nobody else."""


def _plain(value: Any) -> Any:
    """The same with lines that are lines to everybody, and keys that are one line without a secret."""
    if isinstance(value, dict):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.translate(_BREAKS) if isinstance(value, str) else value


def _key(key: Any) -> str:
    return safe_text(str(key)).translate(_BREAKS)


def _reads(lines: Sequence[str]) -> bool:
    try:
        yaml.safe_load("\n".join(lines))
    except (yaml.YAMLError, ValueError):
        # A ValueError is a date that is none.
        return False
    return True


_LINE = re.compile(r"( *(?:- +)*)((?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^\s\"'].*?):(?: |$))?(.*)")


def _cut(line: str) -> str:
    """A line of one scalar, or of one below a key, without what it holds."""
    read = _LINE.fullmatch(line)
    return f"{read[1]}{read[2] or ''}'{STRUCK}'" if read and read[3] else line
