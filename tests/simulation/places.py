"""What the alerts of a simulation are about: objects, where each stands, and the fingerprints of its alerts.

Beside the few that every story chooses from there are those of a burst, which all have trouble at once.
"""

from dataclasses import dataclass

EAST, WEST = "east", "west"
CONTEXTS = (EAST, WEST)
PROTECTED = "vault"
"""A namespace in which what cannot be undone takes two."""


@dataclass(frozen=True, slots=True)
class Place:
    """One object's kind, cluster and namespace."""

    kind: str
    cluster: str
    namespace: str


GROUPS = {
    "checkout": ("c0", "c1", "c2"),
    "cart": ("k0", "k1"),
    "search": ("s0",),
    "worker-3": ("n0",),
}
"""Groups by the object they are about, and the fingerprints of their alerts."""

BURST = {f"svc-{number:02}": (f"b{number:02}",) for number in range(64)}
"""The same of what has trouble at once in a storm."""

PLACES = {
    "checkout": Place("Deployment", EAST, "shop"),
    "cart": Place("Deployment", EAST, PROTECTED),
    "search": Place("Deployment", WEST, "shop"),
    "worker-3": Place("Node", WEST, ""),
    **{name: Place("Deployment", EAST, PROTECTED if number % 8 == 7 else "shop") for number, name in enumerate(BURST)},
}

HOME = {fingerprint: name for name, members in (*GROUPS.items(), *BURST.items()) for fingerprint in members}
"""The group of each alert."""
