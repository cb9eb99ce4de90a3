"""Incidents: their values, what can happen to them, and the decision that follows."""

from chatops.core.incidents.decide import decide
from chatops.core.incidents.effects import Answer, Decision, Effect, Follow, Look, LookUp, Perform
from chatops.core.incidents.events import Event, Press
from chatops.core.incidents.values import REOPEN_WINDOW, Episode, Incident, Person, Status

__all__ = [
    "REOPEN_WINDOW",
    "Answer",
    "Decision",
    "Effect",
    "Episode",
    "Event",
    "Follow",
    "Incident",
    "Look",
    "LookUp",
    "Perform",
    "Person",
    "Press",
    "Status",
    "decide",
]
