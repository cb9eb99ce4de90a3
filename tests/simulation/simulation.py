"""One seed: a service, its worlds, what happens to them, and the rules that hold all the way."""

import random
import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from chatops.actors.addresses import POOL, TELEGRAM, UPSTREAM, WEBHOOK, Address, pool_address
from chatops.actors.arrivals import Arrivals
from chatops.actors.beginning import resume
from chatops.actors.chat import ChatActor
from chatops.actors.clusters import ClustersActor
from chatops.actors.escalation import ESCALATION, EscalationActor
from chatops.actors.health import Health
from chatops.actors.incident import IncidentActor
from chatops.actors.janitor import JANITOR, JanitorActor
from chatops.actors.messages import Accept
from chatops.actors.pool import PoolActor
from chatops.actors.roll_call import ROLL_CALL, RollCallActor
from chatops.actors.self_audit import SELF_AUDIT, SelfAuditActor
from chatops.actors.specs import ChildSpec, FamilySpec, Restart
from chatops.actors.upstream import CHANGE_SECONDS, LOOK_SECONDS
from chatops.actors.webhook import WebhookActor
from chatops.actors.work import ProceedPlan
from chatops.core.failures import Failure
from chatops.core.oncall import NOBODY, Member, Roster, Step
from chatops.core.outside import Outside
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.policy import Policy
from chatops.db.store import Store
from tests.simulation.alertmanagers import Alerts, Peer
from tests.simulation.database import SameThreadDatabase
from tests.simulation.doors import ContextDoor, Dead
from tests.simulation.faults import Faults, ProcessDied
from tests.simulation.kubernetes import SimulatedCluster
from tests.simulation.places import BURST, CONTEXTS, GROUPS, PROTECTED
from tests.simulation.plots import Plot
from tests.simulation.process import Process
from tests.simulation.slow import SlowExecutorActor, SlowUpstreamActor
from tests.simulation.telegram import SimulatedTelegram
from tests.simulation.telegram_actor import ThreadlessTelegramActor
from tests.simulation.upstream import SimulatedUpstream
from tests.simulation.virtual_time import Agenda, VirtualTime

ANNA, OLEG, VERA, MALLORY = (1001, "anna"), (1002, "oleg"), (1003, "vera"), (666, "mallory")
"""An admin, an operator, a viewer, and nobody we know."""
GROUP = -100_500
_ANNA, _OLEG = Member(*ANNA), Member(*OLEG)
HANDS: tuple[Address, ...] = (("upstream", 0), ("upstream", 1))
OUTSIDE = Outside(alertmanager=True)
THRESHOLD = 5
"""New incidents within a minute, more of which are a storm."""
CHAIN = Roster((_ANNA, _OLEG), {}, (Step(member=_OLEG), Step(member=_ANNA), Step(chat_id=GROUP)))
MOST_STEPS = 60_000
REMEMBERED = 60

_PLACES = re.compile(r" at 0x[0-9a-f]+")
"""Where in memory something lies differs from run to run."""


class Broken(AssertionError):
    """A rule did not hold."""


class Simulation:
    """Drive it with `run_until`; what is to happen stands on the `world` agenda."""

    def __init__(self, seed: int, database: SameThreadDatabase, *, loud: bool = False) -> None:
        self.seed = seed
        self.time = VirtualTime()
        self.chance = random.Random(seed)
        self.world = Agenda(self.time)
        self.faults = Faults()
        self.faults.immune = True
        self.database = database
        self.plot = Plot.of(seed)
        self.trouble_ends = max(self.chance.choice([15.0, 25.0, 40.0, 60.0, 90.0]) * self.plot.pace, self.plot.least)
        self.usual = tuple(self.chance.sample(list(GROUPS), self.chance.choice([1, 1, 2, 3])))
        """What the alerts of this seed are about, beside those of a burst."""
        self.groups = (*self.usual, *(BURST if self.plot is Plot.STORM else ()))
        self.roster = self.chance.choice([NOBODY, CHAIN])
        self.policy = Policy(protected=(PROTECTED,), outside=OUTSIDE, storm_threshold=THRESHOLD, roster=self.roster)
        self.contexts = self.chance.choice([(), CONTEXTS])
        self.dead = Dead()
        self.strayed: list[object] = []
        """What was asked of one cluster and lies in another."""
        self.over: dict[str, int] = {}
        """By run that has ended: how many passes it had had by then."""
        self.expected = self.owed = 0
        """Incidents that began in a window of maintenance; changes that a card owed, because its alerts flap."""
        self.flapped: set[int] = set()
        self.calm = False
        self.lives = 0
        self.deaths: list[tuple[int, Address]] = []
        self.steps = 0
        self._story: deque[tuple[float, str, tuple[object, ...]]] = deque(maxlen=None if loud else REMEMBERED)
        self.process: Process | None = None
        database.begin_anew(self.faults)
        self.store = Store(database)
        self.telegram = SimulatedTelegram(self.time, self.chance, self.note)
        names = (*GROUPS, *(BURST if self.plot is Plot.STORM else ()))
        self.cluster = SimulatedCluster(names, self.time, self.chance, self.audited, self.note)
        self.alerts = Alerts(self.time, self.groups, self.note)
        self.silences = SimulatedUpstream(self.alerts, self.time, self.chance, self.audited_silence, self.note)
        self.alerts.clustered = self.cluster.clustered = bool(self.contexts)
        worldly: dict[str, Any] = {
            "time": self.time,
            "world": self.world,
            "chance": self.chance,
            "post": self.post,
            "trace": self.note,
        }
        self.peers = (Peer("a", self.alerts, **worldly), Peer("b", self.alerts, **worldly))
        self.silences.peers = self.peers
        for (number, name), role in ((ANNA, Role.ADMIN), (OLEG, Role.OPERATOR), (VERA, Role.VIEWER)):
            self.store.users.put(User(number, f"@{name}", everywhere(role)))
        self.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
        self.store.chats.put(Chat(ANNA[0], ChatKind.PRIVATE, subscribed=True))

    def note(self, what: str, *values: object) -> None:
        self._story.append((self.time.seconds, what, values))

    @property
    def story(self) -> list[str]:
        """What happened: all of it where it was to be loud, else the end."""
        lines = ((seconds, what % values if values else what) for seconds, what, values in self._story)
        return [f"{seconds:9.2f}  {_PLACES.sub('', line)}" for seconds, line in lines]

    def audited(self, run: str) -> bool:
        """Whether the log has the request of this run."""
        return bool(self.rows("SELECT 1 FROM audit WHERE type = 'action_requested' AND detail LIKE ?", f'%"{run}"%'))

    def audited_silence(self, key: str) -> bool:
        """Whether the log has the request of the silence of this key."""
        return bool(self.rows("SELECT 1 FROM audit WHERE type = 'silence_requested' AND detail LIKE ?", f'%"{key}"%'))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What is committed, past the store."""
        return self.database.rows(query, values)

    def post(self, body: bytes) -> "Future[int]":
        """As the intake does it. Where nobody listens the answer never comes."""
        stored: Future[int] = Future()
        if self.process and self.process.alive and self.process.started.is_set():
            self.process.directory.tell(WEBHOOK, Accept(body, "", stored))
        return stored

    @property
    def all_deaths(self) -> list[tuple[int, Address]]:
        """Actors that died in any life."""
        return [*self.deaths, *((self.lives, address) for address in (self.process.deaths if self.process else ()))]

    # The process

    def start(self) -> None:
        self.lives += 1
        self.telegram.life = self.lives
        self.note(f"process {self.lives} starts")
        self._resumed = False
        self.process = Process(
            self.time,
            self.chance,
            self.faults,
            specs=self._specs,
            on_failed=lambda address, reason: self.note(f"marked failed: {address} {reason}"),
            trace=self.note,
        )

    def _specs(self, process: Process) -> list[ChildSpec | FamilySpec]:
        """As actors.cast has them."""
        store, now, start = self.store, self.time.now, process.starter
        hearing = {"store": store, "clock": now}
        slow: dict[str, Any] = {
            "clock": now,
            "hold": process.hold,
            "world": self.world,
            "chance": self.chance,
            "alive": lambda: process.alive,
            "calm": lambda: self.calm,
        }
        hands = start(SlowUpstreamActor, open_upstream=self.silences, pool=UPSTREAM, **slow)
        patience = {"look_deadline": LOOK_SECONDS, "change_deadline": CHANGE_SECONDS}
        telegram = start(
            ThreadlessTelegramActor,
            telegram=self.telegram,
            arrivals=Arrivals(rows=store.updates, tell=process.directory.tell, now=now),
            health=Health(now),
            clock=self.time.monotonic,
            agenda=process.timers,
            world=self.world,
            chance=self.chance,
            alive=lambda: process.alive,
        )
        escalation = start(EscalationActor, after=self.plot.unattended, roster=self.roster, **hearing)
        return [
            *(spec for context in self.contexts or ("",) for spec in self._cluster(process, context, slow)),
            ChildSpec(POOL, start(ClustersActor, contexts=self.contexts, clock=now)),
            ChildSpec(UPSTREAM, start(PoolActor, executors=HANDS, clock=self.time.monotonic, **patience)),
            *(ChildSpec(each, hands, Restart.TRANSIENT, watcher=UPSTREAM) for each in HANDS),
            ChildSpec(TELEGRAM, telegram),
            FamilySpec("chat", start(ChatActor, policy=self.policy, **hearing)),
            FamilySpec("incident", start(IncidentActor, outside=OUTSIDE, **hearing)),
            ChildSpec(JANITOR, start(JanitorActor, **hearing), Restart.TRANSIENT),
            ChildSpec(SELF_AUDIT, start(SelfAuditActor, **hearing), Restart.TRANSIENT),
            ChildSpec(ESCALATION, escalation, Restart.TRANSIENT),
            ChildSpec(ROLL_CALL, start(RollCallActor, **hearing), Restart.TRANSIENT),
            ChildSpec(WEBHOOK, start(WebhookActor, **hearing)),
        ]

    def _cluster(self, process: Process, context: str, slow: dict[str, Any]) -> list[ChildSpec]:
        pool = pool_address(context)
        executors: list[Address] = [("executor", context, number) for number in range(2)]
        executor = process.starter(
            SlowExecutorActor,
            cluster_factory=lambda stop: ContextDoor(self.cluster, context, self.dead, self.strayed),
            pool=pool,
            dead=lambda: context in self.dead,
            begun=self._pass_begun,
            ended=self._pass_ended,
            **slow,
        )
        return [
            ChildSpec(pool, process.starter(PoolActor, executors=executors, clock=self.time.monotonic)),
            *(ChildSpec(each, executor, Restart.TRANSIENT, watcher=pool) for each in executors),
        ]

    def _pass_begun(self, work: Any) -> None:
        if isinstance(work, ProceedPlan):
            self.cluster.pass_begun(work.plan.params.get("action_id", ""))

    def _pass_ended(self, work: Any) -> None:
        if isinstance(work, ProceedPlan):
            self.cluster.pass_ended(work.plan.params.get("action_id", ""))

    def _resume(self, process: Process) -> None:
        self._resumed = True
        resume(self.store, process.directory.tell)

    def end_process(self) -> None:
        """It is dead; another one is started after a while."""
        process = self.process
        assert process
        process.die()
        self.deaths += [(self.lives, address) for address in process.deaths]
        self.faults.disarm()
        self.cluster.under_way.clear()
        self.process = None
        self.world.later(0.5 if self.calm else self.chance.choice([0.5, 5.0, 40.0]), self.start)

    # Time

    def run_until(self, end: float, check: Callable[[], None]) -> None:
        """`check` is called after every step."""
        while self.time.seconds < end:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Broken("it never comes to rest")
            self._move(end)
            check()

    def _move(self, end: float) -> None:
        process = self.process
        if process and process.over:
            self.end_process()
            return
        try:
            if self._one_thing(process):
                return
        except ProcessDied:
            if process:
                process.over = True
            return
        except Failure as failure:
            # The process cannot start without its database.
            self.note(f"start failed: {failure}")
            if process:
                process.over = True
            return
        moments = [self.world.next_at(), *((process.timers.next_at(), process.held_until) if process else ())]
        self.time.seconds = min([end, *(moment for moment in moments if moment is not None)])

    def _one_thing(self, process: Process | None) -> bool:
        if process and process.started.is_set() and not self._resumed:
            self._resume(process)
            return True
        turn = self.chance.random()
        if turn < 0.02 and not self.calm:
            # A slow machine: time passes though there is work.
            self.time.seconds += self.chance.choice([0.01, 0.2, 1.0])
        if turn < 0.25 and self.world.fire_one():
            return True
        if process and turn < 0.5 and process.timers.fire_one():
            return True
        if process and process.step():
            return True
        return self.world.fire_one() or bool(process and process.timers.fire_one())
