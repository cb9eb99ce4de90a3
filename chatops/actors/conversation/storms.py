"""The digests of a chat: which new incidents share one, and that its message shows them. In the chat's thread."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from chatops import metrics
from chatops.actors.addresses import Address, incident_address
from chatops.actors.base import summary
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.shelf import Shelf, UnderWay
from chatops.actors.messages import Happened, SurveyAgain
from chatops.actors.storm_messages import DigestDue, Gathered, StormLull
from chatops.actors.tags import first_tag
from chatops.core.access import Right, known, may
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents import Person, Press
from chatops.core.incidents.events import Take
from chatops.core.outgoing import Lane
from chatops.core.people import User
from chatops.core.screens.storm import FITS, digest, document
from chatops.core.storms import (
    CAUSE_WITHIN,
    GATHER_SECONDS,
    OVER_AFTER,
    Beginning,
    Cause,
    Member,
    Newcomer,
    Storm,
    files_again,
    is_over,
    share,
    suspected_cause,
)
from chatops.core.updates import Tap
from chatops.db.newcomers import Arrival
from chatops.db.store import Store

log = structlog.get_logger()

QUICK_DRAWS = 9
"""So often a digest is drawn soon after the last time, and before other edits, while people look what is coming."""

GAPS = ((1, 0.3), (5, 1.0), (QUICK_DRAWS, 2.0), (12, 5.0))
"""Seconds between two drawings up to that many; LONGEST_GAP after it. A group takes 20 messages and edits a minute."""

LONGEST_GAP = 10.0
MOST_TAKEN = 300
"""Incidents that one press takes, the worst: each wakes an actor. The toast says how many; more takes another press."""

SETTLED_SECONDS = 5.0
"""Without a newcomer for so long a storm has settled: the list of all is sent."""


class Storms:
    """`threshold` 0: every incident gets its card. `later` tells the chat's actor in so many seconds."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        later: Callable[[float, object], object],
    ) -> None:
        self._canvas = canvas
        self._chat_id = canvas.chat_id
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._tell = tell
        self._later = later
        self._threshold = canvas.policy.storm_threshold
        self._denials = Denials(store, clock=clock)
        self._recent: list[Beginning] | None = None
        self._waiting: dict[int, None] = {}
        self._waited: set[int] = set()
        self._sifted: set[int] = set()
        """Incidents that are to be drawn each for itself."""
        self._asleep: set[int] = set()
        self._dirty: set[int] = set()
        self._rests = False
        self._listens = False
        self._draws: Counter[int] = Counter()
        self._keys: dict[int, str] = {}
        self._suspected: Cause | None = None
        self._drawn: dict[tuple[int, int], tuple[int, ...]] = {}
        """By storm and revision, whom the digest that is on its way names."""

    def resume(self) -> None:
        """After a start, or when the chat can be reached again: every digest that is behind is drawn."""
        for storm in self._store.storms.of_interest(self._chat_id):
            if storm.shown != storm.wanted:
                self._dirty.add(storm.id)
            if storm.ended_at is None:
                self._listen()
        self._draw()

    def sift(self, incident_ids: Iterable[int]) -> tuple[int, ...]:
        """Those of the incidents that are to be drawn each for itself. All others are a digest's, or wait."""
        wanted = tuple(incident_ids)
        fresh = [each for each in wanted if each not in self._sifted]
        if not fresh:
            return wanted
        arrivals, new = self._store.at_once(lambda: self._looked_at(fresh))
        digested = [each for each in arrivals if each.storm_id is not None]
        self._dirty.update(each.storm_id for each in digested if each.storm_id is not None)
        dropped = {each.id for each in digested if not each.carded and not each.viewed}
        dropped |= self._shared(new)
        self._asleep -= dropped - self._waiting.keys()
        self._sifted.update(each for each in fresh if each not in dropped)
        self._draw()
        return tuple(each for each in wanted if each not in dropped)

    def _looked_at(self, fresh: list[int]) -> tuple[tuple[Arrival, ...], list[Arrival]]:
        """All of them, and those that are new here and wanted: they may share a digest."""
        arrivals = self._store.storms.arrivals(self._chat_id, fresh)
        if not self._threshold or not self._canvas.chat.subscribed:
            return arrivals, []
        readable = self._canvas.readable()
        new = [
            each
            for each in arrivals
            if each.storm_id is None
            and each.new
            and readable(each.cluster, each.namespace)
            and self._shelf.card_under_way(each.id) is None
        ]
        unwanted = self._store.routes.unwanted(self._chat_id, [each.id for each in new]) if new else ()
        return arrivals, [each for each in new if each.id not in unwanted]

    def opened(self, incident_ids: Iterable[int]) -> None:
        """In a storm: their objects are looked at once they have a card."""
        self._asleep.update(incident_ids)

    def drawn(self, incident_id: int) -> None:
        """It is drawn for itself; when it changes again, it is looked at again."""
        self._sifted.discard(incident_id)
        if incident_id in self._asleep:
            self._asleep.discard(incident_id)
            self._tell(incident_address(incident_id), SurveyAgain())

    def gathered(self) -> tuple[int, ...]:
        """What waited: it is to be sifted once more, and waits no longer."""
        found = tuple(self._waiting)
        self._waited.update(found)
        self._waiting.clear()
        return found

    def due(self) -> None:
        self._rests = False
        self._draw()

    def lull(self) -> None:
        """Send the list of all once the storm has settled, and end it when it is over."""
        self._listens = False
        storm = self._store.storms.standing(self._chat_id)
        if storm is None:
            return
        members, now = self._members(storm), self._clock()
        settled = abs((now - storm.last_at).total_seconds()) >= SETTLED_SECONDS
        self._file(storm, members, settled=settled)
        if is_over(storm, sum(each.open for each in members), now):
            self._store.storms.end(storm.id, now)
            self._suspected = None
            self._dirty.add(storm.id)
            self._draw()
        else:
            self._listen(OVER_AFTER.total_seconds() / 10 if settled else SETTLED_SECONDS)

    def arrived(self, done: UnderWay) -> None:
        """A digest was delivered as it was drawn; it may be behind again by now."""
        if done.position is None or done.position.screen is not Verb.STORM:
            return
        storm_id = int(done.position.args["storm"])
        self._store.storms.seen(storm_id, done.message_id, done.revision)
        self._say_shown(storm_id, done)
        storm = self._store.storms.get(storm_id)
        if storm is not None and storm.wanted != storm.shown:
            self._dirty.add(storm_id)
            self._draw()

    def _say_shown(self, storm_id: int, done: UnderWay) -> None:
        """Whom the message names for the first time is shown from now on."""
        arrived = [each for each in self._drawn if each[0] == storm_id and each[1] <= done.revision]
        for each in arrived:
            metrics.first_shown(self._drawn.pop(each), self._clock())
        log.info("digest sent", chat=self._chat_id, storm=storm_id, message=done.message_id)

    def message_gone(self, lost: UnderWay) -> None:
        """Somebody deleted it: it is posted once more."""
        if lost.position is None or lost.position.screen is not Verb.STORM:
            return
        storm_id = int(lost.position.args["storm"])
        self._keys.pop(storm_id, None)
        self._store.storms.lost(storm_id)
        self._dirty.add(storm_id)
        self._draw()

    def take_all(self, storm_id: int, tap: Tap, person: Person, user: User | None, language: str) -> int:
        """Ask each open incident of the storm that nobody has, and that this person may act on; how many."""
        storm = self._store.storms.get(storm_id)
        members = self._store.storms.members(storm_id) if storm and storm.chat_id == self._chat_id else ()
        free = [each for each in members if each.open and not each.taken_by]
        theirs = [each for each in free if may(user, Right.ACT, cluster=each.cluster, namespace=each.namespace).allowed]
        theirs = theirs[:MOST_TAKEN]
        if free and not theirs:
            self._denials.write(tap, str(Verb.TAKE_ALL), known(user).reason or "no_right")
        press = Press(person, tap.chat_id, tap.message_id, language=language, quiet=True)
        for each in theirs:
            self._tell(incident_address(each.id), Happened(Take(press)))
        return len(theirs)

    def _shared(self, new: list[Arrival]) -> set[int]:
        """Have the new ones join, wait or go on; those that do not go on."""
        if not new:
            return set()
        now = self._clock()
        recent = self._beginnings(now)
        newcomers = [Newcomer(each.id, each.severity, each.causes, each.id in self._waited) for each in new]
        found = share(
            newcomers,
            recent,
            standing=self._standing(now) is not None,
            suspected=self._suspected,
            now=now,
            threshold=self._threshold,
        )
        by_id = {each.id: each for each in newcomers}
        recent.extend(Beginning(now, by_id[each].critical, by_id[each].causes) for each in found.cards)
        if found.joins:
            storm = self._store.storms.join(self._chat_id, [(each, by_id[each].causes) for each in found.joins], now)
            self._dirty.add(storm.id)
            self._listen()
        if found.waits:
            if not self._waiting:
                self._later(GATHER_SECONDS, Gathered())
            self._waiting.update(dict.fromkeys(found.waits))
        self._waited.difference_update(found.cards, found.joins)
        return {*found.joins, *found.waits}

    def _standing(self, now: datetime) -> Storm | None:
        storm = self._store.storms.standing(self._chat_id)
        if storm is None or abs(now - storm.last_at) < OVER_AFTER:
            return storm
        self._store.storms.end(storm.id, now)
        self._suspected = None
        self._dirty.add(storm.id)
        return None

    def _beginnings(self, now: datetime) -> list[Beginning]:
        if self._recent is None:
            self._recent = list(self._store.storms.begun(self._chat_id, now - CAUSE_WITHIN))
        self._recent = [each for each in self._recent if abs(now - each.at) <= CAUSE_WITHIN]
        return self._recent

    def _members(self, storm: Storm) -> tuple[Member, ...]:
        """Those that whoever sees this chat may read."""
        readable = self._canvas.readable()
        return tuple(each for each in self._store.storms.members(storm.id) if readable(each.cluster, each.namespace))

    def _beside(self, storm: Storm) -> tuple[Member, ...]:
        """What began with it and has a card of its own: the trouble may have begun with one of them."""
        readable = self._canvas.readable()
        around = (storm.began_at - CAUSE_WITHIN, storm.last_at + CAUSE_WITHIN)
        found = self._store.storms.beside(self._chat_id, *around)
        return tuple(each for each in found if readable(each.cluster, each.namespace))

    def _draw(self) -> None:
        if self._rests or not self._dirty or self._canvas.chat.unreachable:
            return
        # The newest first: it is the one that grows.
        storm_id = max(self._dirty)
        self._dirty.discard(storm_id)
        storm = self._store.storms.get(storm_id)
        if storm is None:
            return
        members = self._members(storm)
        try:
            shown = digest(storm, members, self._canvas.tongue, beside=self._beside(storm))
        except Exception as error:
            # One that cannot be drawn must not keep the chat from all else, now and after each restart.
            log.error("digest cannot be drawn", chat=self._chat_id, storm=storm_id, error=summary(error), exc_info=True)
            return
        self._drawn[storm_id, storm.wanted] = tuple(each.id for each in members)
        self._draws[storm_id] += 1
        draws = self._draws[storm_id]
        self._rests = True
        self._later(next((gap for most, gap in GAPS if draws <= most), LONGEST_GAP), DigestDue())
        if storm.ended_at is None:
            self._suspected = suspected_cause([each.causes for each in members if each.open])
        at = Position(self._chat_id, storm.message_id, Verb.STORM, args={"storm": str(storm_id)})
        if storm.message_id:
            lane = Lane.RESULT if draws <= QUICK_DRAWS else Lane.DIGEST
            self._shelf.edit(shown, lane, position=at, revision=storm.wanted)
        else:
            # The same key until it was sent: what arrives late shows the state of then, in one message.
            key = self._keys.setdefault(storm_id, f"storm:{storm_id}:{first_tag()}")
            shown = replace(shown, silent=not self._is_loud(members))
            self._shelf.send(shown, Lane.PAGE, position=at, revision=storm.wanted, key=key)

    def _is_loud(self, members: Iterable[Member]) -> bool:
        """Whether any of them would make a sound for itself; what a digest was begun for may be over already."""
        ids = [each.id for each in members if each.open]
        told = self._store.routes.directions(self._chat_id, ids, self._clock(), self._canvas.policy.zone)
        return not ids or any(each.loud for each in told.values())

    def _file(self, storm: Storm, members: tuple[Member, ...], *, settled: bool) -> None:
        if storm.message_id and files_again(storm, len(members), fits=FITS, settled=settled):
            self._store.storms.filed(storm.id, len(members))
            listed = document(storm, members, self._canvas.tongue)
            self._shelf.send_file(*listed, reply_to=storm.message_id, thread_id=None)

    def _listen(self, seconds: float = SETTLED_SECONDS) -> None:
        if not self._listens:
            self._listens = True
            self._later(seconds, StormLull())
