"""Actions: what can be done to an object, and the values that carry one from a choice to its outcome."""

from chatops.core.actions.repertoire import ACTIONS, Action, Nature
from chatops.core.actions.values import (
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
