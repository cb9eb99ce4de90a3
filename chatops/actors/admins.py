"""The way to the admins: each of them is told in their private chat, whose id is their own."""

from collections.abc import Callable

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import Notice
from chatops.db.store import Store


def tell_admins(store: Store, tell: Callable[[Address, object], None], told: Notice) -> None:
    for user_id in store.users.admin_ids():
        tell(chat_address(user_id), told)
