"""What an incident suggests, and what the ranking knows beside the incident itself."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chatops.core.quantities import grow
from chatops.core.remedies.experience import Experience
from chatops.core.remedies.rules import Rule
from chatops.core.resources import ObjectRef


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggested action. `why` names a sentence of the screens; `params` already hold what the label promises."""

    action: str
    ref: ObjectRef
    why: str
    params: dict[str, str] = field(default_factory=dict)
    told: str = ""
    """What fills the sentence, or the whole of it where a rule of the operator's own says why."""
    helped: str = ""
    """`9/10`: how often it helped for this alert before; empty where too little is known."""

    @property
    def reasons(self) -> dict[str, str]:
        """What the confirm screen says of it, as a button carries it."""
        told = {"why": self.why, "told": self.told, "helped": self.helped}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the card offers: remediations, most probable first, and the best thing to read."""

    remedies: tuple[Suggestion, ...] = ()
    reading: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """`experience`: what helped for this alert before. `rules`: those of the operator's own file, in its order."""

    experience: Experience = field(default_factory=Experience)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggestion with how probable it is that it helps, 0 to 100."""

    score: int
    suggestion: Suggestion


def grown(quantity: str, what: str, larger: Callable[[str], str] = grow) -> dict[str, str]:
    """The parameter `what` with a larger quantity; none for an odd one, which the preview then chooses."""
    try:
        return {what: larger(quantity)}
    except ValueError:
        return {}


def candidate(score: int, action: str, ref: ObjectRef, why: str, told: str = "", **params: str) -> Candidate:
    return Candidate(score, Suggestion(action, ref, why, params, told))
