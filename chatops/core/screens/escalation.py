"""Calls as they arrive in a chat: one loud line, and the way to take the incident or to see its card."""

from datetime import datetime

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import SEVERITY_ICONS, Screen, bold, code, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue, one_line


def help_wanted(incident: Incident, by_name: str, tongue: Tongue, *, target: Target = EVERYBODY) -> Screen:
    """`target` is who is asked before others."""
    said = tongue.say(
        "📣 {name} asks for help with {number} {title}",
        name=bold(by_name, 60),
        number=code(f"#{incident.id}"),
        title=one_line(headline(incident, tongue), 200),
    )
    return screen([said, mention(target)], [[_door(incident, tongue)]], silent=False)


def unattended(incident: Incident, tongue: Tongue, *, chat_id: int, now: datetime) -> Screen:
    """Nobody took it. `chat_id` is where this is read: who is called is told in their own chat that it is them."""
    waited = incident.escalation
    words = {
        "number": code(f"#{incident.id}"),
        "title": one_line(headline(incident, tongue), 200),
        "span": tongue.span(now - (waited.since or now)),
    }
    if waited.target is None:
        said = tongue.say("⏰ {number} is still nobody's: {span}\n{title}", **words)
    elif waited.target.user_id == chat_id:
        said = tongue.say("📣 Your turn: {number} is nobody's for {span}\n{title}", **words)
    elif waited.target.user_id:
        said = tongue.say("📣 {who}: {number} is nobody's for {span}\n{title}", who=mention(waited.target), **words)
    else:
        said = tongue.say("📣 Everybody: {number} is nobody's for {span}\n{title}", **words)
    takes = Button("✋ " + tongue.plain("Take"), Verb.TAKE, incident_id=incident.id, style="success")
    return screen([said], [[takes, _door(incident, tongue)]], silent=False)


def mention(target: Target) -> Markup | None:
    """A link that Telegram tells the person of, in a chat they are in; None for a chat or everybody."""
    if not target.user_id:
        return None
    name = one_line(target.name, 60) or str(target.user_id)
    return Markup('<a href="tg://user?id={}">{}</a>').format(target.user_id, name)


def _door(incident: Incident, tongue: Tongue) -> Button:
    icon = SEVERITY_ICONS[incident.severity]
    return Button(f"{icon} " + tongue.plain("Open #{number}", number=incident.id), Verb.CARD, incident_id=incident.id)
