"""The ways into the Mini App from a chat, and the link that signs a browser in."""

from collections.abc import Sequence

from chatops.core.buttons import Button
from chatops.core.mini_app import MiniApp
from chatops.core.people import ChatKind
from chatops.core.screens.base import Screen, screen
from chatops.core.texts import Tongue, mark

SHORT = 13
"""Characters of a label, its icon included: three of them stand side by side on a phone."""

MENU = mark("Incidents")
"""What Telegram's own button in a private chat says, where it opens the Mini App."""


def door(app: MiniApp, number: int, tongue: Tongue, *, private: bool, bot: str, is_main: bool) -> Button | None:
    """The button that opens the incident in the Mini App; None where this chat has no way there.

    Elsewhere than in `private` chats Telegram takes links alone.
    """
    if not app.address:
        return None
    label = "📱 " + tongue.plain("Mini App")
    if private:
        return Button(label, web_app=app.incident(number))
    link = app.link(number, bot=bot, is_main=is_main)
    return Button(label, url=link) if link else None


def beside(rows: Sequence[Sequence[Button | None]], button: Button | None) -> list[Sequence[Button | None]]:
    """The rows with the button in the first that has room: for a second one, else for a third between short ones.

    In a row of its own where none has.
    """
    if button is None:
        return list(rows)
    kept = [[each for each in row if each] for row in rows]
    alone = (row for row in kept if len(row) == 1)
    short = (row for row in kept if len(row) == 2 and all(len(each.label) <= SHORT for each in (*row, button)))
    chosen = next(alone, None) or next(short, None)
    if chosen is None:
        kept.append([button])
    else:
        chosen.append(button)
    return list(kept)


def login(app: MiniApp, code: str, tongue: Tongue) -> Screen:
    """The link is in the button and nowhere else: a text is easily passed on."""
    lines = [
        tongue.say("🔑 This opens the incidents in a browser, signed in as you."),
        tongue.say("It works once and for 5 minutes. It is for nobody else: whoever opens it is taken for you."),
    ]
    return screen(lines, [[Button("🖥 " + tongue.plain("Open in a browser"), url=app.login(code))]])


def no_login(kind: ChatKind, tongue: Tongue, *, possible: bool) -> Screen:
    """Why there is no link. `possible`: the Mini App is set up, and it is this chat where none is given."""
    if possible and kind is not ChatKind.PRIVATE:
        return screen([tongue.say("🔑 A link that signs you in is given in a private chat with me.")], [])
    return screen(
        [
            tongue.say("🔑 Signing in from a browser is not set up."),
            tongue.say("An admin sets <code>PUBLIC_URL</code> to the address where the service is reached over HTTPS."),
        ],
        [],
    )
