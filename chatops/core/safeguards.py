"""How much it takes to confirm a change: a tap, a typed word, or a second person. It knows no screen.

What cannot be undone asks for more than the thumb that is already on the phone; in a protected namespace it asks for
somebody else.
"""

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from chatops.core import cautions
from chatops.core.actions import ACTIONS, Danger, Preview
from chatops.core.resources import ObjectRef

_FINAL = frozenset({cautions.OWNERLESS, cautions.TO_ZERO})
"""What makes a milder action one that destroys: nobody brings the pod back, nothing is left that serves."""

_WHOLE = 16
"""A name of up to so many characters is typed whole."""


class Safeguard(StrEnum):
    """tap: the second tap does it; word: a word is typed; second: another person with the right taps."""

    TAP = "tap"
    WORD = "word"
    SECOND = "second"


def safeguard(preview: Preview, protected: Iterable[str]) -> Safeguard:
    """What confirming this takes. `protected` are patterns of namespaces (`prod-*`); `*` covers what has none too."""
    if danger_of(preview) is not Danger.DESTROY:
        return Safeguard.TAP
    namespace = preview.plan.ref.namespace
    if any(fnmatchcase(namespace, pattern) for pattern in protected):
        return Safeguard.SECOND
    return Safeguard.WORD


def danger_of(preview: Preview) -> Danger:
    """The action's own danger, or worse where what it was tried on makes it so."""
    if any(caution.code in _FINAL for caution in preview.cautions):
        return Danger.DESTROY
    return ACTIONS[preview.plan.action].danger


def word_of(ref: ObjectRef) -> str:
    """The word to type: the object's name, or the telling end of a long one (`29384760` of a Job's)."""
    if len(ref.name) <= _WHOLE:
        return ref.name
    return ref.name.rpartition("-")[2][-_WHOLE:] or ref.name[-_WHOLE:]


def typed_right(text: str, ref: ObjectRef) -> bool:
    """Whether what was typed is the word; phones capitalise and add spaces by themselves."""
    return text.strip().casefold() == word_of(ref).casefold()
