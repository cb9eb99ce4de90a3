"""The screens of people and grants by position, drawn from what is stored. Who may see them is decided at the press."""

from chatops.core.buttons import Verb
from chatops.core.cards import Position, number
from chatops.core.granting import grant_of
from chatops.core.people import Role, User
from chatops.core.screens import deciding, people
from chatops.core.screens.base import Screen
from chatops.core.texts import Tongue
from chatops.db.store import Store

UNREADABLE = "unreadable"
"""Argument of a position where what was typed names no place."""


def drawn(position: Position, store: Store, tongue: Tongue, reader: User | None) -> Screen | None:
    """None where the person is not there. `reader` is who alone can confirm what a question asks."""
    args = position.args
    user = whom(args, store)
    match position.screen:
        case Verb.PEOPLE:
            return people.people(store.users.all(), tongue, page=number(args.get("page")))
        case Verb.PERSON if user:
            return people.person(user, tongue)
        case Verb.GRANT if user or "user" not in args:
            return people.choose_role(user, tongue)
        case Verb.SCOPE if user or "user" not in args:
            role, typed = Role(args["role"]), grant_of(args)
            seen, unreadable = store.places.all(), UNREADABLE in args
            return people.choose_place(user, role, seen, tongue, typed=typed, unreadable=unreadable)
        case Verb.GIVE | Verb.REVOKE | Verb.DISABLE | Verb.ENABLE if user:
            return deciding.question(user, position.screen, grant_of(args), tongue, by=reader)
        case _:
            return None


def whom(args: dict[str, str], store: Store) -> User | None:
    """The person that a button's arguments name."""
    return store.users.get(int(args["user"])) if "user" in args else None
