"""The Mini App's own page, opened in the chat by the bot's own button, and what is done there seen in the chat."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from chatops.web.server import bind
from tests.flows.town import ANNA, PATIENCE, crash_loop, town

CHROMIUM = Path("/usr/bin/chromium")
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""Telegram's own script cannot be had then, and the page goes on without."""
PATIENT = PATIENCE * 1_000
"""Milliseconds."""
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium (Debian package chromium)"),
]


def test_from_the_card_into_the_app_and_back(tmp_path):
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
    with (
        town(tmp_path, APP_PORT=str(port), PUBLIC_URL=f"http://127.0.0.1:{port}") as place,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", ALONE]) as browser,
    ):
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(PATIENT)
        place.post(crash_loop())
        place.card("#1", "Mini App")
        page.goto(f"{place.bot_api.url}/?as={ANNA}&chat={ANNA}")
        page.get_by_role("button", name="Mini App").click()
        app = page.frame_locator("#app iframe")
        expect(app.get_by_role("heading", name="Crash loop · checkout")).to_be_visible(timeout=PATIENT)
        app.get_by_role("button", name="Take", exact=True).click()
        place.card("#1", "has it since")
        expect(app.get_by_text("nobody yet")).to_have_count(0, timeout=PATIENT)
        # What would be a download is text to copy: the frame has no right to one, as Telegram's own has none.
        app.get_by_role("button", name="Postmortem").click()
        expect(app.locator("dialog textarea")).to_have_value(re.compile("^# "), timeout=PATIENT)
        app.locator("dialog").get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page.locator(".text", has_text="has it since")).to_be_visible(timeout=PATIENT)
        with place.store() as store:
            types = [line.entry.type.value for line in store.audit.page(limit=1_000)]
        assert (types.count("signed_in"), types.count("acknowledged")) == (1, 1)
