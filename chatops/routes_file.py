"""What chats are told of, how loudly and when, from ROUTES_FILE. Every mistake is told with its line and its mend.

chats:
  - chat: -1001234567890
    zone: Europe/Moscow         # quiet hours and the nights of reviews go by it
    quiet: 22:00-08:00          # only what is critical makes a sound
    routes:                     # without any the chat is shown everything; the first that takes an incident says how
      - namespaces: [shop-*, mail]
        clusters: [prod]
        severity: warning       # and worse
        matchers: ['team=payments', 'app=~"checkout|cart"']
        loud: [critical]        # what makes a sound; [] is never
        topic: 12               # of a forum
        chain: night            # one of the chains of ONCALL_FILE
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml

from chatops.core.alerts import Severity
from chatops.core.granting import place_typed
from chatops.core.misread import Misread
from chatops.core.people import ANY
from chatops.core.routes import LOUD, MOST_MATCHERS, MOST_ROUTES, ChatRules, Route, matcher_of, quiet_of
from chatops.core.routing_acts import MOST_PATTERNS, severities_of, topic_of
from chatops.db.routes import zone_of
from chatops.own_yaml import Reader, root_of, text_of, word_of

T = TypeVar("T")
FileRules = tuple[tuple[int, ChatRules], ...]

_CHAT = ("chat", "zone", "quiet", "routes")
_ROUTE = ("clusters", "namespaces", "severity", "matchers", "loud", "topic", "chain")


def read_routes(path: Path) -> tuple[FileRules, tuple[str, ...]]:
    """What the file says of each chat, in its order, and every problem found, a sentence each; with a problem nothing
    of it is to be used.
    """
    text, problems = text_of(path)
    return ((), problems) if problems else parse_routes(text, str(path))


def parse_routes(text: str, name: str) -> tuple[FileRules, tuple[str, ...]]:
    """As `read_routes`, of a text; `name` stands in the sentences."""
    root, problems = root_of(text, name)
    if root is None:
        return (), problems
    reader = _Reader(name)
    rules = reader.file(root)
    return (() if reader.problems else rules), tuple(reader.problems)


class _Reader(Reader):
    def file(self, root: yaml.Node) -> FileRules:
        parts = dict(self.entries(root, "the file", ("chats",)))
        if "chats" not in parts:
            self.wrong(root, "has no `chats:`", "begin the file with `chats:` and a list below it")
            return ()
        found: dict[int, ChatRules] = {}
        for node in self._items(parts["chats"], "chats"):
            self._chat(node, found)
        return tuple(found.items())

    def _chat(self, node: yaml.Node, found: dict[int, ChatRules]) -> None:
        parts = dict(self.entries(node, "a chat", _CHAT))
        if "chat" not in parts:
            self.wrong(node, "a chat has no `chat`", "add its number, like `chat: -1001234567890`")
            return
        word = word_of(parts["chat"])
        if not re.fullmatch(r"-?[1-9]\d{0,17}", word, re.ASCII):
            self.wrong(parts["chat"], "`chat` has no chat number", "write it as digits, like -1001234567890")
        elif int(word) in found:
            self.wrong(parts["chat"], f"the chat {word} stands there twice", "keep one of them")
        else:
            quiet = self._read(parts.get("quiet"), quiet_of, None)
            zone = zone_of(word_of(parts["zone"])) if "zone" in parts else None
            if "zone" in parts and zone is None:
                self.wrong(parts["zone"], f"`{word_of(parts['zone'])}` is no time zone", "write it like Europe/Moscow")
            found[int(word)] = ChatRules(self._routes(parts.get("routes")), quiet, zone, from_file=True)

    def _routes(self, node: yaml.Node | None) -> tuple[Route, ...]:
        items = self._items(node, "routes") if node else []
        if node and len(items) > MOST_ROUTES:
            self.wrong(node, f"has more than {MOST_ROUTES} routes", "put several places into one")
        return tuple(self._route(item) for item in items)

    def _route(self, node: yaml.Node) -> Route:
        parts = dict(self.entries(node, "a route", _ROUTE))
        matchers = self._listed(parts.get("matchers"), "matchers", MOST_MATCHERS)
        loud = self._listed(parts.get("loud"), "loud", len(Severity), empty=True)
        severity = parts.get("severity")
        said = [self._read(item, severities_of, tuple[Severity, ...]()) for item in loud]
        return Route(
            clusters=self._patterns(parts.get("clusters"), "clusters"),
            namespaces=self._patterns(parts.get("namespaces"), "namespaces"),
            least=self._severity(severity) if severity else Severity.NONE,
            matchers=tuple(each for item in matchers if (each := self._read(item, matcher_of, None))),
            loud=tuple(each for each in Severity if any(each in one for one in said)) if "loud" in parts else LOUD,
            topic=self._read(parts.get("topic"), topic_of, 0),
            chain=word_of(parts["chain"]) if "chain" in parts else "",
        )

    def _patterns(self, node: yaml.Node | None, key: str) -> tuple[str, ...]:
        found = []
        for item in self._listed(node, key, MOST_PATTERNS):
            # A slash parts the two: what stands before it is read as a cluster is, what stands behind as a namespace.
            word = word_of(item)
            place = place_typed(f"{word}/{ANY}" if key == "clusters" else f"{ANY}/{word}" if "/" not in word else "")
            if place is None or "," in word:
                self.wrong(item, f"`{word}` is no pattern of {key}", "write a name; `*` stands for any text")
            else:
                found.append(place[0] if key == "clusters" else place[1])
        return tuple(found) or (ANY,)

    def _severity(self, node: yaml.Node) -> Severity:
        if word_of(node) not in set(Severity):
            self.wrong(node, f"`{word_of(node)}` is no severity", f"use one of {', '.join(Severity)}")
            return Severity.NONE
        return Severity(word_of(node))

    def _read(self, node: yaml.Node | None, reads: Callable[[str], T], instead: T) -> T:
        """What `reads` makes of the word there; it raises Misread, in whose words the mend stands."""
        if node is None:
            return instead
        try:
            return reads(word_of(node))
        except Misread as problem:
            said, _, mend = str(problem).partition(": ")
            self.wrong(node, f"`{word_of(node)}` {said}", mend)
            return instead

    def _listed(self, node: yaml.Node | None, key: str, most: int, *, empty: bool = False) -> list[yaml.Node]:
        if node is None or (empty and isinstance(node, yaml.SequenceNode) and not node.value):
            return []
        items = self._items(node, key)
        if len(items) > most:
            self.wrong(node, f"`{key}` has more than {most}", "keep the ones that are needed")
        return items

    def _items(self, node: yaml.Node, key: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self.wrong(node, f"`{key}` is not a list of something", "begin each item with `- `")
            return []
        return list(node.value)
