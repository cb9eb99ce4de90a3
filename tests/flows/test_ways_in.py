"""From the chat into the Mini App and a browser: what the bot offers opens the API as who was offered it."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.flows.town import PATIENCE, crash_loop, town, until

PUBLIC = "https://ops.example.com"
OPS = -100_500


def test_every_way_in_opens_the_api_as_who_takes_it(tmp_path):
    with town(tmp_path, PUBLIC_URL=PUBLIC, MINI_APP_NAME="ops", TELEGRAM_CHATS=f"1001,{OPS}") as place:
        group = place.bot_api.group(OPS, "Ops", [place.anna])
        place.bot_api.mini_app(f"{PUBLIC}/app/", "ops")
        place.post(crash_loop())
        card = place.card("#1", "Mini App")
        pressed = place.anna.open_web_app(card)
        assert pressed.startswith(f"{PUBLIC}/app/#/incident/1?tgWebAppData=")
        menu = place.anna.open_web_app()
        shown = group.wait_for(lambda message: any("Mini App" in label for label in message.buttons), timeout=PATIENCE)
        link = next(str(key["url"]) for row in shown.keyboard for key in row if "Mini App" in str(key["text"]))
        followed = place.anna.open_web_app(link, chat=group)
        for url in (pressed, menu, followed):
            assert signed_in(place, {}, Authorization=f"tma {init_data(url)}") == (201, 1001)
            assert signed_in(place, {}, Authorization=f"tma {init_data(url)}")[0] == 401
        assert parse_qs(init_data(followed))["start_param"] == ["inc_1"]

        place.anna.send("/login")
        message = place.card("signed in as you")
        code = str(message.button(0)["url"]).removeprefix(f"{PUBLIC}/app/#login=")
        assert signed_in(place, {"code": code}) == (201, 1001)
        assert signed_in(place, {"code": code})[0] == 401
        assert code not in place.service.log.read_text()
        with place.store() as store:
            types = [line.entry.type.value for line in store.audit.page(limit=1_000)]
        assert (types.count("login_link"), types.count("signed_in")) == (1, 4)

        stranger = place.bot_api.person(1009, "Eve")
        stranger.send("/start")
        stranger.chat_with_bot().wait_for("I don't know you yet", timeout=PATIENCE)
        assert signed_in(place, {}, Authorization=f"tma {init_data(stranger.open_web_app())}")[0] in (401, 403)


def test_without_a_public_url_the_menu_button_is_taken_back(tmp_path):
    with town(tmp_path, PUBLIC_URL=PUBLIC) as place:
        until(lambda: place.bot_api.world.menu_buttons, "the menu button is set")
        assert place.service.terminate() == 0
        place.service.start(PUBLIC_URL="")
        until(lambda: not place.bot_api.world.menu_buttons, "the menu button is taken back")
        place.post(crash_loop())
        card = place.card("#1", "Take")
        assert not any("web_app" in key for row in card.keyboard for key in row)
        place.anna.send("/login")
        place.card("PUBLIC_URL")


def init_data(url: str) -> str:
    """What the app's page is told of who opened it."""
    fragment = urlsplit(url).fragment
    return parse_qs(fragment.partition("?")[2] or fragment)["tgWebAppData"][0]


def signed_in(place: Any, content: Any, **headers: str) -> tuple[int, int]:
    """The status, and who it is; 0 for nobody."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{place.service.app_port}/api/v1/session",
        data=json.dumps(content).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status), int(json.loads(answer.read())["me"]["id"])
    except urllib.error.HTTPError as error:
        return error.code, 0
