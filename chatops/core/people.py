"""Who talks to the bot, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """viewer reads; operator also acts; admin, where the grant covers everything, also decides who may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


ANY = "*"
"""In a grant's pattern: any text, also none."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in the places that the patterns name. What has no cluster or namespace is covered by ANY alone."""

    role: Role
    cluster: str = ANY
    namespace: str = ANY

    @property
    def everywhere(self) -> bool:
        return self.cluster == self.namespace == ANY


def everywhere(role: Role) -> tuple[Grant, ...]:
    """The grants of somebody who has the role in every place."""
    return (Grant(role),)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may use the bot. `id` is Telegram's; `language` is empty until chosen or told by Telegram.

    All that they may is what their grants say (core.access); without any they are known and may nothing.
    """

    id: int
    name: str
    grants: tuple[Grant, ...] = ()
    language: str = ""
    disabled: bool = False


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Chat:
    """A Telegram chat the bot knows. `subscribed`: every incident is shown there.

    `unreachable` is empty, or the failures.Reason value with which Telegram last refused it for good.
    """

    id: int
    kind: ChatKind
    title: str = ""
    language: str = ""
    subscribed: bool = False
    unreachable: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who Telegram says sent something. `language_code` is an IETF tag or empty."""

    id: int
    name: str
    language_code: str = ""
    is_bot: bool = False
