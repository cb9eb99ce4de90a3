"""What happens to a simulated service: presses, words, changes by others, faults and deaths, by the seed."""

from collections.abc import Callable

from chatops.core.resources import ObjectRef
from chatops.core.safeguards import word_of
from chatops.db.columns import from_json
from tests.simulation.alerting import Alerting
from tests.simulation.faults import Kind
from tests.simulation.places import PLACES
from tests.simulation.plots import Plot
from tests.simulation.simulation import ANNA, GROUP, MALLORY, OLEG, VERA, Simulation
from tests.simulation.telegram import Message

PERSONS = (*(ANNA,) * 5, *(OLEG,) * 5, VERA, MALLORY)
EVERYBODY = (ANNA, OLEG, VERA, MALLORY)
COMMANDS = ("/incidents", "/start", "/help", "is anybody there?", "/nonsense", "/maintenance")
TEMPTING = {
    "choose": 5,
    "stop": 5,
    "do_silence": 4,
    "unsilence": 2,
    "extend_silence": 3,
    "silence": 2,
    "reject": 2,
    "ask_reject": 1,
    "release": 2,
    "take": 1,
    "resolve": 1,
    "take_all": 3,
    "maintenance": 1,
}
"""Buttons that change something are pressed more often than they stand there: how much rather each."""


class Happenings:
    """Puts everything on the world's agenda; each kind repeats until the trouble is over."""

    def __init__(self, simulation: Simulation) -> None:
        self._sim = simulation
        self._chance = simulation.chance
        self.presses: list[tuple[int, str, Message]] = []
        """Who pressed which token of which message."""

    def begin(self) -> None:
        sim, chance = self._sim, self._chance
        Alerting(sim, self._again).begin()
        self._again(3, (0.5, 5), self._press)
        self._again(2, (2, 9), self._choose)
        self._again(4, (0.7, 3), self._confirm)
        self._again(5, (1, 6), self._type)
        self._again(6, (5, 25), self._write)
        if sim.contexts and chance.random() < 0.6:
            sim.world.later(chance.uniform(2, sim.trouble_ends), self._die_of_a_cluster)
        if chance.random() < (0.6 if sim.plot is Plot.LONG else 0.2):
            self._again(0.2, (20, 60), self._maintain)
        if sim.plot is Plot.LONG and chance.random() < 0.7:
            sim.world.later(chance.uniform(1, sim.trouble_ends * 0.7), self._cut_off)
        if sim.plot is Plot.STORM:
            self._again(8, (0.3, 1.5), self._look_into_the_storm)
        self._again(8, (6, 50), self._interfere)
        self._again(12, (15, 90), self._delete)
        self._again(2, (4, 30), self._fault)
        if chance.random() < 0.6:
            self._again(6, (10, 60), self._kill)

    def _again(self, first: float, pause: tuple[float, float], call: Callable[[], object]) -> None:
        sim = self._sim

        def happen() -> None:
            if sim.calm:
                return
            call()
            sim.world.later(self._chance.uniform(*pause) * sim.plot.pace, happen)

        sim.world.later(first, happen)

    def _press(self) -> None:
        """Somebody presses a button: of a message as it is, an old one, the same again, or one they made up."""
        sim, chance = self._sim, self._chance
        messages = [each for each in sim.telegram.standing() if each.tokens]
        if not messages:
            return
        person = chance.choice(PERSONS)
        seen = [m for m in messages if m.chat_id == GROUP or m.chat_id == person[0]] or messages
        message = chance.choice(seen[-4:])
        shown = [key.data for row in message.rows for key in row if key.data]
        kind = chance.random()
        if kind < 0.1 and self.presses:
            _, token, message = chance.choice(self.presses)
        elif kind < 0.2 or not shown:
            token = chance.choice(message.tokens)
        elif kind < 0.22:
            token = "t" + "0" * 19
        else:
            token = chance.choice(self._tempting(message) or shown)
        self.presses.append((person[0], token, message))
        sim.note(f"{person[1]} presses {token} in {message.id}")
        sim.telegram.press(person, message, token)
        if chance.random() < 0.3:
            other = person if chance.random() < 0.5 else chance.choice(PERSONS)
            sim.world.later(chance.choice([0.0, 0.3, 3.0]), lambda: sim.telegram.press(other, message, token))

    def _tempting(self, message: Message) -> list[str]:
        if self._chance.random() < 0.4:
            return []
        marks = ", ".join("?" * len(TEMPTING))
        query = f"SELECT token, verb FROM buttons WHERE chat_id = ? AND verb IN ({marks})"
        verbs = dict(self._sim.rows(query, message.chat_id, *TEMPTING))
        shown = [key.data for row in message.rows for key in row if key.data in verbs]
        if not shown:
            return []
        there = [verb for verb in TEMPTING if verb in {verbs[token] for token in shown}]
        (wanted,) = self._chance.choices(there, [TEMPTING[verb] for verb in there])
        return [token for token in shown if verbs[token] == wanted]

    def _choose(self) -> None:
        """Somebody who may chooses a change, or stops one."""
        sim, chance = self._sim, self._chance
        verbs = dict(sim.rows("SELECT token, verb FROM buttons WHERE verb IN ('choose', 'stop')"))
        there = [
            (message, key.data)
            for message in sim.telegram.standing()
            for row in message.rows
            for key in row
            if key.data in verbs
        ]
        if not there:
            return
        stops = [each for each in there if verbs[each[1]] == "stop"]
        message, token = chance.choice(stops if stops and chance.random() < 0.4 else there)
        person = ANNA if message.chat_id == ANNA[0] or chance.random() < 0.5 else OLEG
        self.presses.append((person[0], token, message))
        sim.note(f"{person[1]} chooses {token} in {message.id}")
        sim.telegram.press(person, message, token)

    def _confirm(self) -> None:
        """Whoever chose confirms, once or twice, or somebody else does it for them."""
        sim, chance = self._sim, self._chance
        query = (
            "SELECT token, for_user FROM buttons WHERE verb IN ('confirm', 'approve', 'set_maintenance') "
            "AND used_at IS NULL"
        )
        asked: dict[str, int | None] = dict(sim.rows(query))  # type: ignore[arg-type]  # rows of two
        waiting = [
            (message, key.data)
            for message in sim.telegram.standing()
            for row in message.rows
            for key in row
            if key.data in asked
        ]
        if not waiting:
            return
        message, token = chance.choice(waiting)
        chooser = next((each for each in EVERYBODY if each[0] == asked[token]), chance.choice(PERSONS))
        person = chooser if chance.random() < 0.85 else chance.choice(PERSONS)
        self.presses.append((person[0], token, message))
        sim.note(f"{person[1]} confirms {token} in {message.id}")
        for _ in range(chance.choice([1, 1, 2])):
            sim.telegram.press(person, message, token)

    def _type(self) -> None:
        """Whoever is to type a word types it, or something else; or somebody else does."""
        sim, chance = self._sim, self._chance
        query = (
            "SELECT chat_id, for_user, ref, message_id FROM buttons "
            "WHERE args LIKE '%\"typed\"%' AND used_at IS NULL AND for_user IS NOT NULL"
        )
        waiting = sim.rows(query)
        if not waiting:
            return
        chat, for_user, text, message_id = chance.choice(waiting[-3:])
        ref = from_json(text, ObjectRef)
        assert ref is not None
        right = chance.random() < 0.8
        person = next(each for each in EVERYBODY if each[0] == for_user)
        if chat == GROUP and chance.random() < 0.3:
            person = chance.choice(EVERYBODY)
        word = word_of(ref) if right else chance.choice(["yes", "do it", f"{word_of(ref)}x"])
        sim.note(f"{person[1]} types {word} in {chat}")
        for _ in range(chance.choice([1, 1, 1, 2])):
            sim.telegram.write(person, chat, word, chance.choice([None, message_id]))

    def _write(self) -> None:
        """Somebody writes a note under a message, a command, or just something."""
        sim, chance = self._sim, self._chance
        person = chance.choice(PERSONS)
        chat = chance.choice([GROUP, person[0]])
        standing = [each.id for each in sim.telegram.standing() if each.chat_id == chat]
        if standing and chance.random() < 0.6:
            sim.note(f"{person[1]} replies in {chat}")
            sim.telegram.write(person, chat, f"looking, {person[1]}", chance.choice(standing[-6:]))
        else:
            sim.telegram.write(person, chat, chance.choice(COMMANDS))

    def _maintain(self) -> None:
        """An admin writes where trouble is expected, or wants it to be over; others have no right to."""
        sim, chance = self._sim, self._chance
        ends = self._shown("SELECT token FROM buttons WHERE verb = 'maintenance' AND json_extract(args, '$.end')")
        if ends and chance.random() < 0.7:
            message, token = chance.choice(ends)
            sim.telegram.press(ANNA, message, token)
            return
        person = chance.choice([ANNA, ANNA, ANNA, OLEG])
        where = chance.choice([*(place.namespace for place in PLACES.values() if place.namespace), "*"])
        length = chance.choice(["20m", "1h"] if sim.plot is Plot.LONG else ["1m", "5m"])
        sim.note(f"{person[1]} expects trouble in {where}")
        sim.telegram.write(person, person[0], f"/maintenance {where} {length} upgrade")

    def _shown(self, query: str) -> list[tuple[Message, str]]:
        """Buttons that stand somewhere now, of the tokens that this finds."""
        tokens = {token for (token,) in self._sim.rows(query)}
        standing = self._sim.telegram.standing() if tokens else ()
        return [(each, key.data) for each in standing for row in each.rows for key in row if key.data in tokens]

    def _die_of_a_cluster(self) -> None:
        sim = self._sim
        if sim.calm:
            return
        name = self._chance.choice(sim.contexts)
        sim.note(f"cluster {name} is dead")
        sim.dead.names.add(name)
        sim.world.later(self._chance.choice([5.0, 30.0, 100.0]), lambda: sim.dead.names.discard(name))

    def _cut_off(self) -> None:
        """Telegram takes nothing for a while."""
        self._sim.telegram.cut_off(self._chance.choice([90.0, 200.0, 400.0]))

    def _look_into_the_storm(self) -> None:
        """Somebody goes through the lists of a digest, and opens what is in it."""
        sim, chance = self._sim, self._chance
        query = (
            "SELECT token FROM buttons WHERE verb LIKE 'storm%' OR verb = 'take_all' OR "
            "(verb = 'card' AND json_extract(args, '$.new'))"
        )
        there = self._shown(query)
        if there:
            message, token = chance.choice(there)
            person = ANNA if message.chat_id == ANNA[0] else chance.choice([ANNA, OLEG, VERA])
            self.presses.append((person[0], token, message))
            sim.telegram.press(person, message, token)

    def _interfere(self) -> None:
        name = self._chance.choice(self._sim.usual)
        if self._chance.random() < 0.5:
            self._sim.cluster.replace(name)
        else:
            self._sim.cluster.touch(name)

    def _delete(self) -> None:
        standing = self._sim.telegram.standing()
        if standing:
            self._sim.telegram.delete(self._chance.choice(standing))

    def _fault(self) -> None:
        sim = self._sim
        if not sim.faults.armed:
            kind = self._chance.choice([Kind.ACTOR, Kind.ACTOR, Kind.DISK, Kind.DISK, Kind.PROCESS])
            sim.faults.arm(kind, self._chance.randint(0, 60))

    def _kill(self) -> None:
        sim = self._sim
        if sim.process and sim.process.alive and (victim := sim.process.someone()):
            sim.process.kill(victim)
