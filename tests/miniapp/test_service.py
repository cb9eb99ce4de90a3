"""The page on the real service: from a launch that Telegram signed to a change of the cluster, seen by the chat too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from chatops.core.audit import EntryType
from chatops.sandbox.botapi.server import DEMO_TOKEN
from tests.api.door import launch
from tests.flows.town import ANNA, PATIENCE, Town, crash_loop, town, until

from .conftest import needs_chromium

pytestmark = needs_chromium

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en", timezone_id="Europe/Moscow")
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


def inside_telegram(place: Town, start: str) -> str:
    data = launch(ANNA, datetime.now(UTC), token=DEMO_TOKEN, start_param=start)
    told = f"tgWebAppData={quote(data)}&tgWebAppVersion=9.1&tgWebAppPlatform=web&tgWebAppStartParam={start}"
    return f"http://127.0.0.1:{place.service.app_port}/app/#{told}"


def test_from_the_launch_to_the_fix(place: Town, page: Page) -> None:
    expect.set_options(timeout=PATIENCE * 1000)
    place.post(crash_loop(hostile="<img src=x onerror=alert(1)>"))
    place.card("#1", "Roll back to 42")
    refused: list[str] = []
    page.on("response", lambda told: refused.append(f"{told.status} {told.url}") if told.status >= 400 else None)
    page.on("pageerror", lambda error: refused.append(str(error)))

    page.goto(inside_telegram(place, "inc_1"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash loop · checkout")
    page.get_by_role("button", name="Take").click()
    expect(page.get_by_text("You took #1")).to_be_visible()
    until(lambda: (found := place.incident(1)) and found.taken_by and found.taken_by.id == ANNA, "it is taken")

    page.get_by_role("button", name="Actions").last.click()
    expect(page.locator(".tree .offer").first).to_be_visible()
    page.locator(".tree summary").nth(1).click()
    page.locator(".tree .tree").get_by_role("link", name="Describe").first.click()
    expect(page.get_by_role("heading", name="Events")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("link", name="Crash logs").first.click()
    expect(page.locator(".log")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()

    page.locator(".bar").get_by_role("button", name="Roll back to 42").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("kubectl -n shop rollout undo")
    assert place.changes() == []
    dialog.get_by_role("button", name="Roll back to 42").click()
    expect(page.locator(".run")).to_contain_text("Rolled back shop/checkout to 42")
    assert len(place.changes()) == 1
    place.card("#1", "Rolled back")

    page.get_by_role("button", name="Note").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("<b>looked at the image</b>")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator(".timeline")).to_contain_text("<b>looked at the image</b>")
    with page.expect_download() as started:
        page.get_by_role("button", name="Postmortem").click()
    assert "looked at the image" in Path(started.value.path()).read_text()

    # What happens in the chat is seen here without a word.
    place.post(crash_loop(ended=True, hostile=HOSTILE))
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.get_by_text("All quiet.")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="Reports").click()
    expect(page.locator(".figure")).to_have_count(6)
    page.get_by_role("link", name="Audit").click()
    expect(page.locator(".audit")).to_contain_text("Rolling back shop/checkout")

    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Name").fill("ci")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator(".secret code").inner_text()
    assert token.startswith("cop_")
    page.get_by_label("Language").select_option("ru")
    expect(page.get_by_role("heading", level=1)).to_have_text("Настройки")
    page.get_by_role("button", name="Выйти").click()
    page.get_by_role("dialog").get_by_role("button", name="Выйти").click()
    expect(page.get_by_text("Сеанс закончился.")).to_be_visible()
    with place.store() as store:
        types = {line.entry.type for line in store.audit.page(limit=200)}
    assert {EntryType.SIGNED_IN, EntryType.ACKNOWLEDGED, EntryType.NOTED, EntryType.TOKEN_MADE} <= types
    assert refused == []
