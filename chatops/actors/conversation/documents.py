"""Files that the database alone can make: they are sent below the message they were asked from."""

from datetime import datetime

from chatops.actors.conversation import reviews
from chatops.actors.conversation.reader import readable_by
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents import Incident
from chatops.core.people import User
from chatops.core.policy import Policy
from chatops.core.screens import postmortem
from chatops.core.texts import Tongue
from chatops.db.store import Store
from chatops.upstream.graphs import expression_of

DOCUMENTS = (Verb.POSTMORTEM, Verb.STATISTICS_FILE)


def document(
    position: Position,
    incident: Incident | None,
    store: Store,
    tongue: Tongue,
    *,
    now: datetime,
    policy: Policy,
    user: User | None,
) -> tuple[str, bytes] | None:
    """Name and content; None for what is no such file, or whose incident is gone. It holds what `user` may read."""
    match position.screen:
        case Verb.POSTMORTEM if incident is not None:
            entries = [line.entry for line in store.audit.for_incident(incident.id)]
            expression = expression_of(incident.lead.generator_url) if incident.lead else ""
            past = store.past.of(incident)
            text = postmortem.postmortem(past, entries, tongue, now=now, expression=expression)
            return postmortem.file_name(incident), text.encode()
        case Verb.STATISTICS_FILE:
            return reviews.file_of(position, store, tongue, now=now, policy=policy, readable=readable_by(user))
        case _:
            return None
