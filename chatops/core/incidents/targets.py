"""Whom a step of the chain calls, as it is kept with an incident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A person, or a chat. With neither it is every admin: what is called where no chain is configured."""

    user_id: int = 0
    name: str = ""
    chat_id: int = 0

    @property
    def everybody(self) -> bool:
        return not self.user_id and not self.chat_id


EVERYBODY = Target()
"""Every admin."""
