"""The page inside Telegram: what it takes from the launch, and what it asks of Telegram's frame.

Telegram's own script is answered with a copy; what it would tell the app around it is written down.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chatops.web.problem import Problem
from tests.flows.town import until

from .canned import Canned
from .conftest import PHONE, TELEGRAM, Visits, needs_chromium

pytestmark = needs_chromium

SCRIPT = Path(__file__).with_name("vendor") / "telegram-web-app.js"
DARK = {
    "bg_color": "#17212b",
    "secondary_bg_color": "#232e3c",
    "text_color": "#f5f5f5",
    "hint_color": "#3d4a57",
    "link_color": "#6ab3f3",
    "button_color": "#5288c1",
    "button_text_color": "#ffffff",
}
NATIVE = """
window.told = [];
window.TelegramWebviewProxy = { postEvent: (type, data) => window.told.push([type, JSON.parse(data || '{}')]) };
"""


def launch(start: str = "", *, theme: dict[str, str] = DARK, language: str = "en", version: str = "9.1") -> str:
    user = json.dumps({"id": 7, "first_name": "Anna", "language_code": language})
    data = urlencode({"user": user, "auth_date": "1790000000", "hash": f"launch-{start}-{language}"})
    told = {"tgWebAppData": data, "tgWebAppVersion": version, "tgWebAppPlatform": "ios"}
    told["tgWebAppThemeParams"] = json.dumps(theme)
    if start:
        told["tgWebAppStartParam"] = start
    return urlencode(told, quote_via=quote)


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    inside = browser.new_context(viewport=PHONE, locale="en")
    inside.add_init_script(NATIVE)
    inside.route(TELEGRAM, lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
    return inside


def told(page: Page, type: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "type => told.filter(each => each[0] === type).map(each => each[1])", type
    )
    return found


def press(page: Page, event: str, data: dict[str, Any] | None = None) -> None:
    """As Telegram tells the page that one of its own buttons was pressed."""
    page.evaluate("([event, data]) => Telegram.WebView.receiveEvent(event, data)", [event, data or {}])


def holds(page: Page, condition: str) -> None:
    # Not wait_for_function: it compiles text inside the page, which the page's policy does not let anybody do.
    until(lambda: page.evaluate(f"Boolean({condition})"), condition)


@pytest.fixture
def page(visits: Visits) -> Page:
    return visits.page()


def test_a_launch_signs_in_once_and_leaves_the_address(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch()}")
    expect(page.locator(".row").first).to_be_visible()
    assert page.url.endswith("/app/#/open")
    page.goto("about:blank")
    page.goto(f"{url}/app/#{launch()}")
    expect(page.locator(".row").first).to_be_visible()
    assert [path for _, path, _ in canned.asked].count("/session") == 1


@pytest.mark.parametrize("address", [f"#{launch('inc_96')}", f"#/incident/96?{launch()}", f"#/incident/96&{launch()}"])
def test_a_launch_for_an_incident_opens_it_above_the_list(page: Page, url: str, canned: Canned, address: str) -> None:
    page.goto(f"{url}/app/{address}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash loop · checkout")
    holds(page, "window.Telegram?.WebApp.BackButton.isVisible")
    press(page, "back_button_pressed")
    expect(page.locator(".row").first).to_be_visible()
    holds(page, "!window.Telegram.WebApp.BackButton.isVisible")


def test_telegrams_buttons_take_the_place_of_the_pages(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch('inc_96')}")
    holds(page, "window.Telegram?.WebApp.MainButton.isVisible")
    assert page.evaluate("Telegram.WebApp.MainButton.text") == "↩️ Roll back to 42"
    assert page.evaluate("Telegram.WebApp.SecondaryButton.text") == "Take"
    expect(page.locator(".bar, .back")).to_have_count(0)
    press(page, "secondary_button_pressed")
    expect(page.get_by_text("You did acknowledge #96")).to_be_visible()
    holds(page, "!window.Telegram.WebApp.SecondaryButton.isVisible")
    press(page, "main_button_pressed")
    expect(page.get_by_role("dialog")).to_contain_text("Roll back checkout to revision 42?")
    holds(page, "!window.Telegram.WebApp.MainButton.isVisible")
    press(page, "back_button_pressed")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Crash loop · checkout")
    assert told(page, "web_app_ready")
    assert told(page, "web_app_expand")
    assert {"type": "notification", "notification_type": "success"} in told(page, "web_app_trigger_haptic_feedback")


def test_small_questions_are_telegrams_own(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch('inc_96')}")
    holds(page, "window.Telegram?.WebApp.MainButton.isVisible")
    page.get_by_role("button", name="Resolve").click()
    (asked,) = told(page, "web_app_open_popup")
    assert asked["title"] == "Resolve #96?"
    press(page, "popup_closed", {"button_id": "yes"})
    expect(page.get_by_text("You did resolve #96")).to_be_visible()


def test_what_a_phone_does_not_save_is_there_to_copy(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch('inc_96')}")
    page.get_by_role("button", name="Postmortem").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_have_value("# Postmortem\n")
    expect(dialog.get_by_role("button")).to_have_text(["Close", "Copy"])


def test_an_older_telegram_lacks_buttons_and_the_page_has_them(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch('inc_96', version='6.4')}")
    holds(page, "window.Telegram?.WebApp.MainButton.isVisible")
    expect(page.locator(".bar button")).to_have_text(["Take"])


def test_a_theme_is_taken_and_made_readable(page: Page, url: str, canned: Canned) -> None:
    page.goto(f"{url}/app/#{launch()}")
    expect(page.locator(".row").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(35, 46, 60)"
    contrast = """async () => {
        const app = document.querySelector('script[type=module]').src;
        const { contrast } = await import(app.replace('app.js', 'theme.js'));
        const style = getComputedStyle(document.documentElement);
        return ['hint', 'link', 'critical', 'warning', 'info', 'none', 'danger'].map(name => Math.min(
            ...['--ground', '--card', '--field'].map(ground =>
                contrast(style.getPropertyValue(`--${name}`).trim(), style.getPropertyValue(ground).trim()))));
    }"""
    assert min(page.evaluate(contrast)) >= 4.5
    holds(page, "window.Telegram?.WebApp")
    light = {**DARK, "bg_color": "#ffffff", "secondary_bg_color": "#f0f0f0", "text_color": "#222222"}
    press(page, "theme_changed", {"theme_params": light})
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(240, 240, 240)"
    assert min(page.evaluate(contrast)) >= 4.5


def test_without_telegrams_script_the_page_goes_on(visits: Visits, url: str, canned: Canned) -> None:
    visits.expected = ["Failed to load resource"]
    page = visits.page()
    page.route(TELEGRAM, lambda route: route.abort())
    page.goto(f"{url}/app/#{launch('inc_96')}")
    expect(page.locator(".bar button")).to_have_text(["Take", "↩️ Roll back to 42"])


def test_the_first_words_are_in_the_persons_language(visits: Visits, url: str, canned: Canned) -> None:
    visits.expected = ["403"]
    canned.fails["POST /session"] = Problem(403, "stranger", "Мы ещё не знакомы.")
    page = visits.page()
    page.goto(f"{url}/app/#{launch(language='ru-RU')}")
    expect(page.get_by_text("Нет доступа.")).to_be_visible()
