"""Which object an incident is most about."""

from dataclasses import replace

from chatops.core.buttons import Verb
from chatops.core.focus import focus
from chatops.core.incidents import Episode, Incident
from chatops.core.objects import ObjectView
from chatops.core.resources import Health, ObjectRef
from chatops.core.screens.object import more_button
from chatops.core.texts import tongue
from tests.core.scene import POD, START, WORKLOAD, a_pod, a_survey, a_workload, an_alert, an_incident

NODE = ObjectRef("Node", "worker-3", cluster="prod-eu1")
OTHER = a_workload(ref=replace(WORKLOAD, name="cart"), pods=(), health=Health.BAD)


def about(*others: ObjectView, **labels: str) -> Incident:
    fine = a_workload(health=Health.GOOD)
    survey = a_survey(OTHER, fine, others=others)
    return an_incident(episodes=(Episode(an_alert(**labels), START),), survey=survey)


def test_the_workload_of_the_pod_that_is_named_before_worse_ones() -> None:
    assert focus(about(pod=POD.name, cluster="another name")) == WORKLOAD


def test_the_named_object_itself() -> None:
    assert focus(about(deployment="checkout", pod="")) == WORKLOAD
    assert focus(about(ObjectView(NODE), node="worker-3", pod="", namespace="")) == NODE


def test_the_worst_where_nothing_seen_is_named() -> None:
    assert focus(about(pod="gone-for-good")) == OTHER.ref


def test_an_object_of_the_same_name_elsewhere_is_another() -> None:
    assert focus(about(deployment="checkout", pod="", namespace="stage")) == OTHER.ref


def test_nothing_before_anything_was_seen() -> None:
    speaks = tongue("en")
    for survey in (None, a_survey(), a_survey(a_workload(), problem="timeout")):
        assert focus(an_incident(survey=survey)) is None
        assert more_button(an_incident(survey=survey), speaks) is None
    button = more_button(an_incident(survey=a_survey(pods=(a_pod(),))), speaks)
    assert button is not None
    assert (button.verb, button.ref, button.incident_id) == (Verb.MORE, POD, 96)
