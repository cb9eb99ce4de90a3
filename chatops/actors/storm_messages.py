"""What a chat tells itself about its digests, later."""

from msgspec import Struct


class Gathered(Struct, frozen=True):
    """What waited for more to come has waited long enough."""


class DigestDue(Struct, frozen=True):
    """The last drawing of a digest is long enough ago for the next."""


class StormLull(Struct, frozen=True):
    """Whether a storm has settled, or is over."""
