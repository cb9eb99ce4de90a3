"""The button beside the text field of everybody's private chat with the bot: it opens the Mini App where there is one.

It knows neither people nor screens.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chatops.telegram.profile import Profile

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Menu:
    """`url` is what it is to open, empty for nothing; `left` what an earlier run of ours had it open.

    `on_set` is told, before it is so, what a later run will find.
    """

    text: str = ""
    url: str = ""
    left: str = ""
    on_set: Callable[[str], None] = lambda _url: None

    def arrange(self, profile: Profile) -> None:
        """Raises Failure. What somebody else has set meanwhile is not taken away."""
        if self.url:
            self.on_set(self.url)
            profile.set_menu(self.text, self.url)
        elif self.left:
            # Telegram writes hosts in small letters.
            if profile.menu().lower() == self.left.lower():
                profile.delete_menu()
                log.info("the menu button of an earlier run is taken back, for PUBLIC_URL is not set any more")
            self.on_set("")
