"""Numbers for what an actor asks of others. It knows nothing of who asks, or for what."""

import uuid


def first_tag() -> int:
    """From where an actor counts on, another one in every life.

    What a predecessor asked for is answered at the same address: were its numbers used again, that answer would be
    taken for one to something else.
    """
    return uuid.uuid4().int >> 64
