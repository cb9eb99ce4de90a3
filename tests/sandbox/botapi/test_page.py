"""The chat page, in a real browser and by raw requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

from chatops.sandbox.botapi import BotApiServer, Limits, Person

from .conftest import Raw
from .test_methods import png

CHROMIUM = Path("/usr/bin/chromium")
chromium = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs /usr/bin/chromium (Debian package chromium)"),
]
HOSTILE = '<b>bold?</b> <img src=x onerror="alert(1)"> javascript:alert(1)'


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(limits=Limits.off()) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone-sized page that must stay without dialogs, script errors and console errors."""
    trouble: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()

    def dialog(shown: Any) -> None:
        trouble.append(f"dialog {shown.message}")
        shown.dismiss()

    opened.on("dialog", dialog)
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda line: trouble.append(line.text) if line.type == "error" else None)
    yield opened
    context.close()
    assert trouble == []


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


class TestBrowser:
    pytestmark = chromium

    def test_a_pressed_button_reaches_the_bot_and_its_toast_and_edit_come_back(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person
    ) -> None:
        markup = keyboard([{"text": "✋ Take", "callback_data": "k:2o", "style": "success"}])
        sent = call("sendMessage", chat_id=anna.id, text="<b>Crash loop</b>", parse_mode="HTML", reply_markup=markup)
        page.goto(f"{server.url}/?as={anna.id}&chat={anna.id}")
        expect(page.locator(".bubble strong", has_text="Crash loop")).to_be_visible()
        button = page.get_by_role("button", name="✋ Take")
        expect(button).to_have_attribute("data-style", "success")
        button.click()
        expect(button).to_have_attribute("aria-busy", "true")

        (update,) = call("getUpdates", timeout=10)["result"]
        assert update["callback_query"]["data"] == "k:2o"
        assert update["callback_query"]["from"]["id"] == anna.id
        call("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="You took #96")
        expect(page.get_by_text("You took #96")).to_be_visible()
        expect(button).to_have_attribute("aria-busy", "false")

        number = sent["result"]["message_id"]
        call("editMessageText", chat_id=anna.id, message_id=number, text="resolved")
        expect(page.locator(f"[data-id='{number}'] .text")).to_have_text("resolved")
        expect(page.locator(f"[data-id='{number}'].flash")).to_have_count(1)
        expect(button).to_have_count(0)

    def test_an_alert_is_a_modal_that_the_keyboard_closes(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person
    ) -> None:
        call(
            "sendMessage",
            chat_id=anna.id,
            text="x",
            reply_markup=keyboard([{"text": "Go", "callback_data": "g"}]),
        )
        page.goto(f"{server.url}/?as={anna.id}&chat={anna.id}")
        page.get_by_role("button", name="Go", exact=True).press("Enter")
        query = call("getUpdates", timeout=10)["result"][0]["callback_query"]["id"]
        call("answerCallbackQuery", callback_query_id=query, text="Role viewer", show_alert=True)
        expect(page.get_by_role("dialog")).to_have_text("Role viewer OK", use_inner_text=False)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_hostile_text_is_shown_literally(self, server: BotApiServer, page: Page, call: Raw, anna: Person) -> None:
        group = server.group(-1001, HOSTILE, [anna])
        server.person(66, HOSTILE)
        anna.send(HOSTILE, chat=group)
        markup = keyboard([{"text": HOSTILE, "callback_data": HOSTILE[:60]}])
        call("sendMessage", chat_id=group.id, text=HOSTILE, reply_markup=markup)
        server.world.chats[group.id].messages[1].entities = [
            {"type": "text_link", "offset": 0, "length": 3, "url": "javascript:alert(1)"}
        ]
        page.goto(f"{server.url}/?as={anna.id}&chat={group.id}")
        expect(page.locator(".text")).to_have_text([HOSTILE, HOSTILE])
        expect(page.locator(".key")).to_have_text(HOSTILE)
        expect(page.locator("h1")).to_have_text(HOSTILE)
        assert page.locator("#messages img, #messages b, #messages a").count() == 0

    def test_a_newcomer_starts_and_uses_the_command_menu(self, server: BotApiServer, page: Page, call: Raw) -> None:
        server.person(5, "Newcomer")
        call("setMyCommands", commands=[{"command": "incidents", "description": "Open incidents"}])
        page.goto(server.url)
        page.get_by_role("button", name="ChatOps").click()
        page.get_by_role("button", name="Start", exact=True).click()
        assert call("getUpdates", timeout=10)["result"][0]["message"]["text"] == "/start"
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("button", name="/incidents").click()
        expect(page.locator(".own .text")).to_have_text(["/start", "/incidents"])
        page.get_by_role("textbox", name="Message").fill("two\nlines")
        page.get_by_role("textbox", name="Message").press("Enter")
        expect(page.locator(".own .text").last).to_have_text("two\nlines")
        texts = [update["message"]["text"] for update in call("getUpdates")["result"]]
        assert texts == ["/start", "/incidents", "two\nlines"]

    def test_several_people_replies_files_and_rich_text(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person
    ) -> None:
        oleg = server.person(102, "Oleg", language_code="ru")
        group = server.group(-1001, "Shop", [anna, oleg])
        now = int(server.world.clock())
        source = (
            f'<tg-time unix="{now - 720}" format="r">old</tg-time> <tg-spoiler>hidden</tg-spoiler>'
            '<pre><code class="language-log">ERROR x</code></pre>'
            "<blockquote expandable>1\n2\n3\n4\n5</blockquote>"
            '<a href="https://example.com/?a=1&amp;b=2">Runbook</a>'
        )
        call("sendMessage", chat_id=group.id, text=source, parse_mode="HTML")
        url = f"{server.url}/bot{server.token}"
        requests.post(url + "/sendPhoto", {"chat_id": group.id}, files={"photo": ("p.png", png(60, 40))}, timeout=9)
        files = {"document": ("post<b>mortem.md", b"# 96")}
        requests.post(url + "/sendDocument", {"chat_id": group.id}, files=files, timeout=9)
        page.goto(f"{server.url}/?as={anna.id}&chat={group.id}")
        expect(page.locator("time[data-format='r']")).to_have_text("12 minutes ago")
        expect(page.locator("pre")).to_have_text("ERROR x")
        page.get_by_role("button", name="Show the hidden text").click()
        expect(page.locator(".spoiler.shown")).to_have_text("hidden")
        page.get_by_role("button", name="Show more").click()
        expect(page.locator("blockquote.open")).to_be_visible()
        link = page.get_by_role("link", name="Runbook")
        expect(link).to_have_attribute("href", "https://example.com/?a=1&b=2")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        page.wait_for_function("document.querySelector('.photo img').naturalWidth === 60")
        with page.expect_download() as download:
            page.get_by_role("link", name="post<b>mortem.md").click()
        assert Path(download.value.path()).read_bytes() == b"# 96"

        page.get_by_role("button", name="Reply to ChatOps").first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("textbox", name="Message").fill("mine")
        page.keyboard.press("Enter")
        expect(page.locator(".own .reply")).to_have_count(1)
        assert call("getUpdates")["result"][0]["message"]["reply_to_message"]["message_id"] == 1

        page.get_by_role("button", name="Back to chats").click()
        page.get_by_label("Acting as").select_option(label="Oleg")
        page.get_by_role("button", name="Shop").click()
        expect(page.locator(".other .text", has_text="mine")).to_be_visible()
        expect(page.locator("time[data-format='r']")).to_have_text("12 минут назад")

    def test_unread_marks_tell_silent_messages_apart(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person
    ) -> None:
        page.goto(f"{server.url}/?as={anna.id}")
        expect(page.get_by_role("button", name="ChatOps")).to_be_visible()
        call("sendMessage", chat_id=anna.id, text="digest", disable_notification=True)
        expect(page.locator(".badge.quiet")).to_have_text("1")
        call("sendMessage", chat_id=anna.id, text="page!")
        expect(page.locator(".badge:not(.quiet)")).to_have_text("2")

    def test_it_comes_back_after_the_server_was_away(
        self, server: BotApiServer, browser: Browser, call: Raw, anna: Person
    ) -> None:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{server.url}/?as={anna.id}&chat={anna.id}")
            server.go_away()
            expect(page.get_by_text("Connecting…")).to_be_visible()
            server.come_back()
            call("sendMessage", chat_id=anna.id, text="back")
            expect(page.locator(".text")).to_have_text("back")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_targets_are_large_and_nothing_is_cut_off(
        self, server: BotApiServer, page: Page, call: Raw, anna: Person, scheme: Any
    ) -> None:
        rows = [[{"text": f"Button {n}", "callback_data": str(n)} for n in range(3)]]
        text = "word " * 60 + "x" * 200
        call("sendMessage", chat_id=anna.id, text=text, reply_markup=keyboard(*rows))
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{server.url}/?as={anna.id}&chat={anna.id}")
        expect(page.locator(".key")).to_have_count(3)
        small = page.evaluate(
            "[...document.querySelectorAll('button, a, select, textarea')].filter(e => e.offsetParent)"
            ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.querySelector('#scroll').scrollWidth") <= 390


def post(server: BotApiServer, path: str, body: Any, **headers: str) -> int:
    headers = {"Content-Type": "application/json", **headers}
    data = body if isinstance(body, bytes) else requests.compat.json.dumps(body).encode()
    return requests.post(server.url + path, data=data, headers=headers, timeout=10).status_code


def test_every_answer_carries_the_policy(server: BotApiServer) -> None:
    for path in ("/", "/page/app.js", "/chat/changes?after=0", "/nothing"):
        policy = requests.get(server.url + path, timeout=10).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "name", ["..%2Fpage.py", "%2e%2e/server.py", "none.js", "index.html%00", "...", "%2e%2e%2fpage"]
)
def test_only_page_files_are_served(server: BotApiServer, name: str) -> None:
    assert requests.get(f"{server.url}/page/{name}", timeout=10).status_code == 404


def test_pages_of_other_origins_are_refused(server: BotApiServer, anna: Person) -> None:
    body = {"as": anna.id, "chat": anna.id, "text": "x"}
    assert post(server, "/chat/send", body, Host="evil.example:80") == 403
    assert post(server, "/chat/send", body, **{"Content-Type": "text/plain"}) == 403
    assert requests.get(server.url, headers={"Host": "evil.example"}, timeout=10).status_code == 403
    assert anna.messages() == []
    assert post(server, "/chat/send", body) == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/send", b"{", 400),
        ("/chat/send", [], 400),
        ("/chat/send", {"as": "x", "chat": 1}, 400),
        ("/chat/send", {"as": 101, "chat": 101, "text": " "}, 400),
        ("/chat/send", {"as": 101, "chat": 101, "text": "x" * 4097}, 400),
        ("/chat/send", {"as": 101, "chat": -5, "text": "x"}, 403),
        ("/chat/send", {"as": 999, "chat": 101, "text": "x"}, 404),
        ("/chat/send", {"as": 4200000001, "chat": 101, "text": "the bot itself"}, 404),
        ("/chat/press", {"as": 101, "chat": 101, "message": 77, "data": "x"}, 404),
        ("/chat/press", {"as": 101, "chat": 102, "message": 1, "data": "x"}, 403),
    ],
)
def test_hostile_acts(server: BotApiServer, anna: Person, path: str, body: Any, status: int) -> None:
    assert post(server, path, body) == status
    assert anna.messages() == []


def test_documents_are_downloads_and_never_pages(server: BotApiServer, call: Raw, anna: Person) -> None:
    files = {"document": ('x".html', b"<script>alert(1)</script>", "text/html")}
    url = f"{server.url}/bot{server.token}/sendDocument"
    sent = requests.post(url, {"chat_id": anna.id}, files=files, timeout=10).json()
    reply = requests.get(f"{server.url}/chat/file/{sent['result']['document']['file_id']}", timeout=10)
    assert reply.headers["Content-Type"].startswith("application/octet-stream")
    assert reply.headers["Content-Disposition"].startswith("attachment;")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
