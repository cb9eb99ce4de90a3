"""What may be chosen for an action that needs a parameter: a few sensible steps from where the object stands.

Nothing is typed. Policy is not decided here: a step that goes too far is refused when it is tried.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from chatops.core.applicable import View
from chatops.core.objects import ObjectView, Trait
from chatops.core.quantities import grow, grow_whole
from chatops.core.resources import ContainerLimits, WorkloadView


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose. `text` is the button's; `params` name it for the plan, all of them of actions.CHOSEN."""

    text: str
    params: dict[str, str]
    partial: bool = False
    """Something is left to choose after it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What is offered: where the object stands `now` (empty where that is not known), and the steps from there."""

    now: str = ""
    offered: tuple[Choice, ...] = ()


def choices(action: str, view: View, chosen: Mapping[str, str]) -> Choices:
    """`chosen` holds what was picked already (the container). Empty where there is nothing to choose."""
    pick = _PICKS.get(action)
    return pick(view, chosen) if pick else Choices()


def picked(action: str) -> bool:
    """Whether a parameter has to be chosen for the action before it can be tried."""
    return action in _PICKS


# Counts


def _scale_up(view: View, chosen: Mapping[str, str]) -> Choices:
    if not isinstance(view, WorkloadView) or view.autoscaler:
        return Choices()
    n = view.desired
    return Choices(str(n), _numbers("replicas", {n + 1, n + 2, n + (n + 1) // 2, n * 2}, above=n))


def _scale_down(view: View, chosen: Mapping[str, str]) -> Choices:
    if not isinstance(view, WorkloadView) or view.autoscaler:
        return Choices()
    n = view.desired
    return Choices(str(n), _numbers("replicas", {n - 1, n // 2, 1, 0}, below=n)[::-1])


def _raise_max(view: View, chosen: Mapping[str, str]) -> Choices:
    n = view.count(Trait.MAX) if isinstance(view, ObjectView) else 0
    return Choices(str(n), _numbers("max", {n + 1, n + (n + 1) // 2, n * 2}, above=n)) if n else Choices()


def _lower_min(view: View, chosen: Mapping[str, str]) -> Choices:
    n = view.count(Trait.MIN) if isinstance(view, ObjectView) else 0
    return Choices(str(n), _numbers("min", {n - 1, n // 2, 1}, below=n, least=1)[::-1]) if n else Choices()


def _numbers(
    param: str, found: Iterable[int], *, above: int = -1, below: int | None = None, least: int = 0
) -> tuple[Choice, ...]:
    kept = sorted({n for n in found if n > above and n >= least and (below is None or n < below)})
    return tuple(Choice(str(n), {param: str(n)}) for n in kept)


# Amounts

_QUARTER, _HALF, _DOUBLE = (25, "+25 %"), (50, "+50 %"), (100, "×2")
_FIFTH = (20, "+20 %")


def _limit(resource: str) -> Callable[[View, Mapping[str, str]], Choices]:
    def pick(view: View, chosen: Mapping[str, str]) -> Choices:
        limits = view.limits if isinstance(view, WorkloadView) else ()
        held = [(each.name, amount) for each in limits if (amount := _amount(each, resource))]
        if chosen.get("container"):
            held = [(name, amount) for name, amount in held if name == chosen["container"]]
        if len(held) > 1:
            return Choices("", tuple(Choice(name, {"container": name}, partial=True) for name, _ in held))
        if not held:
            return Choices()
        ((name, amount),) = held
        steps = _steps(amount, (_QUARTER, _HALF, _DOUBLE), fine=resource == "cpu")
        return Choices(amount, tuple(Choice(text, {"container": name, resource: value}) for text, value in steps))

    return pick


def _amount(limits: ContainerLimits, resource: str) -> str:
    return limits.memory if resource == "memory" else limits.cpu


def _expand(view: View, chosen: Mapping[str, str]) -> Choices:
    size = view.trait(Trait.SIZE) if isinstance(view, ObjectView) else ""
    return Choices(size, tuple(Choice(text, {"size": value}) for text, value in _steps(size, (_FIFTH, _HALF, _DOUBLE))))


def _raise_quota(view: View, chosen: Mapping[str, str]) -> Choices:
    """Of a quota's lines only the fullest is seen, and it is the one that keeps pods out."""
    if not isinstance(view, ObjectView) or not view.trait(Trait.RESOURCE):
        return Choices()
    resource, hard = view.trait(Trait.RESOURCE), view.trait(Trait.HARD)
    steps = _steps(hard, (_QUARTER, _HALF), fine=resource.rpartition(".")[2] == "cpu")
    return Choices(hard, tuple(Choice(text, {"resource": resource, "value": value}) for text, value in steps))


def _undo(view: View, chosen: Mapping[str, str]) -> Choices:
    rollout = view.rollout if isinstance(view, WorkloadView) else None
    if rollout is None:
        return Choices()
    before = str(rollout.previous) if rollout.previous is not None else ""
    return Choices(str(rollout.revision), (Choice(before, {"revision": before}),) if before else ())


def _steps(amount: str, growths: Iterable[tuple[int, str]], *, fine: bool = False) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for percent, words in growths:
        found.setdefault(_grown(amount, percent, fine=fine), words)
    return [(f"{value} · {words}", value) for value, words in found.items() if value and value != amount]


def _grown(amount: str, percent: int, *, fine: bool) -> str:
    """A quantity that much larger; empty for one that cannot be read. Without a unit only `fine` ones have parts."""
    by = Fraction(100 + percent, 100)
    if amount.startswith("-"):
        return ""
    try:
        return grow(amount, by) if fine or not amount[-1:].isdecimal() else grow_whole(amount, by)
    except ValueError:
        return ""


_PICKS: dict[str, Callable[[View, Mapping[str, str]], Choices]] = {
    "rollout_undo": _undo,
    "scale_up": _scale_up,
    "scale_down": _scale_down,
    "raise_memory_limit": _limit("memory"),
    "raise_cpu_limit": _limit("cpu"),
    "hpa_raise_max": _raise_max,
    "hpa_lower_min": _lower_min,
    "pvc_expand": _expand,
    "raise_quota": _raise_quota,
}
