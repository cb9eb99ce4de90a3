"""Which labels a rule reads: an alert that has none of them need not be asked about. Most have a dozen, of hundreds."""

from collections.abc import Callable
from functools import wraps

from chatops.core.victims.clue import Clue
from chatops.core.victims.labels import Labels

Rule = Callable[[Labels], Clue | None]


def reading(*names: str) -> Callable[[Rule], Rule]:
    """A rule that has nothing to say of labels without any of these."""
    read = frozenset(names)

    def made(rule: Rule) -> Rule:
        @wraps(rule)
        def asked(labels: Labels) -> Clue | None:
            return None if labels.without(read) else rule(labels)

        return asked

    return made
