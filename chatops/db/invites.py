"""Invitations: one-time rights to become a user, found by the hash of a token that is kept nowhere."""

import hashlib
from datetime import datetime

from chatops.core.audit import Entry
from chatops.core.granting import Invite, admitted, grant_detail
from chatops.core.people import Grant, Role, User
from chatops.db.audit import append_entries
from chatops.db.columns import aware, clean, naive
from chatops.db.database import Database
from chatops.db.handled import write_off
from chatops.db.users import admin_ids_of, find_user, write_user


class Invites:
    """Each works once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def add(self, token: str, invite: Invite, entry: Entry, *, update_id: int | None = None) -> None:
        """Remember the invitation, say so in the log, and "done" on the Telegram update that asked for it.

        Ones that are long over are forgotten.
        """

        def work() -> None:
            moment = naive(entry.at)
            self._tables.Invite.select(lambda row: row.expires_at < moment).delete(bulk=True)
            self._tables.Invite(
                token_hash=_hash(token),
                **{name: clean(value) for name, value in grant_detail(invite.grant).items()},
                by_id=invite.by_id,
                by_name=clean(invite.by_name),
                expires_at=naive(invite.expires_at),
            )
            write_off(self._tables, update_id, entry.at)
            append_entries(self._tables, [entry])

        self._database.write(work, alone=True)

    def redeem(self, token: str, newcomer: User, *, now: datetime, update_id: int | None = None) -> User | None:
        """Use it up, make `newcomer` a user with its grant, and have done with the update, in one transaction.

        None where it does not count.
        """

        def work() -> User | None:
            row = self._tables.Invite.get(token_hash=_hash(token))
            if row is None or row.used_at is not None:
                return None
            invite = Invite(
                Grant(Role(row.role), row.cluster, row.namespace), row.by_id, row.by_name, aware(row.expires_at)
            )
            admins = frozenset(admin_ids_of(self._tables))
            decided = admitted(invite, find_user(self._tables, newcomer.id), admins, newcomer, now=now)
            if decided is None:
                return None
            user, entries = decided
            row.used_at = naive(now)
            write_user(self._tables, user)
            append_entries(self._tables, entries)
            write_off(self._tables, update_id, now)
            return user

        return self._database.write(work)

    def why_not(self, token: str, user_id: int, *, now: datetime) -> str:
        """Why an invitation does not let this person in, for the log; `not_admitted` where nothing speaks against it
        any more.
        """

        def work() -> str:
            row = self._tables.Invite.get(token_hash=_hash(token))
            if row is None:
                return "no_such_invitation"
            if row.used_at is not None:
                return "used"
            if aware(row.expires_at) <= now:
                return "expired"
            opener = find_user(self._tables, user_id)
            if opener is not None and opener.disabled:
                return "disabled"
            return "not_admitted" if row.by_id in admin_ids_of(self._tables) else "asker_lost_right"

        return self._database.read(work)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
