"""Looks at the objects of an incident: asked for at the pool, one at a time, again while somebody wants to know.

Owned by the IncidentActor and run in its thread. It decides nothing of the incident: what was seen is an event.
"""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.addresses import POOL
from chatops.actors.base import Actor
from chatops.actors.messages import SurveyAgain
from chatops.actors.timers import Timer
from chatops.actors.work import Submit, TakeSurvey
from chatops.core.incidents import Event, Incident
from chatops.core.incidents.events import Surveyed
from chatops.core.surveys import Survey
from chatops.core.victims import clues_of
from chatops.db.store import Store

SURVEY_SECONDS = 60.0
"""How often the cluster is looked at while an incident is awake; a failed look is repeated sooner."""
SURVEY_RETRY_SECONDS = 15.0

SURVEY = ("survey", "")
"""The tag of a look at the cluster."""


class Lookout:
    """`known` is the incident as it is; `happened` is told each event."""

    def __init__(
        self,
        owner: Actor,
        *,
        store: Store,
        clock: Callable[[], datetime],
        known: Callable[[], Incident],
        happened: Callable[[Event], None],
    ) -> None:
        self._owner = owner
        self._store = store
        self._clock = clock
        self._known = known
        self._happened = happened
        self._looking = False
        self._wanted = False
        self._timer: Timer | None = None

    @property
    def busy(self) -> bool:
        """A look is under way, or has to be made again: its owner has to stay awake for it."""
        incident = self._known()
        return self._looking or (incident.open and incident.survey is not None and incident.survey.retry)

    def look(self) -> None:
        if self._looking:
            return
        incident = self._known()
        clues = clues_of(episode.alert.labels for episode in incident.firing or incident.episodes)
        self._looking = True
        self._owner.tell(POOL, Submit(TakeSurvey(clues), self._owner.address, SURVEY))

    def look_on(self) -> None:
        """Somebody wants to see it, or its turn has come: from now on also while a digest alone stands for it."""
        self._wanted = True
        self.look()

    def done(self, result: object) -> bool:
        """Whether the work was a look."""
        if isinstance(result, Survey):
            self._surveyed(result)
            return True
        return False

    def failed(self, tag: object, reason: str, detail: str, *, temporary: bool) -> bool:
        """Whether the work of this tag was a look."""
        if tag == SURVEY:
            self._surveyed(Survey(self._clock(), problem=reason, problem_detail=detail, retry=temporary))
            return True
        return False

    def _surveyed(self, survey: Survey) -> None:
        self._looking = False
        self._happened(Surveyed(survey))
        if self._timer:
            self._timer.cancel()
        incident = self._known()
        if incident.open and (self._wanted or not self._store.storms.holds(incident.id)):
            seconds = SURVEY_RETRY_SECONDS if survey.problem and survey.retry else SURVEY_SECONDS
            self._timer = self._owner.later(seconds, SurveyAgain())
