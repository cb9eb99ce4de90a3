"""The two ports of a process as servers: ALERT_PORT, where alerts come in, and APP_PORT for all else that asks by HTTP.

It knows no actor: what comes in goes through the gate, to the arrivals or to the desk.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from chatops.actors.api.desk import Desk
from chatops.actors.api.doorkeeper import Doorkeeper
from chatops.actors.api.operations import operations_of
from chatops.actors.arrivals import Arrivals
from chatops.actors.door_warnings import DoorWarnings
from chatops.actors.gate import Gate
from chatops.actors.ground import Ground
from chatops.addresses import is_loopback
from chatops.telegram.raw_updates import posted
from chatops.web.api import api_server, build_api
from chatops.web.hook import TelegramHook, hook_secret
from chatops.web.intake import Intake
from chatops.web.miniapp import MiniApp
from chatops.web.readiness import Readiness
from chatops.web.relay import Relay
from chatops.web.server import Server


def alert_port(ground: Ground, gate: Gate) -> Server:
    """Alertmanager's webhooks; not started."""
    settings = ground.settings
    warnings = DoorWarnings(ground.tell_admins)
    intake = Intake(
        gate.accept,
        settings.webhook_tokens,
        begin=gate.begin,
        on_refused=warnings.wrong_token,
        on_too_large=warnings.too_large,
    )
    return intake.server(host=settings.listen_on, port=settings.alert_port)


def app_port(
    ground: Ground, readiness: Callable[[], Readiness], arrivals: Arrivals, relay: Relay | None = None
) -> Server:
    """The REST API, the Mini App, probes and metrics, and Telegram's posts where it is to post; not started."""
    settings = ground.settings
    secret = hook_secret(ground.token)
    hook = TelegramHook(_keep_in(arrivals), secret, relay) if settings.telegram_webhook_url else None
    doorkeeper = Doorkeeper(ground.store, bot_token=ground.token, language=settings.language, clock=ground.now)
    desk = Desk(ground.store, ground.now, ground.policy, ground.bot.name, ground.directory.tell)
    page = MiniApp(frame_ancestors=_frames(settings.telegram_api_url))
    api = build_api(readiness, operations_of(desk, doorkeeper), doorkeeper, hook=hook, page=page, relay=relay)
    return api_server(api, host=settings.listen_on, port=settings.app_port, hook=hook)


def _keep_in(arrivals: Arrivals) -> Callable[[bytes], None]:
    """In an HTTP thread. What is no update is taken and forgotten: Telegram would post it for ever."""

    def keep(body: bytes) -> None:
        update = posted(body)
        if update is not None:
            arrivals.keep([update])

    return keep


def _frames(telegram_url: str) -> tuple[str, ...]:
    """The chat page of a Telegram that stands on this machine shows the Mini App in a frame, as Telegram's own does."""
    url = urlsplit(telegram_url)
    return (f"{url.scheme}://{url.netloc}",) if is_loopback(url.hostname or "") else ()
