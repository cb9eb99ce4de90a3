"""The operator's own files, in YAML. Every mistake is told with its line and its mend, and with one nothing counts."""

from collections.abc import Iterator
from pathlib import Path

import yaml


def text_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """The file's text, and what kept it from being read, a sentence."""
    try:
        return path.read_text(encoding="utf-8-sig"), ()
    except OSError as error:
        return "", (f"{path} cannot be read ({error.strerror}): mend the path or its permissions, or unset it",)
    except UnicodeDecodeError:
        return "", (f"{path} is not UTF-8 text: save it as UTF-8",)


def root_of(text: str, name: str) -> tuple[yaml.Node | None, tuple[str, ...]]:
    """Its root, None of an empty text, and what is no YAML in it, a sentence; `name` is the file's."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader), ()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "nested too deeply"
        return None, (f"{where}: not YAML ({what}): mend this line or the one above",)


def word_of(node: yaml.Node) -> str:
    """`""` where there is a list or a mapping."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


class Reader:
    """Goes through the nodes of the file, which know their lines. `problems` are those found so far."""

    def __init__(self, name: str) -> None:
        self.problems: list[str] = []
        self._name = name

    def entries(
        self, node: yaml.Node, what: str, known: tuple[str, ...] | None, *, longest: int | None = None
    ) -> Iterator[tuple[str, yaml.Node]]:
        """Those of a mapping. `known`: the only keys; of those that are names of the operator's, the `longest`."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} is not a mapping", "write it as `key: value` lines")
            return
        seen: set[str] = set()
        for key, value in node.value:
            word = word_of(key)
            if known is not None and word not in known:
                self.wrong(key, f"does not know `{word}`", f"use one of {', '.join(known)}")
            elif longest is not None and (not word.strip() or len(word) > longest):
                self.wrong(key, "a name is empty or too long", f"give it 1 to {longest} characters")
            elif word in seen:
                self.wrong(key, f"`{word}` stands there twice", "keep one of them")
            else:
                seen.add(word)
                yield word, value

    def wrong(self, node: yaml.Node, problem: str, mend: str) -> None:
        self.problems.append(f"{self._name}:{node.start_mark.line + 1}: {problem}: {mend}")
