"""What a decision about a person comes to: asked before it is made, and told to the one it concerns."""

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.granting import grant_detail
from chatops.core.people import Chat, Grant, Role, User
from chatops.core.screens.base import Screen, bold, code, screen
from chatops.core.screens.welcome import grant_text, here
from chatops.core.texts import Tongue, joined, mark

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

ABLE = {
    Role.VIEWER: mark("Will be able to read incidents, logs and the cluster there."),
    Role.OPERATOR: mark("Will be able to read there, to take incidents and to change the cluster."),
    Role.ADMIN: mark("Will be able to do everything there is, and to decide who may."),
}
"""What a grant of the role comes to."""

ASKED = {
    Verb.GIVE: (mark("➕ Grant this to {name}?"), "✅ ", mark("Grant"), ""),
    Verb.REVOKE: (mark("✖️ Take this away from {name}?"), "✖️ ", mark("Take away"), "danger"),
    Verb.DISABLE: (mark("🚫 Disable {name}?"), "🚫 ", mark("Disable"), "danger"),
    Verb.ENABLE: (mark("✅ Enable {name} again?"), "✅ ", mark("Enable"), ""),
}
"""By the button that was pressed: the question, and icon, label and style of the button that does it."""


def question(user: User, verb: Verb, grant: Grant | None, tongue: Tongue, *, by: User | None) -> Screen:
    """Only `by` can confirm it, within LIFETIME and once; nobody where it is drawn for nobody."""
    asks, icon, label, style = ASKED[verb]
    args = {"user": str(user.id), **(grant_detail(grant) if grant else {})}
    name = Markup("{} {}").format(bold(user.name), code(str(user.id)))
    does = Button(
        icon + tongue.plain(label),
        Verb.DECIDE,
        {**args, "act": verb.value},
        for_user=by.id if by else None,
        lifetime=LIFETIME,
        once=True,
        style=style,
    )
    cancel = Button(tongue.plain("Cancel"), Verb.PERSON, {"user": str(user.id)})
    lines = [
        tongue.say(asks, name=name),
        grant_text(grant, tongue) if grant else None,
        "",
        *_comes_to(user, verb, grant, tongue),
    ]
    return screen(lines, [[does if by else None, cancel]])


def _comes_to(user: User, verb: Verb, grant: Grant | None, tongue: Tongue) -> Sequence[Markup | None]:
    disabled = tongue.say("🚫 Disabled: may nothing, whatever is granted.") if user.disabled else None
    match verb:
        case Verb.GIVE if grant:
            return (tongue.say(ABLE[grant.role]), disabled)
        case Verb.REVOKE:
            kept = [grant_text(each, tongue) for each in user.grants if each != grant]
            if kept:
                return (tongue.say("Keeps: {grants}.", grants=joined(kept[:6], ", ")), disabled)
            return (tongue.say("Will have no access any more, from this moment on."), disabled)
        case Verb.DISABLE:
            return (
                tongue.say("Will have no access any more, from this moment on."),
                tongue.say("What is granted is kept, for the day they are enabled again."),
            )
        case _:
            held = joined([grant_text(each, tongue) for each in user.grants[:6]], ", ")
            return (tongue.say("Will have again: {grants}.", grants=held) if held else None,)


def news(
    type: EntryType, grant: Grant | None, user: User, chat: Chat, tongue: Tongue, *, open_count: int
) -> Screen | None:
    """What the person is told, who is known as `user` by now; None where that says something else by now.

    Somebody without any access is told that, and nothing more.
    """
    allowed = bool(user.grants) and not user.disabled
    match type:
        case EntryType.GRANTED | EntryType.ENABLED if allowed:
            held = [grant] if grant else user.grants[:6]
            told = tongue.say("🎟 <b>You have access:</b> {grants}", grants=_all(held, tongue))
            listed = Button("🔥 " + tongue.plain("All open") + f" · {open_count}", Verb.INCIDENTS, style="primary")
            helps = Button("❓ " + tongue.plain("Help"), Verb.HELP)
            return screen([told, here(chat, tongue)], [[listed, helps]], silent=False)
        case EntryType.REVOKED if allowed and grant:
            return screen([tongue.say("✖️ Taken away from you: {grant}", grant=grant_text(grant, tongue))], [])
        case EntryType.REVOKED | EntryType.DISABLED if not allowed:
            return screen([tongue.say("🚫 You have no access any more.")], [])
        case _:
            return None


def _all(grants: Sequence[Grant], tongue: Tongue) -> Markup:
    return joined([grant_text(grant, tongue) for grant in grants], ", ")
