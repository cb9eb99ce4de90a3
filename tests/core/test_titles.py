"""Titles out of alert names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.screens.card import headline
from chatops.core.texts import tongue
from chatops.core.titles import KNOWN, TRANSLATED, title_of
from tests.core.scene import an_incident


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("KubePodCrashLooping", "Crash loop"),
        ("KubeletTooManyPods", "Kubelet too many pods"),
        ("KubeAPIErrorBudgetBurn", "API error budget burn"),
        ("etcdMembersDown", "Etcd members down"),
        ("HTTPServer5xx", "HTTP server 5 xx"),
        ("high_error-rate.p99", "High error rate p 99"),
        ("Память_заканчивается", "Память заканчивается"),
        ("Kube", "Kube"),
        ("", "Alert"),
        ("---", "---"),
        ("x" * 500, "X" + "x" * 79),
    ],
)
def test_a_title(name: str, title: str) -> None:
    assert title_of(name) == title


@given(st.text())
def test_any_name_has_a_title_that_can_be_shown(name: str) -> None:
    title = title_of(name)
    assert 0 < len(title) <= 80 or not name.strip()
    for language in ("en", "ru"):
        headline(an_incident(title=title), tongue(language))


@pytest.mark.parametrize("title", ["{", "{0}", "{name}", "Foo { bar }", "}"])
def test_braces_in_a_name_are_only_braces(title: str) -> None:
    for language in ("en", "ru"):
        assert headline(an_incident(title=title), tongue(language)).startswith(title)


def test_known_titles_are_translated() -> None:
    assert set(KNOWN.values()) < TRANSLATED
    assert headline(an_incident(), tongue("ru")) == "Падает при запуске · checkout"
