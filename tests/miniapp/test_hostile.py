"""Whatever comes from outside is text: on every page, in every field, in links too."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .canned import Canned
from .conftest import look, needs_chromium
from .test_accessibility import LOGS, PAGES

pytestmark = needs_chromium

HOSTILE = (
    '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>javascript:window.hurt=1 ${window.hurt=1} \u202e'
)
KEPT = {
    "severity",
    "status",
    "health",
    "danger",
    "guard",
    "kind",
    "code",
    "day",
    "week",
    "action",
    "language",
    "decision",
}


def hostile(told: Any, name: str = "") -> Any:
    """The same shape, with every text replaced that is free to be anything."""
    match told:
        case dict():
            free = name in ("labels", "annotations")
            return {HOSTILE if free else key: hostile(value, key) for key, value in told.items()}
        case list() | tuple():
            return [hostile(each, name) for each in told]
        case str() if name in ("url", "generator_url"):
            return "javascript:window.hurt=1"
        case str() if name not in KEPT and not name.endswith(("_at", "since", "until")) and name != "at":
            return HOSTILE
        case _:
            return told


def test_nothing_from_outside_is_markup(sign_in: Callable[..., Page], canned: Canned) -> None:
    canned.rows = [hostile(each) | {"status": "active"} for each in canned.rows]
    canned.closed = [hostile(each) for each in canned.closed]
    for kind in ("preview", "statistics"):
        setattr(canned, kind, hostile(getattr(canned, kind)))
    canned.incident = hostile(canned.incident) | {
        "can": canned.incident["can"],
        "links": hostile(canned.incident["links"]),
    }
    canned.lines = [HOSTILE, *canned.lines]
    page = sign_in()
    shown = {}
    for address, there in PAGES.items():
        look(page, address, there)
        shown[address] = page.locator("main").inner_text().count("<img src=x onerror=")
        assert page.locator("main script, main img, main iframe, [onerror], a[href^='javascript']").count() == 0, (
            address
        )
    for address in ("#/open", "#/incident/96", LOGS, "#/history?days=own", "#/reports?days=30"):
        assert shown[address] > 0, address
    page.evaluate("location.hash = '#/incident/96'")
    page.locator(".offer").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("<img src=x onerror=")
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("https://runbooks.example/x?y=1", "https://runbooks.example/x?y=1"),
        ("http://10.0.0.1:9090/", "http://10.0.0.1:9090/"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("javascript:alert(1)", ""),
        (" java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("vbscript:x", ""),
        ("file:///etc/passwd", ""),
        ("//evil.example", ""),
        ("/relative", ""),
        ("", ""),
    ],
)
def test_only_what_opens_a_page_is_a_link(linking: Page, text: str, followed: str) -> None:
    assert linking.evaluate("async text => (await import('./links.js')).safeAddress(text)", text) == followed


@pytest.fixture(scope="module")
def linking(browser: Any, house: tuple[Canned, str]) -> Any:
    page = browser.new_page()
    page.goto(f"{house[1]}/app/")
    yield page
    page.close()
