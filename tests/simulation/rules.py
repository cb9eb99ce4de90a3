"""The register of rules: each a small function with a name and a sentence, asked after every step or at rest."""

from collections.abc import Callable
from typing import TypeVar

from tests.simulation.simulation import Broken

R = TypeVar("R", bound=Callable[..., None])

ALWAYS: list[Callable[..., None]] = []
AT_REST: list[Callable[..., None]] = []


def always(rule: R) -> R:
    """Asked with a News after every step that stored or sent anything."""
    ALWAYS.append(rule)
    return rule


def at_rest(rule: R) -> R:
    """Asked with the Simulation once nothing happens any more."""
    AT_REST.append(rule)
    return rule


def hold(condition: object, words: object = "") -> None:
    """Raise Broken unless `condition` is true."""
    if not condition:
        raise Broken(str(words))


def ask(rules: list[Callable[..., None]], subject: object) -> None:
    """Ask all of them; the first that does not hold is named."""
    for rule in rules:
        try:
            rule(subject)
        except Broken as broken:
            sentence = " ".join((rule.__doc__ or "").split())
            raise Broken(f"{rule.__name__}: {sentence} ({broken})") from None
