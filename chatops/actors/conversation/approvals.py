"""The second person that some changes take: asked for in other chats, and here for what was chosen in another one.

Who may approve is judged at the press, and not here.
"""

from collections.abc import Callable
from dataclasses import replace

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import ApprovalWanted
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.topics import Topics
from chatops.core.actions import Preview
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents import Person
from chatops.core.outgoing import Lane
from chatops.core.safeguards import Safeguard, safeguard
from chatops.core.screens import confirm
from chatops.db.store import Store


class Approvals:
    """One chat's."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        topics: Topics,
        store: Store,
        shelf: Shelf,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._topics = topics
        self._store = store
        self._shelf = shelf
        self._tell = tell

    def look_for(self, preview: Preview, position: Position, by: Person) -> None:
        """Where it takes a second person and this is a private chat, nobody else sees the question here: it is put
        wherever else the incident is shown.
        """
        if safeguard(preview, self._canvas.policy.protected) is not Safeguard.SECOND:
            return
        if preview.refusal or position.chat_id < 0 or position.incident_id is None:
            return
        others = {*self._store.cards.audience(position.incident_id), *self._store.users.admin_ids()}
        wanted = ApprovalWanted(preview, by, position.incident_id, position.args["run"])
        for chat_id in sorted(others - {position.chat_id}):
            self._tell(chat_address(chat_id), wanted)

    def ask(self, wanted: ApprovalWanted) -> None:
        """Show here what somebody chose in another chat; anybody else who may act can approve it."""
        incident = self._store.incidents.get(wanted.incident_id)
        if incident is None or not self._canvas.may_show(incident):
            return
        screen = confirm.confirm(
            wanted.preview,
            self._canvas.tongue,
            by=wanted.by,
            incident_id=wanted.incident_id,
            run_id=wanted.run_id,
            guard=Safeguard.SECOND,
        )
        position = Position(self._canvas.chat_id, 0, Verb.CHOOSE, wanted.incident_id, {"run": wanted.run_id})
        thread_id = self._topics.thread_of(wanted.incident_id)
        self._shelf.send(replace(screen, silent=False), Lane.PAGE, position=position, thread_id=thread_id)
