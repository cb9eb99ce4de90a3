"""A browser for the page's tests: one a module, a context a test, and nothing wrong in the console at the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from .canned import Canned, page_of, serving

CHROMIUM = Path("/usr/bin/chromium")
TELEGRAM = "https://telegram.org/js/telegram-web-app.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}

needs_chromium = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium (Debian package chromium)"),
]


# Nothing of a test reaches the network. (Routes would do it too, and would keep the browser from caching.)
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", ALONE])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    """One for a module: its pages find the page's files where the first has put them."""
    return browser.new_context(viewport=PHONE, locale="en")


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[Canned, str]]:
    told = Canned()
    with serving(page_of(told)) as address:
        yield told, address


@pytest.fixture
def canned(house: tuple[Canned, str]) -> Canned:
    """What the service says, as if nothing had been asked of it yet."""
    house[0].reset()
    return house[0]


@pytest.fixture
def url(house: tuple[Canned, str], canned: Canned) -> str:
    return house[1]


@dataclass
class Visits:
    """Opens pages, and holds that none of them stumbles."""

    context: BrowserContext
    pages: list[Page] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    """Parts of console lines that are meant to be there: a refused request is one to the browser."""

    def page(self) -> Page:
        opened = self.context.new_page()
        self.pages.append(opened)
        opened.on("dialog", lambda shown: (self.trouble.append(f"dialog {shown.message}"), shown.dismiss()))
        opened.on("pageerror", lambda error: self.trouble.append(str(error)))
        opened.on("console", lambda line: self.trouble.append(line.text) if line.type == "error" else None)
        return opened

    def close(self) -> None:
        for each in self.pages:
            each.close()
        left = [line for line in self.trouble if not any(part in line for part in self.expected)]
        assert left == []


@pytest.fixture
def visits(context: BrowserContext) -> Iterator[Visits]:
    made = Visits(context)
    yield made
    made.close()


def look(page: Page, address: str, there: str) -> None:
    """To an address of the page's own, until `there` is; with everything opened that opens."""
    page.evaluate("address => { location.hash = address }", address)
    page.locator(there).first.wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


@pytest.fixture
def sign_in(visits: Visits, url: str) -> Callable[..., Page]:
    """A page of somebody who followed a login link, at an address of the page's own."""

    def signed_in(address: str = "") -> Page:
        page = visits.page()
        page.goto(f"{url}/app/#login=GOOD")
        page.locator(".rows").wait_for()
        if address:
            page.evaluate("address => { location.hash = address }", address)
        return page

    return signed_in
