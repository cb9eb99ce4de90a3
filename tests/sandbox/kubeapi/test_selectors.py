"""Selectors choose what Kubernetes says they choose, and refuse the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.sandbox.kubeapi.errors import ApiError
from chatops.sandbox.kubeapi.kinds import EVENTS, NODES, PODS
from chatops.sandbox.kubeapi.selectors import from_selector, labels_match, parse_fields, parse_labels

LABELS = {"app": "web", "tier": "front", "n": "5"}


def chosen(selector: str, labels: dict[str, str] | None = None) -> bool:
    return labels_match(parse_labels(selector), {"metadata": {"labels": LABELS if labels is None else labels}})


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=api", False),
        ("app!=api", True),
        ("absent!=x", True),
        ("app in (web,api)", True),
        ("app in (api)", False),
        ("app notin (api, db)", True),
        ("absent notin (x)", True),
        ("app", True),
        ("absent", False),
        ("!absent", True),
        ("!app", False),
        ("n>4", True),
        ("n<4", False),
        ("app=web,tier in (front,back),!gone", True),
        ("app=web,tier=back", False),
        (" app = web ", True),
    ],
)
def test_label_selector(selector: str, expected: bool) -> None:
    assert chosen(selector) is expected


@pytest.mark.parametrize("selector", ["app in web", "a=b=c", "=x", "app in (a", ",", "a b", "-x=1"])
def test_malformed_label_selector_is_a_bad_request(selector: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_labels(selector)
    assert caught.value.code == 400


def test_selector_object_of_none_matches_nothing_and_an_empty_one_everything() -> None:
    pod = {"metadata": {"labels": LABELS}}
    assert not labels_match(from_selector(None), pod)
    assert labels_match(from_selector({}), pod)
    expressions = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}
    assert labels_match(from_selector(expressions), pod)
    assert not labels_match(from_selector({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}), pod)


NAMES = st.text("abcxyz", min_size=1, max_size=3)


@given(NAMES, NAMES, st.dictionaries(NAMES, NAMES, max_size=4))
def test_equality_and_inequality_are_each_others_opposite(key: str, value: str, labels: dict[str, str]) -> None:
    assert chosen(f"{key}={value}", labels) is not chosen(f"{key}!={value}", labels)
    assert chosen(f"{key} in ({value})", labels) is chosen(f"{key}={value}", labels)
    assert chosen(key, labels) is not chosen(f"!{key}", labels)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    for parse in (parse_labels, lambda given: parse_fields(PODS, given)):
        refused = None
        try:
            parse(text)
        except ApiError as problem:
            refused = problem
        assert refused is None or refused.code == 400


def test_field_selectors() -> None:
    pod = {"metadata": {"name": "a", "namespace": "shop"}, "spec": {"nodeName": "n1"}, "status": {"phase": "Running"}}
    terms = parse_fields(PODS, "spec.nodeName=n1,status.phase!=Failed,metadata.name==a")
    assert all(term.holds(pod) for term in terms)
    assert not all(term.holds(pod) for term in parse_fields(PODS, "status.phase=Failed"))
    event = {"involvedObject": {"kind": "Pod", "uid": "u"}, "reason": "BackOff", "type": "Warning"}
    assert all(t.holds(event) for t in parse_fields(EVENTS, "involvedObject.uid=u,reason=BackOff,type=Warning"))
    assert all(term.holds({"spec": {}}) for term in parse_fields(NODES, "spec.unschedulable=false"))


def test_unsupported_field_is_a_bad_request() -> None:
    with pytest.raises(ApiError, match=r"field label not supported: spec\.image") as caught:
        parse_fields(PODS, "spec.image=x")
    assert caught.value.code == 400
