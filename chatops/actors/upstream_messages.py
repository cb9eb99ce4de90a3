"""What the pool at UPSTREAM is asked for: work at Alertmanager and Prometheus. It is submitted as any other work.

And the one message by which an incident reminds itself of its silence.
"""

from dataclasses import dataclass
from datetime import datetime

from chatops.core.graphs import GraphAsk
from chatops.core.resources import ObjectRef
from chatops.core.silences import Choice, Matcher, SilenceDraft, SilencePlace


@dataclass(frozen=True, slots=True)
class CountMatched:
    """What each choice takes now; `ours` are the fingerprints of the incident that asks."""

    choices: tuple[Choice, ...]
    ours: frozenset[str]


@dataclass(frozen=True, slots=True)
class CreateSilence:
    """Make the silence, once. It changes what Alertmanager tells."""

    draft: SilenceDraft


@dataclass(frozen=True, slots=True)
class FindSilence:
    """Was this silence made? Asked when the answer to CreateSilence was lost."""

    key: str
    matchers: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class ExtendUntil:
    """Have the silence end then, once. It may get another id by that. `note` is added to its comment."""

    place: SilencePlace
    ends_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListSilences:
    """All silences that stand, whoever made them."""


@dataclass(frozen=True, slots=True)
class ExpireSilence:
    place: SilencePlace


@dataclass(frozen=True, slots=True)
class LookAtSilence:
    """Does it still stand, and what of its alerts still fires?"""

    place: SilencePlace
    matchers: tuple[Matcher, ...]


@dataclass(frozen=True, slots=True)
class ReadOutside:
    """A report of Alertmanager or Prometheus. Of `generator_url` only the expression in it is read."""

    action: str
    ref: ObjectRef
    generator_url: str = ""


@dataclass(frozen=True, slots=True)
class DrawGraph:
    """The alert's own expression as a picture. Of `generator_url` only the expression in it is read."""

    ref: ObjectRef
    generator_url: str
    ask: GraphAsk


@dataclass(frozen=True, slots=True)
class CallTheRoll:
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


@dataclass(frozen=True, slots=True)
class TendSilence:
    """Time to see to the silence of this key: look at it, look it up, or ask again to lift it."""

    key: str
