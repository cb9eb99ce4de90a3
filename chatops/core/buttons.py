"""Buttons: what is offered on a screen, and what the database remembers of every one that was ever offered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chatops.core.resources import ObjectRef


class Verb(StrEnum):
    """What a press asks for. Values are stored behind tokens; never rename one."""

    CARD = "card"
    REFRESH = "refresh"
    TAKE = "take"
    RELEASE = "release"
    RESOLVE = "resolve"
    ASK_REJECT = "ask_reject"
    REJECT = "reject"
    ASK_HAND_OVER = "ask_hand_over"
    """Choose whom to give it to."""
    HAND_OVER = "hand_over"
    ASK_REOPEN = "ask_reopen"
    REOPEN = "reopen"
    JUDGE = "judge"
    """It was real, or noise."""
    ASK_MERGE = "ask_merge"
    """Choose the incident that it is the same as."""
    PICK_MERGE = "pick_merge"
    """Ask whether to merge it into that one."""
    MERGE = "merge"
    SILENCE = "silence"
    DO_SILENCE = "do_silence"
    UNSILENCE = "unsilence"
    EXTEND_SILENCE = "extend_silence"
    SILENCES = "silences"
    SILENCE_ONE = "silence_one"
    CHANGE_SILENCE = "change_silence"
    """End or extend a silence that no incident here made, as was asked."""
    ESCALATE = "escalate"
    CALL = "call"
    """No button: where a message stands that calls somebody."""
    ONCALL = "oncall"
    COVER = "cover"
    """Ask whether to stand in, for oneself or somebody else, or to go back to the rotation."""
    RELIEF = "relief"
    """Choose whom to hand over to."""
    DO_COVER = "do_cover"
    """Stand in, or go back, as was asked."""
    RESOURCES = "resources"
    PODS = "pods"
    POD = "pod"
    CONTAINERS = "containers"
    LOGS = "logs"
    LOG_FILE = "log_file"
    SEARCH = "search"
    """Asks for a text to look for; whoever answers the message is shown the lines that hold it."""
    DESCRIBE = "describe"
    DESCRIBE_FILE = "describe_file"
    EVENTS = "events"
    YAML_FILE = "yaml_file"
    REPORT = "report"
    REPORT_FILE = "report_file"
    DIAGNOSE = "diagnose"
    """Choose what to run inside a container."""
    MORE = "more"
    PICK = "pick"
    CHOOSE = "choose"
    CONFIRM = "confirm"
    APPROVE = "approve"
    STOP = "stop"
    TIMELINE = "timeline"
    POSTMORTEM = "postmortem"
    """A file."""
    STATISTICS = "statistics"
    """How incidents went in a span of time."""
    STATISTICS_FILE = "statistics_file"
    INCIDENTS = "incidents"
    HISTORY = "history"
    STORM = "storm"
    """The digest of a storm; what is opened from it is a message of its own."""
    STORM_ALL = "storm_all"
    STORM_PLACES = "storm_places"
    TAKE_ALL = "take_all"
    """Take each incident of a storm that the presser may take."""
    HELP = "help"
    PEOPLE = "people"
    PERSON = "person"
    GRANT = "grant"
    """Choose a role, for a person or for an invitation."""
    SCOPE = "scope"
    """Choose where the role is to hold; whoever answers the message names a place."""
    GIVE = "give"
    """Ask whether to grant it, or make the invitation."""
    REVOKE = "revoke"
    DISABLE = "disable"
    ENABLE = "enable"
    MAINTENANCE = "maintenance"
    SET_MAINTENANCE = "set_maintenance"
    """Set a window or end one, as was asked."""
    ROUTES = "routes"
    """What this chat is shown, how loudly and when; and the way to change that."""
    SET_ROUTES = "set_routes"
    """Change that, as was asked."""
    CHAT = "chat"
    """What is set for this chat, or the question before it is set otherwise."""
    SET_CHAT = "set_chat"
    """Set it, as was asked."""
    DECIDE = "decide"
    """Grant, take away, disable or enable, as was asked."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button of a screen. A `url`, `copy` or `web_app` button needs no verb; all others get a token when offered.

    `web_app` is the address of a Mini App, and for private chats only.
    """

    label: str
    verb: Verb | None = None
    args: dict[str, str] = field(default_factory=dict)
    ref: ObjectRef | None = None
    incident_id: int | None = None
    style: str = ""
    url: str = ""
    copy: str = ""
    web_app: str = ""
    for_user: int | None = None
    """Only this person's press counts (a confirm belongs to who chose)."""
    lifetime: timedelta | None = None
    """None: works for as long as the message stands."""
    once: bool = False
    """Used up by the first press: never offered again under the same token."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a token stands for."""

    token: str
    chat_id: int
    message_id: int | None
    """None until the message that carries it was seen to exist: the first press from its chat tells it."""
    verb: Verb
    args: dict[str, str]
    ref: ObjectRef | None
    incident_id: int | None
    for_user: int | None
    offered_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    used_by: str = ""
