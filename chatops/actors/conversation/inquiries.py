"""What a chat has asked of the cluster, and of the doors beside it, for its screens: kept until the answer comes.

What an answer is drawn as, and whether anybody still waits for it, is decided elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chatops.actors.addresses import DRAWING, POOL, UPSTREAM, Address
from chatops.actors.conversation import cluster_screens, outside
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.whereabouts import ASKING
from chatops.actors.conversation.witness import Trial
from chatops.actors.tags import first_tag
from chatops.actors.upstream_messages import UpstreamWork
from chatops.actors.work import Submit, Work
from chatops.core.cards import Position
from chatops.core.outgoing import ForPresser
from chatops.core.policy import Policy
from chatops.core.presses import for_presser
from chatops.core.updates import Tap
from chatops.db.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """Work under way for a screen: drawn when it comes back, unless the message has moved on.

    `press`: what it answers, heard of at `heard_at`; None for what somebody wrote.
    """

    position: Position
    reader: Reader
    thread_id: int | None
    trial: Trial | None = None
    press: Tap | None = None
    heard_at: datetime | None = None

    @property
    def below(self) -> int:
        """The message that a file or a picture answers, or 0."""
        return self.position.message_id or int(self.position.args.get("card", "0"))

    def only(self, now: datetime) -> ForPresser | None:
        """Whom a message of its own is for that a press asked for: in a group, who pressed; else everybody there."""
        if self.press is None or self.heard_at is None:
            return None
        if self.position.screen in ASKING or outside.is_graph(self.position):
            return None
        return for_presser(self.press, self.heard_at, now)


class Inquiries:
    """`address` is where the answers are told to."""

    def __init__(
        self,
        policy: Policy,
        *,
        store: Store,
        clock: Callable[[], datetime],
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._policy = policy
        self._store = store
        self._clock = clock
        self._address = address
        self._tell = tell
        self._asked: dict[int, Asked] = {}
        self._next_work = first_tag()

    def ask(self, asked: Asked) -> bool:
        """Have asked for what the screen needs; False where it needs nothing."""
        door, work = self._work(asked)
        if work is None:
            return False
        self._asked[self._next_work] = asked
        self._tell(door, Submit(work, self._address, self._next_work, asked.reader.person.id))
        self._next_work += 1
        return True

    def ended(self, tag: object) -> Asked | None:
        """What was asked under this tag, and is not waited for any more; None for what is not ours."""
        return self._asked.pop(tag, None) if isinstance(tag, int) else None

    def abandon(self) -> tuple[Asked, ...]:
        """What was waited for: nobody does any more."""
        left = tuple(self._asked.values())
        self._asked.clear()
        return left

    def _work(self, asked: Asked) -> tuple[Address, Work | UpstreamWork | None]:
        """Who is asked for the screen, and for what."""
        wanted, policy = asked.position, self._policy
        if outside.concerns(wanted, policy.outside):
            incident = self._store.incidents.get(wanted.incident_id) if wanted.incident_id else None
            door = DRAWING if outside.is_graph(wanted) else UPSTREAM
            return door, outside.needed(wanted, incident, asked.reader.tongue, policy.graph_theme)
        return POOL, cluster_screens.needed(wanted, self._clock())
