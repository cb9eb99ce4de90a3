"""Actions: what can be done to an object, and the values that carry one from a choice to its outcome."""

from chatops.core.actions.repertoire import ACTIONS, Action, Nature
from chatops.core.actions.values import (
    CHOSEN,
    ActionRun,
    ActionState,
    Caution,
    Change,
    Danger,
    Performed,
    Plan,
    Preview,
    Progress,
)

__all__ = [
    "ACTIONS",
    "CHOSEN",
    "Action",
    "ActionRun",
    "ActionState",
    "Caution",
    "Change",
    "Danger",
    "Nature",
    "Performed",
    "Plan",
    "Preview",
    "Progress",
]
