"""What whoever runs the service decided about what people are offered. Read once at start, the same in every chat."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum

from chatops.core.graphs import Theme
from chatops.core.mini_app import NO_APP, MiniApp
from chatops.core.oncall import NOBODY, Roster
from chatops.core.outside import NOTHING, Outside
from chatops.core.remedies import Rule


class Graphs(StrEnum):
    """Whom a graph is sent to: who asks for it, or also below the first card of a critical incident."""

    ASKED = "asked"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Policy:
    """`language` is spoken where a user or chat has none; `protected` are patterns of namespaces (see safeguards).

    `rules` are those of the operator's own suggestions file, `outside` are the systems beside the clusters,
    `roster` says who is on call, `app` where the Mini App is.
    """

    language: str = "en"
    protected: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    outside: Outside = NOTHING
    graphs: Graphs = Graphs.ASKED
    graph_theme: Theme = Theme.DARK
    zone: tzinfo = UTC
    """Where nights and weeks are counted."""
    storm_threshold: int = 0
    """More new incidents than this within a minute share one digest in a chat (see storms); 0: never."""
    roster: Roster = NOBODY
    app: MiniApp = NO_APP
