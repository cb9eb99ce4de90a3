"""Where a screen is shown: in the message that somebody moves on from, or in one of its own below it.

It asks what stands there and writes down where a message has moved to. What a screen says is not its business.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chatops.actors.conversation import outside
from chatops.actors.conversation.asides import stands_beside
from chatops.actors.conversation.documents import DOCUMENTS
from chatops.core.asides import Aside
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.people import ChatKind
from chatops.core.screens import merging
from chatops.core.updates import Tap
from chatops.db.store import Store

FILES = (Verb.LOG_FILE, Verb.DESCRIBE_FILE, Verb.REPORT_FILE, Verb.YAML_FILE, *DOCUMENTS)
"""Screens that are files of their own: the message they are asked from stays where it is."""

ASKING = (Verb.SEARCH, Verb.SCOPE)
"""Screens that are answered by a reply, which only a message that everybody sees is sure to get."""


@dataclass(frozen=True, slots=True)
class From:
    """The message that somebody moves on from without pressing a button of it."""

    chat_id: int
    message_id: int
    chat_kind: ChatKind
    thread_id: int | None


class Whereabouts:
    """`at` is the message that somebody moves on from, by a press or without one."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def remembering(self, wanted: Position, at: Tap | From) -> Position:
        """A pod's screens keep the workload it was reached from, for the way back."""
        old = self._store.positions.get(at.chat_id, at.message_id)
        if not (wanted.ref and old and old.ref and wanted.ref.same_place(old.ref)):
            return wanted
        above = {name: value for name, value in old.args.items() if name in ("above", "above_kind")}
        return replace(wanted, args={**above, **wanted.args})

    def opens_beside(self, wanted: Position, at: Tap | From) -> bool:
        """Whether an incident is opened from a digest, its list or another incident: these stay where they are."""
        if wanted.screen is not Verb.CARD or wanted.incident_id is None:
            return False
        if merging.BESIDE.items() <= wanted.args.items():
            return True
        old = self._store.positions.get(at.chat_id, at.message_id)
        # A digest may be older than what is remembered of where messages stand.
        return self._is_digest(at) or (old is not None and old.screen is Verb.STORM_ALL)

    def settle(self, wanted: Position, at: Tap | From, user_id: int) -> Position:
        """`wanted` in the message it is to stand in: `at`, which has moved there then, or one of its own (0).

        In a group the shared card stays, and so does what somebody else looks at: the way down from it is a message of
        its own. So is a graph anywhere.
        """
        aside = self._aside_of_another(wanted, at, user_id)
        if aside or self._is_digest(at) or self._stays(wanted, at):
            below = aside.below if aside else at.message_id
            return replace(wanted, message_id=0, args=stands_beside(wanted, below, user_id))
        if wanted.screen not in FILES:
            self._store.positions.put(replace(wanted, touched_at=self._clock()))
            self._until_it_is_seen(wanted)
        return wanted

    def moved(self, position: Position) -> Position:
        """The same screen with more arguments: written down where its message is known already."""
        position = replace(position, touched_at=self._clock())
        if position.message_id:
            self._store.positions.put(position)
        return position

    def still_there(self, position: Position) -> bool:
        """Whether the message still waits for this screen: the person may have gone elsewhere meanwhile."""
        if not position.message_id or position.screen in FILES:
            return True
        at = self._store.positions.get(position.chat_id, position.message_id)
        return at is not None and replace(at, touched_at=None) == replace(position, touched_at=None)

    def _until_it_is_seen(self, wanted: Position) -> None:
        """A message that goes back to its card is behind until that was delivered: it may never be."""
        card = self._store.cards.by_message(wanted.chat_id, wanted.message_id) if wanted.screen is Verb.CARD else None
        if card is not None and card.incident_id == wanted.incident_id:
            self._store.cards.put(replace(card, revision=0))

    def _stays(self, wanted: Position, at: Tap | From) -> bool:
        """Whether the message stays as it is, and what is wanted is shown below it."""
        if outside.is_graph(wanted):
            old = self._store.positions.get(at.chat_id, at.message_id)
            return old is None or not outside.is_graph(old)
        if at.message_id < 0 and wanted.screen in ASKING:
            return True
        return self._is_shared_card(at) and wanted.screen is not Verb.CARD

    def _aside_of_another(self, wanted: Position, at: Tap | From, user_id: int) -> Aside | None:
        if at.chat_kind is ChatKind.PRIVATE or wanted.screen is Verb.CARD or wanted.screen in FILES:
            return None
        aside = self._store.asides.get(at.chat_id, at.message_id)
        return aside if aside and aside.user_id != user_id else None

    def _is_shared_card(self, at: Tap | From) -> bool:
        if at.chat_kind is ChatKind.PRIVATE:
            return False
        return self._store.cards.by_message(at.chat_id, at.message_id) is not None

    def _is_digest(self, at: Tap | From) -> bool:
        return self._store.storms.by_message(at.chat_id, at.message_id) is not None
