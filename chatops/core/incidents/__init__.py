"""Incidents: their values, what can happen to them, and the decision that follows."""

from chatops.core.incidents.decide import decide
from chatops.core.incidents.effects import (
    Answer,
    CallForHelp,
    Decision,
    Effect,
    Follow,
    LiftSilence,
    Look,
    LookUp,
    MakeSilence,
    Perform,
    ProlongSilence,
    SilenceEffect,
    TellHolder,
    WarnOfEnd,
    WatchSilence,
)
from chatops.core.incidents.events import Event, Press
from chatops.core.incidents.values import REOPEN_WINDOW, Episode, Incident, Person, Status, Verdict

__all__ = [
    "REOPEN_WINDOW",
    "Answer",
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
    "ProlongSilence",
    "SilenceEffect",
    "Status",
    "TellHolder",
    "Verdict",
    "WarnOfEnd",
    "WatchSilence",
    "decide",
]
