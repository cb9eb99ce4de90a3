"""What the pool at UPSTREAM is asked for: work at Alertmanager and Prometheus. It is submitted as any other work.

And the one message by which an incident reminds itself of its silence.
"""

from datetime import datetime

from msgspec import Struct

from chatops.core.graphs import GraphAsk
from chatops.core.resources import ObjectRef
from chatops.core.silences import Choice, Matcher, SilenceDraft, SilencePlace


class CountMatched(Struct, frozen=True):
    """What each choice takes now; `ours` are the fingerprints of the incident that asks."""

    choices: tuple[Choice, ...]
    ours: frozenset[str]


class CreateSilence(Struct, frozen=True):
    """Make the silence, once. It changes what Alertmanager tells."""

    draft: SilenceDraft


class FindSilence(Struct, frozen=True):
    """Was this silence made? Asked when the answer to CreateSilence was lost."""

    key: str
    matchers: tuple[Matcher, ...]


class ExtendUntil(Struct, frozen=True):
    """Have the silence end then, once. It may get another id by that. `note` is added to its comment."""

    place: SilencePlace
    ends_at: datetime
    note: str = ""


class ListSilences(Struct, frozen=True):
    """All silences that stand, whoever made them."""


class ExpireSilence(Struct, frozen=True):
    place: SilencePlace


class LookAtSilence(Struct, frozen=True):
    """Does it still stand, and what of its alerts still fires?"""

    place: SilencePlace
    matchers: tuple[Matcher, ...]


class ReadOutside(Struct, frozen=True):
    """A report of Alertmanager or Prometheus. Of `generator_url` only the expression in it is read."""

    action: str
    ref: ObjectRef
    generator_url: str = ""


class DrawGraph(Struct, frozen=True):
    """The alert's own expression as a picture. Of `generator_url` only the expression in it is read."""

    ref: ObjectRef
    generator_url: str
    ask: GraphAsk


class CallTheRoll(Struct, frozen=True):
    """What does each Alertmanager list?"""


UpstreamWork = (
    CallTheRoll
    | ListSilences
    | CountMatched
    | CreateSilence
    | DrawGraph
    | FindSilence
    | ExtendUntil
    | ExpireSilence
    | LookAtSilence
    | ReadOutside
)


class TendSilence(Struct, frozen=True):
    """Time to see to the silence of this key: look at it, look it up, or ask again to lift it."""

    key: str
