"""S15: what is asked of a cluster under a name that is none: nothing is sent, whatever it was meant to reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.cluster.places import collection, place
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef

HOSTILE = (
    *("../secrets/token", "..", ".", "a/../../b", "%2e%2e%2fsecrets", "..%2f", "a/b", "a\\b", "/etc/passwd"),
    *(
        "--all-namespaces",
        "-n",
        "--help",
        "a --kubeconfig=/x",
        "a;id",
        "a|id",
        "a&&id",
        "$(id)",
        "`id`",
        "a\nb",
        "a\0b",
    ),
    *("a?watch=1", "a#b", "a?limitBytes=0&container=x", "*", "A", "имя", "a\u202eb", " a", "a ", "", "x" * 300),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_s15_a_name_that_is_none_is_refused_before_anything_is_sent(name: str) -> None:
    """S15: of an object and of a namespace; for its log and for itself."""
    for part in ("", "log", "exec"):
        with pytest.raises(Permanent) as refused:
            place(ObjectRef("Pod", name, "shop"), part)
        assert refused.value.reason is Reason.REFUSED
        with pytest.raises(Permanent):
            place(ObjectRef("Pod", "checkout", name), part)
    if name:
        with pytest.raises(Permanent):
            collection("Pod", name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_s15_no_name_leaves_its_place(namespace: str, name: str) -> None:
    """S15: whatever passes is one segment of the path."""
    try:
        path = place(ObjectRef("Pod", name, namespace), "log")
    except Permanent:
        return
    parts = path.split("/")
    assert parts[:4] == ["", "api", "v1", "namespaces"]
    assert len(parts) == 8
    assert parts[5] == "pods"
    assert parts[7] == "log"
    assert not {".", ".."} & set(parts)
    assert not set("?#&;|$` ") & set(path)
