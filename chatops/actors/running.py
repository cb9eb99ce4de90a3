"""An incident's change as work for the pool: performed, followed, looked up where its answer was lost.

Owned by the IncidentActor and run in its thread. It decides nothing of the incident: what came back is an event.
"""

from collections.abc import Callable

from chatops.actors.addresses import POOL
from chatops.actors.base import Actor
from chatops.actors.messages import FollowAgain, LookUpAgain
from chatops.actors.work import FollowPlan, LookUpPlan, PerformPlan, ProceedPlan, Submit
from chatops.core.actions import ACTIONS, ActionRun, ActionState, Performed, Progress
from chatops.core.failures import Reason
from chatops.core.incidents import Event, Follow, Incident, LookUp, Perform
from chatops.core.incidents.events import ActionEnded, ActionPerformed, ActionProgressed, LookedUp

FOLLOW_SECONDS = 2.0
FIRST_LOOK_SECONDS = 0.2
"""Much is done at once (a cordon, a pause): then nobody waits for the first look."""

LOOK_UP_SECONDS = 15.0
"""Until a look for a lost answer that could not be made is made again."""

PERFORM, FOLLOW, LOOK_UP = "perform", "follow", "look up"
"""What the tags of its work begin with; the run's id follows."""

KINDS = (PERFORM, FOLLOW, LOOK_UP)

RunWork = PerformPlan | ProceedPlan | FollowPlan | LookUpPlan


class Runner:
    """`known` is the incident as it is; `happened` is told each event."""

    def __init__(self, owner: Actor, *, known: Callable[[], Incident], happened: Callable[[Event], None]) -> None:
        self._owner = owner
        self._known = known
        self._happened = happened

    @property
    def busy(self) -> bool:
        """A change is under way: its owner has to stay awake for it."""
        run = self._known().run
        return run is not None and run.state.running

    def resume(self) -> None:
        """After a start: a run that was requested and not answered is called interrupted, and never sent again."""
        run = self._known().run
        if run is None:
            return
        stepwise = ACTIONS[run.plan.action].stepwise
        if run.state is ActionState.REQUESTED or (run.state is ActionState.PERFORMED and stepwise):
            # The next step would change the cluster, and nobody who is asked is waiting for that any more.
            self._happened(ActionEnded(run.id, ActionState.INTERRUPTED, Reason.UNKNOWN_OUTCOME, ""))
        elif run.state is ActionState.PERFORMED:
            self._owner.later(FOLLOW_SECONDS, FollowAgain(run.id))
        elif run.state is ActionState.INTERRUPTED and not run.detail:
            self._look_up(run)

    def carry_out(self, effect: Perform | Follow | LookUp) -> None:
        run = effect.run
        match effect:
            case Perform():
                self._submit(PerformPlan(run.plan), PERFORM, run.id, run.by_id)
            case Follow():
                self._owner.later(FOLLOW_SECONDS if run.progress else FIRST_LOOK_SECONDS, FollowAgain(run.id))
            case LookUp():
                self._look_up(run)

    def follow(self, run_id: str) -> None:
        """Look how far it is; of a change that is made step by step, make the next."""
        run = self._of(run_id)
        if run is None or run.state is not ActionState.PERFORMED:
            return
        if ACTIONS[run.plan.action].stepwise:
            self._submit(ProceedPlan(run.plan), FOLLOW, run_id, run.by_id)
        else:
            self._submit(FollowPlan(run.plan), FOLLOW, run_id)

    def look_up(self, run_id: str) -> None:
        run = self._of(run_id)
        if run is not None:
            self._look_up(run)

    def done(self, tag: object, result: object) -> bool:
        """Whether the work of this tag was a change's."""
        match tag:
            case (str(kind), str(run_id)) if kind in KINDS:
                self._done(kind, run_id, result)
                return True
        return False

    def failed(self, tag: object, reason: str, detail: str, *, temporary: bool) -> bool:
        """Whether the work of this tag was a change's."""
        match tag:
            case (str(kind), str(run_id)) if kind in KINDS:
                self._failed(kind, run_id, reason, detail, temporary=temporary)
                return True
        return False

    def _done(self, kind: str, run_id: str, result: object) -> None:
        match kind, result:
            case "perform", Performed(undo=undo, resource_version=version):
                self._happened(ActionPerformed(run_id, undo, version))
            case "follow", Progress() as progress:
                self._happened(ActionProgressed(run_id, progress))
            case "look up", bool() as found:
                self._happened(LookedUp(run_id, found))

    def _failed(self, kind: str, run_id: str, reason: str, detail: str, *, temporary: bool) -> None:
        if kind == LOOK_UP:
            if temporary and self._of(run_id):
                self._owner.later(LOOK_UP_SECONDS, LookUpAgain(run_id))
        elif kind == FOLLOW and self._goes_on(run_id, reason, temporary=temporary):
            self._owner.later(FOLLOW_SECONDS * 2, FollowAgain(run_id))
        else:
            state = ActionState.INTERRUPTED if self._unknown(kind, reason) else ActionState.FAILED
            self._happened(ActionEnded(run_id, state, reason, detail))

    def _unknown(self, kind: str, reason: str) -> bool:
        """Whether the change may be in the cluster all the same: what was only being looked after had been taken."""
        run = self._known().run
        looked_after = kind == FOLLOW and run is not None and not ACTIONS[run.plan.action].stepwise
        return looked_after or reason == Reason.UNKNOWN_OUTCOME

    def _goes_on(self, run_id: str, reason: str, *, temporary: bool) -> bool:
        """Whether a failed look at a run says nothing of the run itself. Of a step that changes it says all."""
        run = self._of(run_id)
        if run is not None and ACTIONS[run.plan.action].stepwise:
            return temporary
        return temporary or reason == Reason.UNKNOWN_OUTCOME

    def _look_up(self, run: ActionRun) -> None:
        self._submit(LookUpPlan(run.plan), LOOK_UP, run.id)

    def _submit(self, work: RunWork, kind: str, run_id: str, by_id: int = 0) -> None:
        self._owner.tell(POOL, Submit(work, self._owner.address, (kind, run_id), by_id))

    def _of(self, run_id: str) -> ActionRun | None:
        """The incident's run, if it is the one of this id: news of any other is stale."""
        run = self._known().run
        return run if run is not None and run.id == run_id else None
