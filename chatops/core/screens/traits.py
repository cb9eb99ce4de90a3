"""The traits of an object in words, as one reads them on a phone. What a trait means is told in `objects`."""

from collections.abc import Iterator

from markupsafe import Markup

from chatops.core.objects import ObjectView, Trait
from chatops.core.texts import Tongue, mark, one_line

WORDS: dict[Trait, str] = {
    Trait.READY: mark("ready: {value}"),
    Trait.UNSCHEDULABLE: mark("🚧 takes no new pods"),
    Trait.PRESSURES: mark("⚠️ under pressure: {value}"),
    Trait.FAILED_PODS: mark("failed pods: {value}"),
    Trait.CONTROL_PLANE: mark("runs the control plane"),
    Trait.MIN: mark("minimum {value}"),
    Trait.MAX: mark("maximum {value}"),
    Trait.CURRENT: mark("now {value}"),
    Trait.DESIRED: mark("wanted {value}"),
    Trait.SCALING_ACTIVE: mark("metrics readable: {value}"),
    Trait.PHASE: mark("phase {value}"),
    Trait.SIZE: mark("size {value}"),
    Trait.EXPANDABLE: mark("can be expanded"),
    Trait.RESIZE_PENDING: mark("⏳ its file system grows once its pod restarts"),
    Trait.FAILED: mark("failed"),
    Trait.COMPLETE: mark("complete"),
    Trait.ACTIVE: mark("running"),
    Trait.SUSPENDED: mark("⏸ suspended"),
    Trait.SCHEDULE: mark("schedule {value}"),
    Trait.RESOURCE: mark("fullest: {value}"),
    Trait.HARD: mark("limit {value}"),
    Trait.USED: mark("used {value}"),
    Trait.ALLOWED: mark("disruptions allowed: {value}"),
    Trait.SYNC: mark("sync {value}"),
    Trait.HEALTH: mark("health {value}"),
    Trait.AVAILABLE: mark("available: {value}"),
}
"""Every trait but the summary, which is a line of its own."""

SAID = {
    (Trait.READY, "True"): mark("ready"),
    (Trait.READY, "False"): mark("⚠️ not ready"),
    (Trait.READY, "Unknown"): mark("⚠️ nobody knows whether it is ready"),
    (Trait.SCALING_ACTIVE, "True"): "",
    (Trait.SCALING_ACTIVE, "False"): mark("⚠️ cannot read its metrics"),
    (Trait.AVAILABLE, "True"): mark("available"),
    (Trait.AVAILABLE, "False"): mark("⚠️ not available"),
}
"""Values with words of their own; the empty ones go without saying."""


def trait_words(view: ObjectView, tongue: Tongue) -> Iterator[Markup]:
    """What is known of the object, in the order of the traits."""
    for trait in Trait:
        value = view.trait(trait)
        message = SAID.get((trait, value), WORDS.get(trait, ""))
        if value and message and not (value == "0" and "{value}" not in message):
            said = tongue.say(message, value=one_line(value, 80))
            whole = (trait, value) in SAID or "{value}" in message or value == "yes"
            yield said if whole else Markup("{}: {}").format(said, one_line(value, 40))
