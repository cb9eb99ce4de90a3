"""Screens by position: what each asks of the cluster, and that every answer it can get is drawn."""

from dataclasses import replace
from typing import Any

import pytest

from chatops.actors.conversation import cluster_screens
from chatops.actors.conversation.reader import Reader
from chatops.actors.work import MakePreview, ReadObject, ReadPod, ReadWorkload, ReadYaml
from chatops.core.actions import CHOSEN
from chatops.core.applicable import View
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.objects import ObjectView, Trait
from chatops.core.policy import Policy
from chatops.core.resources import ContainerLimits, ObjectRef
from chatops.core.screens.base import Screen
from chatops.core.texts import tongue
from tests.core.scene import ANNA, POD, WORKLOAD, a_good_pod, a_pod, a_workload, at

NOW = at(20)
READER = Reader(ANNA, tongue("en"))
HPA = ObjectRef("HorizontalPodAutoscaler", "checkout", "shop", "uid-h", "prod-eu1")
LOOKS: list[tuple[ObjectRef, Any, View]] = [
    (WORKLOAD, ReadWorkload(WORKLOAD), a_workload(limits=(ContainerLimits("app", "1Gi"), ContainerLimits("b", "2Gi")))),
    (POD, ReadPod(POD), a_pod()),
    (HPA, ReadObject(HPA), ObjectView(HPA, traits={Trait.MIN: "2", Trait.MAX: "5"})),
]


def drawn(at: Position, result: Any) -> Any:
    return cluster_screens.drawn(at, result, READER, now=NOW, policy=Policy())


def position(screen: Verb, ref: ObjectRef, **args: str) -> Position:
    return Position(1, 7, screen, 96, args, ref)


def buttons(screen: Screen | None) -> list[Button]:
    assert screen is not None
    return [button for row in screen.rows for button in row]


def at_button(button: Button) -> Position:
    """Where a press of it leads."""
    assert button.verb is not None
    return Position(1, 7, button.verb, button.incident_id, button.args, button.ref)


@pytest.mark.parametrize("screen", [Verb.MORE, Verb.PICK])
@pytest.mark.parametrize(("ref", "work", "view"), LOOKS)
def test_an_object_is_looked_at_by_its_kind(screen: Verb, ref: ObjectRef, work: Any, view: View) -> None:
    assert cluster_screens.needed(position(screen, ref, action="scale_up"), NOW) == work


@pytest.mark.parametrize(("ref", "work", "view"), LOOKS)
def test_every_button_of_an_objects_screen_leads_somewhere(ref: ObjectRef, work: Any, view: View) -> None:
    shown = drawn(position(Verb.MORE, ref), view)
    for button in buttons(shown):
        if button.verb in (Verb.CARD, Verb.RESOURCES):
            continue
        wanted = at_button(button)
        if button.verb is Verb.CHOOSE:
            wanted = replace(wanted, args={**wanted.args, "run": "r"})
        assert cluster_screens.needed(wanted, NOW) is not None, button


@pytest.mark.parametrize(("ref", "work", "view"), LOOKS)
def test_a_parameter_is_picked_until_nothing_is_left_to_choose(ref: ObjectRef, work: Any, view: View) -> None:
    waiting = [b for b in buttons(drawn(position(Verb.MORE, ref), view)) if b.verb is Verb.PICK]
    assert bool(waiting) == (ref is not POD)
    while waiting:
        shown = drawn(at_button(waiting.pop()), view)
        offered = [button for button in buttons(shown) if "action" in button.args]
        assert offered
        waiting += [button for button in offered if button.verb is Verb.PICK]
        for button in offered:
            if button.verb is Verb.CHOOSE:
                chosen = {name: value for name, value in button.args.items() if name != "action"}
                wanted = replace(at_button(button), args={**button.args, "run": "r", "above": "x", "why": "undo"})
                asked = cluster_screens.needed(wanted, NOW)
                assert isinstance(asked, MakePreview)
                assert chosen
                assert asked.params == {**chosen, "action_id": "r", "restarted_at": "2026-11-23T09:12:00Z"}


def test_everything_chosen_reaches_the_preview_and_nothing_else() -> None:
    chosen = dict.fromkeys(CHOSEN, "7")
    args = {**chosen, "action": "scale_up", "run": "r", "above": "x", "card": "3", "page": "1", "seen": "9"}
    asked = cluster_screens.needed(position(Verb.CHOOSE, WORKLOAD, **args), NOW)
    assert isinstance(asked, MakePreview)
    assert set(asked.params) == {*CHOSEN, "action_id", "restarted_at"}


def test_a_picker_for_what_is_no_change_is_not_drawn() -> None:
    for action in ("describe", "ack", "unheard of"):
        shown = drawn(position(Verb.PICK, WORKLOAD, action=action), a_workload())
        assert shown is None


def test_the_pods_of_what_is_no_workload() -> None:
    ref = ObjectRef("ReplicaSet", "checkout-6d9f7c5b8d", "shop", "uid-r", "prod-eu1")
    shown = drawn(position(Verb.PODS, ref), (a_pod(), a_good_pod()))
    verbs = [button.verb for button in buttons(shown)]
    assert verbs.count(Verb.POD) == 2
    assert Verb.MORE in verbs


def test_yaml_is_a_file_named_after_the_object() -> None:
    wanted = position(Verb.YAML_FILE, HPA)
    assert cluster_screens.needed(wanted, NOW) == ReadYaml(HPA)
    assert cluster_screens.file_of(wanted, "kind: X\n", READER) == ("hpa-checkout.yaml", b"kind: X\n")
