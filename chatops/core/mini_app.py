"""The Mini App's addresses: where it is, and the links that open it at an incident or sign a browser in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MiniApp:
    """`address` is PUBLIC_URL, empty where there is no Mini App; `name` its short name at @BotFather, if it has one."""

    address: str = ""
    name: str = ""

    @property
    def start(self) -> str:
        """Its first page; empty where there is none."""
        return f"{self.address}/app/" if self.address else ""

    def incident(self, number: int) -> str:
        return f"{self.start}#/incident/{number}"

    def login(self, code: str) -> str:
        # Behind the #, which a browser sends to nobody.
        return f"{self.start}#login={code}"

    def link(self, number: int, *, bot: str, is_main: bool) -> str:
        """A link that opens it inside Telegram from any chat, at an incident; empty where Telegram knows of none.

        `is_main`: it is the main Mini App of `bot`, which needs no short name.
        https://core.telegram.org/api/links#direct-mini-app-links
        """
        if not self.address or not bot or not (self.name or is_main):
            return ""
        path = f"{bot}/{self.name}" if self.name else bot
        return f"https://t.me/{path}?startapp=inc_{number}"


NO_APP = MiniApp()
