"""What a card calls the incident's object: a guess is told as one, and the cluster is not said twice."""

from dataclasses import replace

import pytest

from chatops.core.focus import subject_name
from chatops.core.resources import Health
from chatops.core.screens.card import card
from chatops.core.surveys import Survey
from chatops.core.texts import tongue
from tests.core.scene import WORKLOAD, a_workload, an_alert, at, opened


def shown(language: str, survey: Survey) -> str:
    incident = replace(opened(an_alert(pod="")), survey=survey)
    return str(card(incident, tongue(language), now=at(5)).html)


def test_a_guess_is_told_as_one() -> None:
    survey = Survey(at(1), workloads=(a_workload(health=Health.GOOD),))
    assert "guess" not in shown("en", survey)
    assert "<code>deploy shop/checkout</code> is a guess by name" in shown("en", replace(survey, guessed=(WORKLOAD,)))


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({"pod": "", "cluster": "prod-eu1"}, ""),
        ({"severity": "none"}, ""),
        ({"pod": "", "service": "checkout"}, "checkout"),
        ({}, "checkout-a"),
    ],
)
def test_the_subject_before_the_cluster_was_seen(labels: dict[str, str], name: str) -> None:
    assert subject_name(opened(an_alert(**labels))) == name


def test_a_long_annotation_is_a_quote_that_unfolds() -> None:
    def told(summary: str) -> str:
        alert = an_alert(pod="")
        incident = opened(replace(alert, annotations={"summary": summary}))
        return str(card(incident, tongue("en"), now=at(5)).html)

    assert "blockquote" not in told("short & plain")
    long = "why <b> & how. " * 40
    assert f"<blockquote expandable>{'why &lt;b&gt; &amp; how. ' * 39}" in told(long)
    assert "x" * 999 + "…" in told("x" * 5_000)
