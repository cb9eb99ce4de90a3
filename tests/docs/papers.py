"""The papers of the project: their files, fenced blocks and links. It knows nothing of what is done with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]\n]*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. Behind its fence stand `language` and `tag`, as in `sh no-run: it needs a cluster`."""

    file: str
    line: int
    language: str
    tag: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def kind(self) -> str:
        """The tag without what is said behind its colon."""
        return self.tag.partition(":")[0]

    @property
    def said(self) -> str:
        """What is said behind the tag's colon: a reason, a command."""
        return self.tag.partition(":")[2].strip()


def papers() -> list[Path]:
    """Every page for people: those of the project's folder and of docs/."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks_of(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for found in _FENCE.finditer(text):
        language, _, tag = found["info"].strip().partition(" ")
        indent = found["indent"]
        lines = [line.removeprefix(indent) for line in found["text"].splitlines()]
        line = text.count("\n", 0, found.start()) + 1
        yield Block(name_of(page), line, language, tag.strip(), "\n".join(lines) + "\n")


def blocks(language: str, *pages: str) -> list[Block]:
    """All blocks in this language, of these pages or of all."""
    wanted = [ROOT / page for page in pages] or papers()
    return [block for page in wanted for block in blocks_of(page) if block.language == language]


def prose_of(page: Path) -> str:
    """The page without what stands in fences and in code."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text()))


def links_of(page: Path) -> list[str]:
    return _LINK.findall(_FENCE.sub("", page.read_text()))


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub gives the page's headings."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text())):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        number = 0
        while (numbered := f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(numbered)
    return found
