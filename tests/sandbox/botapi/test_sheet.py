"""The Mini App's sheet on the chat page, with an app of a few lines in it, and raw requests to open one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import pytest
import requests
from playwright.sync_api import Frame, Page, expect

from chatops.sandbox.botapi import BotApiServer, Person
from chatops.sandbox.botapi.launch import DARK, LIGHT

from .conftest import Raw
from .test_page import browser, chromium, keyboard, page, post, server

__all__ = ["browser", "page", "server"]

APP = b"""<!doctype html><title>App</title><h1>An app</h1><script>
const heard = [];
addEventListener("message", (event) => {
  if (event.source === parent) heard.push(JSON.parse(event.data));
});
const tell = (eventType, eventData) => parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
tell("iframe_ready", { reload_supported: true });
tell("web_app_ready");
</script>"""


class App:
    """A Mini App on loopback, as somebody would have one while they write it."""

    def __init__(self) -> None:
        class Pages(BaseHTTPRequestHandler):
            protocol_version: ClassVar[str] = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(APP)))
                self.end_headers()
                self.wfile.write(APP)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/app/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def app() -> Iterator[App]:
    running = App()
    yield running
    running.close()


def inside(page: Page) -> Frame:
    """The app that is open, once it is there."""
    element = page.locator("#app iframe").element_handle()
    frame = element.content_frame()
    assert frame
    expect(page.frame_locator("#app iframe").locator("h1")).to_have_text("An app")
    return frame


def tell(page: Page, kind: str, data: Any = None) -> None:
    """The app says something to Telegram."""
    inside(page).evaluate("([kind, data]) => tell(kind, data)", [kind, data])


def hears(page: Page, kind: str) -> Any:
    """What the app was last told by an event of this kind, once it was."""
    look = "(kind) => heard.filter((one) => one.eventType === kind).at(-1)"
    return inside(page).wait_for_function(look, arg=kind).json_value().get("eventData")


def forget(page: Page) -> None:
    inside(page).evaluate("heard.splice(0)")


def opened(page: Page) -> dict[str, str]:
    """The launch parameters of the app that is open."""
    fragment = str(inside(page).evaluate("location.hash")).lstrip("#")
    return dict(parse_qsl(fragment.partition("?")[2] or fragment))


class TestSheet:
    pytestmark = chromium

    def test_a_button_opens_the_app_and_they_talk(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person, app: App
    ) -> None:
        """One page load for all of it: each costs a second."""
        markup = keyboard([{"text": "Open app", "web_app": {"url": app.url + "#/incident/96"}}])
        call("sendMessage", chat_id=anna.id, text="card", reply_markup=markup)
        page.goto(f"{server.url}/?as={anna.id}&chat={anna.id}")
        page.get_by_role("button", name="Open app").click()
        told = opened(page)
        assert json.loads(dict(parse_qsl(told["tgWebAppData"]))["user"])["id"] == anna.id
        assert json.loads(told["tgWebAppThemeParams"]) == LIGHT
        expect(page.locator("#app.ready")).to_be_visible()
        assert "allow-downloads" not in str(page.locator("#app iframe").get_attribute("sandbox"))

        tell(page, "web_app_request_viewport")
        assert hears(page, "viewport_changed")["is_expanded"] is True
        tell(page, "web_app_request_theme")
        assert hears(page, "theme_changed") == {"theme_params": LIGHT}
        forget(page)
        page.locator("#app").get_by_role("button", name="Light or dark").click()
        assert hears(page, "theme_changed") == {"theme_params": DARK}
        tell(page, "web_app_set_header_color", {"color_key": "secondary_bg_color"})
        expect(page.locator("#app-head")).to_have_css("background-color", "rgb(15, 15, 15)")
        page.locator("#app").get_by_role("button", name="Light or dark").click()
        expect(page.locator("#app-head")).to_have_css("background-color", "rgb(244, 244, 245)")
        tell(page, "web_app_set_header_color", {"color": "#123456"})
        expect(page.locator("#app-head")).to_have_css("background-color", "rgb(18, 52, 86)")
        tell(page, "web_app_request_safe_area")
        assert hears(page, "safe_area_changed") == {"top": 0, "bottom": 0, "left": 0, "right": 0}

        main = {"is_visible": True, "is_active": True, "text": "Roll back", "color": "#e53935", "text_color": "#ffffff"}
        tell(page, "web_app_setup_main_button", main)
        tell(page, "web_app_setup_secondary_button", {**main, "text": "Take", "position": "top"})
        page.get_by_role("button", name="Roll back").click()
        hears(page, "main_button_pressed")
        page.get_by_role("button", name="Take").click()
        hears(page, "secondary_button_pressed")
        expect(page.locator("#app-main")).to_have_css("background-color", "rgb(229, 57, 53)")
        tell(page, "web_app_setup_main_button", {**main, "is_active": False, "is_progress_visible": True})
        expect(page.locator("#app-main")).to_be_disabled()
        expect(page.locator("#app-main")).to_have_attribute("aria-busy", "true")
        tell(page, "web_app_setup_main_button", {"is_visible": False})
        expect(page.locator("#app-main")).to_be_hidden()

        tell(page, "web_app_setup_back_button", {"is_visible": True})
        page.get_by_role("button", name="Back", exact=True).click()
        hears(page, "back_button_pressed")
        tell(page, "web_app_setup_settings_button", {"is_visible": True})
        page.get_by_role("button", name="Settings of the app").click()
        hears(page, "settings_button_pressed")
        tell(page, "web_app_trigger_haptic_feedback", {"type": "impact", "impact_style": "light"})
        expect(page.locator("#app")).to_have_attribute("data-haptic", "impact light")

        asks = {"title": "Roll back?", "message": "<b>to 42</b>", "buttons": [{"id": "no", "type": "cancel"}]}
        asks["buttons"] += [{"id": "yes", "type": "destructive", "text": "Roll back"}]
        tell(page, "web_app_open_popup", asks)
        expect(page.locator("#popup-text")).to_have_text("<b>to 42</b>")
        page.locator("#popup").get_by_role("button", name="Roll back").click()
        assert hears(page, "popup_closed") == {"button_id": "yes"}
        forget(page)
        tell(page, "web_app_open_popup", {"message": "Sure?"})
        expect(page.locator("#popup")).to_be_visible()
        page.keyboard.press("Escape")
        assert hears(page, "popup_closed") == {}

        tell(page, "web_app_read_text_from_clipboard", {"req_id": "7"})
        assert hears(page, "clipboard_text_received") == {"req_id": "7", "data": None}
        with page.expect_popup() as popup:
            tell(page, "web_app_open_link", {"url": app.url})
        popup.value.close()
        for nonsense in ("hello", "toString", "__proto__"):
            tell(page, nonsense, "x")

        tell(page, "web_app_setup_back_button", {"is_visible": False})
        tell(page, "web_app_setup_closing_behavior", {"need_confirmation": True})
        page.get_by_role("button", name="Close", exact=True).click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#app")).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).click()
        page.get_by_role("button", name="Close anyway").click()
        expect(page.locator("#app")).to_be_hidden()
        expect(page.locator("iframe")).to_have_count(0)

    def test_menu_links_and_the_way_back(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person, app: App
    ) -> None:
        group = server.group(-1001, "Shop", [anna])
        server.mini_app(app.url, "ops")
        button = {"type": "web_app", "text": "Incidents", "web_app": {"url": app.url}}
        call("setChatMenuButton", menu_button=button)
        link = keyboard([{"text": "Open app", "url": "https://t.me/chatops_bot/ops?startapp=inc_96"}])
        call("sendMessage", chat_id=group.id, text="card", reply_markup=link)
        page.emulate_media(color_scheme="dark")
        page.goto(f"{server.url}/?as={anna.id}&chat={group.id}")
        page.get_by_role("link", name="Open app").click()
        told = opened(page)
        signed = dict(parse_qsl(told["tgWebAppData"]))
        assert (signed["start_param"], signed["chat_type"]) == ("inc_96", "supergroup")
        assert json.loads(told["tgWebAppThemeParams"]) == DARK

        tell(page, "web_app_open_tg_link", {"path_full": "/chatops_bot?start=inc_96"})
        expect(page.locator("#app")).to_be_hidden()
        expect(page.locator(".own .text")).to_have_text("/start inc_96")
        assert call("getUpdates", timeout=10)["result"][0]["message"]["text"] == "/start inc_96"

        page.get_by_role("button", name="Incidents").click()
        assert "query_id" in dict(parse_qsl(opened(page)["tgWebAppData"]))
        small = page.evaluate(
            "[...document.querySelectorAll('#app button')].filter(e => e.offsetParent)"
            ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
        )
        assert small == []
        tell(page, "web_app_close")
        expect(page.locator("#app")).to_be_hidden()


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ({"message": 1, "data": "https://ops.example.com/"}, 200),
        ({"message": 1, "data": "https://evil.example.com/"}, 404),
        ({"message": 77, "data": "https://ops.example.com/"}, 404),
        ({"link": "https://t.me/chatops_bot?startapp=x"}, 404),
        ({"chat": -5}, 403),
        ({}, 200),
    ],
)
def test_nothing_is_signed_for_what_the_bot_has_not_offered(
    server: BotApiServer, call: Raw, anna: Person, act: dict[str, Any], status: int
) -> None:
    markup = keyboard([{"text": "Open", "web_app": {"url": "https://ops.example.com/"}}])
    call("sendMessage", chat_id=anna.id, text="card", reply_markup=markup)
    button = {"type": "web_app", "text": "Incidents", "web_app": {"url": "https://ops.example.com/"}}
    call("setChatMenuButton", menu_button=button)
    assert post(server, "/chat/launch", {"as": anna.id, "chat": anna.id, **act}) == status


def test_the_page_frames_what_telegram_would(server: BotApiServer) -> None:
    policy = requests.get(server.url, timeout=10).headers["Content-Security-Policy"]
    assert "frame-src https: http://127.0.0.1:* http://localhost:*;" in policy
    assert "frame-ancestors 'none'" in policy
