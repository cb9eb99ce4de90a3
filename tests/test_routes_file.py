"""ROUTES_FILE: what is read, and that every mistake has its line and its mend."""

from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chatops.routes_file
from chatops.core.alerts import Severity
from chatops.core.routes import ChatRules, Route, matcher_of, quiet_of
from chatops.routes_file import parse_routes, read_routes

EXAMPLE = chatops.routes_file.__doc__.partition("\n\n")[2]


def mistakes(text: str) -> tuple[str, ...]:
    rules, problems = parse_routes(dedent(text), "routes.yaml")
    assert rules == () or not problems
    return problems


def test_the_example_is_read():
    matchers = (matcher_of("team=payments"), matcher_of('app=~"checkout|cart"'))
    route = Route(("prod",), ("shop-*", "mail"), Severity.WARNING, matchers, (Severity.CRITICAL,), 12, "night")
    rules = ChatRules((route,), quiet_of("22:00-08:00"), ZoneInfo("Europe/Moscow"), from_file=True)
    assert parse_routes(EXAMPLE, "routes.yaml") == (((-1001234567890, rules),), ())


def test_the_page_has_examples_that_are_read():
    page = (Path(__file__).parent.parent / "docs" / "routes.md").read_text()
    blocks = [block.partition("```")[0] for block in page.split("```yaml\n")[1:]]
    assert [parse_routes(block, "docs/routes.md")[1] for block in blocks if block.startswith("chats:")] == [()]


def test_what_is_left_out_is_everything():
    assert parse_routes("chats: [{chat: 7}, {chat: 8, routes: [{}]}]", "x") == (
        ((7, ChatRules(from_file=True)), (8, ChatRules((Route(),), from_file=True))),
        (),
    )
    (_, rules), *_ = parse_routes("chats: [{chat: 7, routes: [{loud: []}]}]", "x")[0]
    assert rules.routes == (Route(loud=()),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chats: []", "routes.yaml:1: `chats` is not a list of something"),
        ("rooms: 1", "routes.yaml:1: does not know `rooms`"),
        ("{}", "routes.yaml:1: has no `chats:`"),
        ("chats:\n  - zone: UTC", "routes.yaml:2: a chat has no `chat`"),
        ("chats:\n  - chat: '@shop'", "routes.yaml:2: `chat` has no chat number"),
        ("chats:\n  - chat: 7\n  - chat: 7", "routes.yaml:3: the chat 7 stands there twice"),
        ("chats:\n  - chat: 7\n    zone: Mars", "routes.yaml:3: `Mars` is no time zone"),
        ("chats:\n  - chat: 7\n    quiet: at night", "routes.yaml:3: `at night` is no span of the day"),
        ("chats:\n  - chat: 7\n    routes: {}", "routes.yaml:3: `routes` is not a list"),
        ("chats:\n  - chat: 7\n    routes: [{severity: red}]", "routes.yaml:3: `red` is no severity"),
        ("chats:\n  - chat: 7\n    routes: [{severity: [warning]}]", "routes.yaml:3: `` is no severity"),
        ("chats:\n  - chat: 7\n    routes: [{namespaces: [a/b]}]", "routes.yaml:3: `a/b` is no pattern of namespaces"),
        ("chats:\n  - chat: 7\n    routes: [{namespaces: shop}]", "routes.yaml:3: `namespaces` is not a list"),
        ("chats:\n  - chat: 7\n    routes: [{clusters: ['a b']}]", "routes.yaml:3: `a b` is no pattern of clusters"),
        ("chats:\n  - chat: 7\n    routes: [{matchers: [team]}]", "routes.yaml:3: `team` is no matcher: write it like"),
        (
            "chats:\n  - chat: 7\n    routes: [{matchers: ['a=~(']}]",
            "routes.yaml:3: `a=~(` is no regular expression",
        ),
        ("chats:\n  - chat: 7\n    routes: [{loud: [red]}]", "routes.yaml:3: `red` names a severity that is none"),
        ("chats:\n  - chat: 7\n    routes: [{topic: general}]", "routes.yaml:3: `general` has no topic's number"),
        ("chats:\n  - chat: 7\n    routes: [{topic: -1}]", "routes.yaml:3: `-1` has no topic's number"),
        ("chats:\n  - chat: 7\n    routes: [{rota: x}]", "routes.yaml:3: does not know `rota`"),
        ("chats: [", "routes.yaml:1: not YAML"),
    ],
)
def test_a_mistake_has_its_line_and_its_mend(text, told):
    problems = mistakes(text)
    assert problems[0].startswith(told), problems
    assert all(problem.count(": ") >= 2 for problem in problems)


def test_too_much_is_refused():
    assert "more than 20 routes" in mistakes(f"chats: [{{chat: 7, routes: [{', '.join(['{}'] * 21)}]}}]")[0]
    assert "more than 10" in mistakes(f"chats: [{{chat: 7, routes: [{{matchers: [{', '.join(['a=b'] * 11)}]}}]}}]")[0]


def test_a_file_that_cannot_be_read(tmp_path):
    assert "cannot be read" in read_routes(tmp_path / "none.yaml")[1][0]


@given(st.text(max_size=60), st.integers(0, len(EXAMPLE)))
def test_whatever_stands_in_it_is_rules_or_told(text, at):
    rules, problems = parse_routes(EXAMPLE[:at] + text + EXAMPLE[at:], "x")
    assert not (rules and problems)
