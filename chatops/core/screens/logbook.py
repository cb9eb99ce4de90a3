"""Lines of the audit log that are of no incident, one sentence each: who may, what chats are shown, who came in."""

from markupsafe import Markup

from chatops.core.audit import Entry, EntryType
from chatops.core.screens.timeline import sentence
from chatops.core.texts import Tongue, mark, one_line

SENTENCES = {
    EntryType.USER_ADDED: mark("👤 {name} became a user: {role}"),
    EntryType.GRANTED: mark("➕ {who} gave {name} a role: {role}"),
    EntryType.REVOKED: mark("➖ {who} took a role from {name}: {role}"),
    EntryType.INVITED: mark("🎟 {who} made an invitation: {role}"),
    EntryType.DISABLED: mark("🚫 {who} took all access from {name}"),
    EntryType.ENABLED: mark("✅ {who} gave {name} access again"),
    EntryType.CHAT_ADDED: mark("💬 chat {chat} is shown incidents: {who}"),
    EntryType.CHAT_REMOVED: mark("💬 chat {chat} is shown no incidents any more: {who}"),
    EntryType.CHAT_CHANGED: mark("💬 {who} changed what is set for chat {chat}"),
    EntryType.ROUTES_CHANGED: mark("🧭 {who} changed the routes of chat {chat}"),
    EntryType.ON_CALL_CHANGED: mark("☎️ {who} changed who is on call"),
    EntryType.MAINTENANCE_SET: mark("🛠 {who} set a window of maintenance"),
    EntryType.MAINTENANCE_ENDED: mark("🛠 {who} ended a window of maintenance"),
    EntryType.QUARANTINED: mark("⚠️ something could not be worked through and was put aside: {problem}"),
    EntryType.LOGIN_LINK: mark("🔑 {who} asked for a link that signs in"),
    EntryType.SIGNED_IN: mark("🔑 {who} signed in"),
    EntryType.TOKEN_MADE: mark("🗝 {who} made a token of the API: {token}, {scope}"),
    EntryType.TOKEN_REVOKED: mark("🗝 {who} took a token of the API back: {token}"),
}


def line(entry: Entry, tongue: Tongue) -> Markup:
    """What any line of the log tells, without its time."""
    told = SENTENCES.get(entry.type)
    if told is None:
        return sentence(entry, tongue)
    detail = {name: one_line(value, 160) for name, value in entry.detail.items()}
    subject = entry.subject
    words = {**dict.fromkeys(("problem", "token", "scope"), ""), **detail}
    return tongue.say(
        told,
        **{
            **words,
            "who": one_line(subject.name or subject.kind, 60),
            "name": detail.get("name") or detail.get("user") or one_line(subject.name, 60),
            "role": _role(detail),
            "chat": str(entry.chat_id or ""),
        },
    )


def _role(detail: dict[str, str]) -> str:
    """`operator, prod/shop`; the place is left out where it is everywhere."""
    places = [detail.get(part, "*") for part in ("cluster", "namespace")]
    role = detail.get("role", "")
    return role if places == ["*", "*"] else f"{role}, {'/'.join(places)}"
