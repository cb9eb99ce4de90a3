"""What a chat tells itself about its digests, later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gathered:
    """What waited for more to come has waited long enough."""


@dataclass(frozen=True, slots=True)
class DigestDue:
    """The last drawing of a digest is long enough ago for the next."""


@dataclass(frozen=True, slots=True)
class StormLull:
    """Whether a storm has settled, or is over."""
