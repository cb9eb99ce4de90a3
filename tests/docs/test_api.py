"""What the pages say of the API and the metrics is there: operations, codes of refusals, names."""

import re
from unittest.mock import Mock

import pytest

from chatops.actors.api.operations import operations_of
from tests.docs.papers import ROOT, name_of, papers

OPERATIONS = operations_of(Mock(), Mock())
PATHS = {(each.method, re.sub(r"\{[^}]*\}", "{}", each.path)) for each in OPERATIONS}
OTHERS = {"metrics.md", "backup.md"}
"""One has tests of its own (tests/test_metrics.py), the other names databases."""

BESIDE = {("GET", "/readyz"), ("GET", "/healthz"), ("GET", "/metrics")}


@pytest.mark.parametrize("page", papers(), ids=name_of)
def test_every_operation_named_is_one(page):
    for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`? ]*)[^`]*`", page.read_text()):
        plain = re.sub(r"/(?:\d+|[A-Z]+)(?=/|$)", "/{}", path.removeprefix("/api/v1"))
        assert (method, plain) in PATHS | BESIDE, f"{method} {path}"


def test_every_code_of_a_refusal_is_one_of_the_code_s():
    page = (ROOT / "docs" / "api.md").read_text().partition("## Answers that say no")[2]
    sources = "\n".join(file.read_text() for file in (ROOT / "chatops").rglob("*.py"))
    codes = [code for code in re.findall(r"`([a-z_]+)`", page) if not code.isdigit()]
    assert len(codes) > 10
    for code in codes:
        assert f'"{code}"' in sources, code


@pytest.mark.parametrize("page", [page for page in papers() if page.name not in OTHERS], ids=name_of)
def test_every_metric_named_is_counted(page):
    sources = "\n".join(file.read_text() for file in (ROOT / "chatops").rglob("*.py"))
    for name in re.findall(r"\bchatops_[a-z_]+[a-z]\b", page.read_text()):
        plain = re.sub(r"_(?:bucket|sum|count|total)$", "", name)
        assert f'"{plain}' in sources, name
