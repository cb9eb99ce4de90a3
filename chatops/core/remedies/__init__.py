"""Which actions an incident suggests, in which order, and why."""

from chatops.core.remedies.experience import Experience, Trial, experience_of
from chatops.core.remedies.ranking import BY_RULE, MOST_REMEDIES, suggest
from chatops.core.remedies.rules import Rule
from chatops.core.remedies.values import Advice, Suggestion, Suggestions
from chatops.core.remedies.workloads import FRESH_ROLLOUT

__all__ = [
    "BY_RULE",
    "FRESH_ROLLOUT",
    "MOST_REMEDIES",
    "Advice",
    "Experience",
    "Rule",
    "Suggestion",
    "Suggestions",
    "Trial",
    "experience_of",
    "suggest",
]
