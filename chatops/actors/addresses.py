"""Where actors are told things: by key, never by reference, for a restarted actor is another one."""

from collections.abc import Hashable

Address = tuple[Hashable, ...]
"""("incident", 42), ("chat", -100123), ("executor", 0), ("webhook",), ("telegram",), ("pool",), ("upstream",),
("supervisor",)."""

SUPERVISOR: Address = ("supervisor",)
WEBHOOK: Address = ("webhook",)
TELEGRAM: Address = ("telegram",)
POOL: Address = ("pool",)
"""Where all work for clusters goes; each cluster's own pool stands behind it."""


def pool_address(context: str) -> Address:
    """The pool of one context; of the current context, or the pod's own account, where it is empty."""
    return ("pool", context)


HEARTBEATS: Address = ("heartbeats",)
API: Address = ("api",)
"""Asks other actors for HTTP threads, which wait for its answers."""
UPSTREAM: Address = ("upstream",)
"""The pool in front of Alertmanager and Prometheus; nobody is there when neither is configured."""
DRAWING: Address = ("drawing",)
"""The pool that reads graphs of Prometheus and draws them, for which nothing else waits."""


INCIDENTS, CHATS = "incident", "chat"
"""What the addresses of every incident and of every chat begin with."""


def incident_address(incident_id: int) -> Address:
    return (INCIDENTS, incident_id)


def chat_address(chat_id: int) -> Address:
    return (CHATS, chat_id)
