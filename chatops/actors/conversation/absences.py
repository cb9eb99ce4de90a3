"""That the bot was away, said on a chat's cards for a while: put on them, and taken off when its time is over."""

from collections.abc import Callable

from chatops.actors.chat_messages import NotesOver
from chatops.actors.conversation.backlog import Backlog
from chatops.actors.conversation.cards import Reconciler
from chatops.core.absence import NOTE_STANDS, Absence

NOTE_SECONDS = NOTE_STANDS.total_seconds() + 1


class Absences:
    """`later` has NotesOver told to the chat's actor after so many seconds."""

    def __init__(self, cards: Reconciler, backlog: Backlog, later: Callable[[float, object], object]) -> None:
        self._cards = cards
        self._backlog = backlog
        self._later = later

    def resume(self) -> None:
        """After a start: whoever was to draw a note may have ended before."""
        noted = self._cards.notes()
        if noted:
            self._backlog.fall_behind(*noted)
            self.look_later()

    def was_away(self, absence: Absence) -> None:
        self._backlog.fall_behind(*self._cards.was_away(absence))
        self.look_later()

    def over(self) -> None:
        self._backlog.fall_behind(*self._cards.notes_over())

    def look_later(self) -> None:
        """A card may have a note from now on."""
        self._later(NOTE_SECONDS, NotesOver())
