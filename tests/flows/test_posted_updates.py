"""Telegram posts its updates instead of being asked for them: the same promises hold, and the way back is open."""

import socket
from pathlib import Path

from chatops.sandbox.botapi.server import BotApiServer
from tests.flows.town import crash_loop, forked, town, until


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def polls(bot_api: BotApiServer) -> bool:
    return bool(bot_api.world.updates.polling)


def test_a_press_is_posted_outlives_a_kill_and_counts_once(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/api/v1/telegram"
    with town(tmp_path, APP_PORT=str(port), TELEGRAM_WEBHOOK_URL=url) as place:
        place.post(crash_loop())
        place.press(place.card("#1", "Take"), "✋ Take")
        place.card("#1", "@anna has it")
        assert not polls(place.bot_api)
        place.service.kill()
        # Nobody answers now, so Telegram keeps it and posts it again.
        place.anna.tap(place.card("#1", "Release"), "🤝 Release")
        place.service.start()
        place.card("#1", "nobody yet")
        with place.store() as store:
            lines = [line.entry.type.value for line in store.audit.for_incident(1)]
        assert (lines.count("acknowledged"), lines.count("released")) == (1, 1)

        place.service.stop()
        later = {name: value for name, value in place.environment.items() if name != "TELEGRAM_WEBHOOK_URL"}
        place.service = forked(later, tmp_path)
        place.service.start()
        until(lambda: polls(place.bot_api), "it polls again")
        place.press(place.card("#1", "Take"), "✋ Take")
        place.card("#1", "@anna has it")
