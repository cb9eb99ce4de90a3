"""What an incident can be found by: its words, and its labels. It knows nothing of where they are kept.

A word is a run of letters and digits, without case and accents. Of `KubePodCrashLooping` each end that begins with a
capital is a word too, so that "crashloop" finds it: what is looked for is how words begin.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b

from chatops.core.incidents.values import Episode, Incident

MARK = "="
"""How the token of a label begins; no word does."""

LONGEST_WORD = 40
MOST_WORDS = 150
MOST_LABELS = 60
MOST_NAMES = 20
"""Of what is stored of one incident: what comes from outside has no bound of its own."""

MOST_ASKED = 8
"""Words of one question that count."""

_WORD = re.compile(r"[^\W_]+")
_WITHIN = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def search_text(incident: Incident, subject: str) -> str:
    """All its words and labels, a space around each: ` checkout shop prod =1f0c… `. `subject`: its object's name."""
    words: dict[str, None] = {}
    for text in _texts(incident, subject):
        words.update(dict.fromkeys(_words_of(text)))
    tokens = (label_token(*label) for label in labels_of(incident)[:MOST_LABELS])
    return f" {' '.join((*list(words)[:MOST_WORDS], *tokens))} "


def labels_of(incident: Incident) -> tuple[tuple[str, str], ...]:
    """The labels of its group, and those that all its alerts have."""
    return tuple(dict.fromkeys((*incident.group_labels.items(), *_common(incident.episodes))))


def asked_words(text: str) -> tuple[str, ...]:
    """How the words of a question begin, each once; nothing where it has no letter and no digit."""
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(_folded(text))))[:MOST_ASKED]


@lru_cache(1024)
def label_token(name: str, value: str) -> str:
    """One word for a label with this value, whatever is written in it."""
    told = f"{name}{MARK}{value}".encode("utf-8", "surrogatepass")
    return MARK + blake2b(told, digest_size=6).hexdigest()


def _texts(incident: Incident, subject: str) -> Iterator[str]:
    yield from (incident.title, subject, incident.namespace, incident.cluster)
    yield from incident.group_labels.values()
    yield from list(dict.fromkeys(episode.alert.name for episode in incident.episodes))[:MOST_NAMES]


def _common(episodes: Iterable[Episode]) -> Iterable[tuple[str, str]]:
    rest = iter(episodes)
    first = next(rest, None)
    common = dict(first.alert.labels) if first else {}
    for episode in rest:
        labels = episode.alert.labels
        common = {name: value for name, value in common.items() if labels.get(name) == value}
        if not common:
            break
    return common.items()


@lru_cache(1024)
def _words_of(text: str) -> tuple[str, ...]:
    found = []
    for word in _WORD.findall(text[:2000]):
        starts = (0, *(end.start() for end in _WITHIN.finditer(word)))
        found += [_folded(word[start:])[:LONGEST_WORD] for start in starts]
    return tuple(word for each in found for word in _WORD.findall(each))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
