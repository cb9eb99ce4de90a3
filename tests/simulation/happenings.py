"""What happens to a simulated service: alerts, presses, changes by others, faults and deaths, drawn from the seed."""

from tests.simulation.alertmanagers import GROUPS
from tests.simulation.faults import Kind
from tests.simulation.simulation import ANNA, GROUP, MALLORY, OLEG, VERA, Simulation
from tests.simulation.telegram import Message

PERSONS = (*(ANNA,) * 5, *(OLEG,) * 5, VERA, MALLORY)


class Happenings:
    """Puts everything on the world's agenda; each kind repeats until the trouble is over."""

    def __init__(self, simulation: Simulation) -> None:
        self._sim = simulation
        self._chance = simulation.chance
        self.presses: list[tuple[int, str, Message]] = []
        """Who pressed which token of which message."""

    def begin(self) -> None:
        sim, chance = self._sim, self._chance
        for _ in range(chance.randint(2, 8)):
            fingerprint = chance.choice([each for group in sim.groups for each in GROUPS[group]])
            sim.world.later(chance.uniform(0, sim.trouble_ends * 0.9), lambda f=fingerprint: sim.alerts.turn(f))
        sim.world.later(0.5, lambda: sim.alerts.turn(GROUPS[sim.groups[0]][0]))
        for peer in sim.peers:
            for group in sim.groups:
                self._again(chance.uniform(1, 5), (8, 30), lambda p=peer, g=group: p.tell(g))
        self._again(3, (0.5, 5), self._press)
        self._again(4, (0.7, 3), self._confirm)
        self._again(8, (6, 50), self._interfere)
        self._again(12, (15, 90), self._delete)
        self._again(2, (4, 30), self._fault)
        if chance.random() < 0.6:
            self._again(6, (10, 60), self._kill)

    def _again(self, first: float, pause: tuple[float, float], call: object) -> None:
        sim = self._sim

        def happen() -> None:
            if sim.calm:
                return
            call()  # type: ignore[operator]  # a function without arguments
            sim.world.later(self._chance.uniform(*pause), happen)

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
        """Buttons that change something are pressed more often than they stand there."""
        if self._chance.random() < 0.4:
            return []
        query = "SELECT token FROM buttons WHERE chat_id = ? AND verb = 'choose'"
        wanted = {row[0] for row in self._sim.rows(query, message.chat_id)}
        return [key.data for row in message.rows for key in row if key.data in wanted]

    def _confirm(self) -> None:
        """Whoever chose confirms, once or twice, or somebody else does it for them."""
        sim, chance = self._sim, self._chance
        query = "SELECT token, for_user FROM buttons WHERE verb IN ('confirm', 'approve') AND used_at IS NULL"
        asked = dict(sim.rows(query))
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
        chooser = next((each for each in PERSONS if each[0] == asked[token]), ANNA)
        person = chooser if chance.random() < 0.85 else chance.choice(PERSONS)
        self.presses.append((person[0], token, message))
        sim.note(f"{person[1]} confirms {token} in {message.id}")
        for _ in range(chance.choice([1, 1, 2])):
            sim.telegram.press(person, message, token)

    def _interfere(self) -> None:
        name = self._chance.choice(self._sim.groups)
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
