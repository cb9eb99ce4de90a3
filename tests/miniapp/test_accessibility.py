"""axe finds nothing to complain of on any page, light and dark, on a phone and on a desk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from .canned import Canned
from .conftest import DESK, PHONE, look, needs_chromium

pytestmark = needs_chromium

SignIn = Callable[..., Page]
AXE = Path(__file__).with_name("vendor") / "axe.js"
LOGS = "#/incident/96/logs?kind=Pod&name=checkout-7c9d8-x2k4q&namespace=shop"
PAGES = {
    "#/open": ".rows",
    "#/incident/96": ".timeline",
    LOGS: ".log",
    LOGS.replace("/logs", "/describe"): ".pairs",
    "#/history?days=own": ".rows",
    "#/reports?days=30": ".heat",
    "#/audit": ".audit li",
    "#/settings": ".person",
}


def complaints(page: Page) -> list[str]:
    # An evaluated script is not the page's: its policy does not bind the test.
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"
    )
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(("scheme", "language", "size"), [("light", "ru", PHONE), ("dark", "en", DESK)])
def test_axe_finds_nothing(
    sign_in: SignIn, canned: Canned, scheme: Literal["light", "dark"], language: str, size: Any
) -> None:
    canned.language = language
    page = sign_in()
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    # An evaluated script is not the page's: its policy does not bind the test.
    page.evaluate(AXE.read_text())
    found = {}
    for address, there in PAGES.items():
        look(page, address, there)
        found[address] = complaints(page)
    page.evaluate("location.hash = '#/incident/96'")
    page.locator(".offer").first.click()
    page.locator("dialog .buttons button:not(:disabled)").nth(1).wait_for()
    found["dialog"] = complaints(page)
    assert {address: each for address, each in found.items() if each} == {}


def test_what_is_pressed_is_large_enough_for_a_thumb(sign_in: SignIn) -> None:
    page = sign_in()
    small = {}
    for address, there in PAGES.items():
        look(page, address, there)
        small[address] = page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, select, input, summary')]
                .filter(each => each.getClientRects().length && !each.closest('p') && each.type !== 'checkbox')
                .map(each => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
                .filter(([, box]) => box.height < 43.9 || box.width < 43.9).map(([what]) => what)"""
        )
    assert {address: each for address, each in small.items() if each} == {}


def test_nothing_is_wider_than_a_narrow_phone_with_large_letters(sign_in: SignIn, canned: Canned) -> None:
    canned.language = "ru"
    page = sign_in()
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '20px'")
    wide = {}
    for address, there in PAGES.items():
        look(page, address, there)
        wide[address] = page.evaluate("document.documentElement.scrollWidth") - 320
    assert {address: each for address, each in wide.items() if each > 0} == {}


def test_the_keyboard_reaches_everything_and_the_focus_follows_the_page(sign_in: SignIn) -> None:
    page = sign_in("#/open")
    page.locator(".row").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.locator(".offer").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".offer").first).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open incidents")
