"""Incidents: their values, what can happen to them, and the decision that follows."""

from chatops.core.incidents.decide import decide
from chatops.core.incidents.effects import (
    Answer,
    Call,
    CallForHelp,
    Decision,
    Effect,
    Follow,
    LiftSilence,
    Look,
    LookUp,
    MakeSilence,
    Perform,
    Settle,
    StopCalling,
    WatchSilence,
)
from chatops.core.incidents.events import Event, Press
from chatops.core.incidents.values import REOPEN_WINDOW, Episode, Incident, Person, Status

__all__ = [
    "REOPEN_WINDOW",
    "Answer",
    "Call",
    "CallForHelp",
    "Decision",
    "Effect",
    "Episode",
    "Event",
    "Follow",
    "Incident",
    "LiftSilence",
    "Look",
    "LookUp",
    "MakeSilence",
    "Perform",
    "Person",
    "Press",
    "Settle",
    "Status",
    "StopCalling",
    "WatchSilence",
    "decide",
]
