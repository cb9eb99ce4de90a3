"""How many incidents there are and how large the database is: what is counted now and then for the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Figures:
    """`active` incidents by severity and whether they are `open` or `taken`; `size` in bytes."""

    active: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))
    size: int = 0
