"""What kind of story a seed tells. Most are hectic; of the rare ones a few in a hundred are enough."""

from datetime import timedelta
from enum import StrEnum


class Plot(StrEnum):
    """hectic: all at once in a minute; long: in ten times as long; storm: some sixty incidents more begin at once."""

    HECTIC = "hectic"
    LONG = "long"
    STORM = "storm"

    @staticmethod
    def of(seed: int) -> "Plot":
        """By its number, so that every range of seeds has all of them."""
        return {5: Plot.LONG, 15: Plot.LONG, 11: Plot.STORM}.get(seed % 25, Plot.HECTIC)

    @property
    def pace(self) -> float:
        """How many times longer it all takes."""
        return 10.0 if self is Plot.LONG else 1.0

    @property
    def least(self) -> float:
        """Seconds that the trouble lasts at least: people need some for what they do about a storm."""
        return 40.0 if self is Plot.STORM else 0.0

    @property
    def unattended(self) -> timedelta:
        """After how long somebody is called for what nobody took."""
        return timedelta(minutes=5) if self is Plot.LONG else timedelta(seconds=25)
