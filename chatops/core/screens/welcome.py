"""/start, /help, and what a stranger is told."""

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.people import ANY, Chat, ChatKind, Grant, Role, User
from chatops.core.screens.base import Screen, screen
from chatops.core.texts import Tongue, mark, one_line

COMMANDS = (
    ("start", mark("Who you are here, and how to begin")),
    ("incidents", mark("Open incidents")),
    ("history", mark("Incidents that ended")),
    ("report", mark("How incidents went: /report 30d, /report shop")),
    ("silences", mark("What is silenced in Alertmanager")),
    ("oncall", mark("Who is on call, and who takes over")),
    ("login", mark("Open the incidents in a browser, signed in")),
    ("subscribe", mark("Show every incident in this chat")),
    ("unsubscribe", mark("Show no more incidents in this chat")),
    ("chat", mark("How this chat is used: language, pins, topics (admins)")),
    ("maintenance", mark("Where trouble is expected (admins)")),
    ("routes", mark("What this chat is shown, and how loudly (admins)")),
    ("users", mark("Who may do what (admins)")),
    ("invite", mark("Invite somebody (admins)")),
    ("help", mark("What the buttons and commands do")),
)
"""Every command the bot knows, in the order of Telegram's menu."""

_WITH_APP = frozenset({"login"})


def offered(*, app: bool) -> tuple[tuple[str, str], ...]:
    """The commands that there is something behind; `app`: the Mini App is set up."""
    return tuple((name, does) for name, does in COMMANDS if app or name not in _WITH_APP)


ROLES = {Role.VIEWER: mark("viewer"), Role.OPERATOR: mark("operator"), Role.ADMIN: mark("admin")}


def start(user: User, chat: Chat, tongue: Tongue, *, open_count: int, routed: bool = False) -> Screen:
    scoped = [grant_text(grant, tongue) for grant in user.grants if not grant.everywhere]
    return screen(
        [_who(user, tongue), *scoped, here(chat, tongue, routed=routed)],
        [
            [
                Button("🔥 " + tongue.plain("All open") + f" · {open_count}", Verb.INCIDENTS, style="primary"),
                Button("❓ " + tongue.plain("Help"), Verb.HELP),
            ]
        ],
    )


def here(chat: Chat, tongue: Tongue, *, routed: bool = False) -> Markup:
    """Whether this chat shows incidents, and how to change that; `routed`: those that its routes take."""
    if chat.subscribed and routed:
        return tongue.say("This chat shows what its routes take: /routes says what. /unsubscribe stops it.")
    if chat.subscribed:
        return tongue.say("Every incident is shown in this chat. /unsubscribe stops it.")
    return tongue.say("This chat shows no incidents yet: /subscribe starts it.")


def _who(user: User, tongue: Tongue) -> Markup:
    held = [grant.role for grant in user.grants if grant.everywhere]
    if not held:
        return tongue.say("You are <b>{name}</b>.", name=user.name)
    role = tongue.plain(ROLES[max(held, key=list(Role).index)])
    return tongue.say("You are <b>{name}</b>, role <b>{role}</b>.", name=user.name, role=role)


def grant_text(grant: Grant, tongue: Tongue) -> Markup:
    """One grant in words."""
    role = tongue.plain(ROLES[grant.role])
    if grant.everywhere:
        return tongue.say("<b>{role}</b> everywhere", role=role)
    places = {"cluster": one_line(grant.cluster, 60), "namespace": one_line(grant.namespace, 60)}
    if grant.cluster == ANY:
        return tongue.say("<b>{role}</b> in namespace <code>{namespace}</code>", role=role, **places)
    if grant.namespace == ANY:
        return tongue.say("<b>{role}</b> in cluster <code>{cluster}</code>", role=role, **places)
    return tongue.say(
        "<b>{role}</b> in namespace <code>{namespace}</code> of cluster <code>{cluster}</code>", role=role, **places
    )


def help_screen(tongue: Tongue, *, app: bool = False) -> Screen:
    """`app`: the Mini App is set up."""
    lines: list[Markup | str | None] = [
        tongue.say("<b>One message is one incident.</b> It is edited as things change; you get no second one."),
        "",
        tongue.say("✋ <b>Take</b> tells the others that you have it."),
        tongue.say(
            "↩️ ♻️ <b>Actions</b> take two clicks: choose, then confirm what will change. Only you can confirm yours."
        ),
        tongue.say("🔎 <b>Resources</b> leads to workloads, pods, logs, descriptions, events."),
        tongue.say("🔕 <b>Silence</b> keeps Alertmanager quiet about it; 📣 <b>Escalate</b> calls everybody for help."),
        tongue.say("📝 <b>Reply</b> to an incident's message: what you write is a note in its timeline."),
        tongue.say("👉 <b>Hand over</b> gives it to somebody else, who is told in private."),
        tongue.say("🗂 <b>Timeline</b> is the audit log: who did what, and how it ended."),
        "",
    ]
    lines += [Markup("/{} — {}").format(name, tongue.say(does)) for name, does in offered(app=app)]
    return screen(lines, [[Button("🔥 " + tongue.plain("All open"), Verb.INCIDENTS)]])


def stranger(user_id: int, kind: ChatKind, tongue: Tongue, *, admins: list[str], code_possible: bool) -> Screen:
    """Somebody unknown learns their own id and whom to ask, and nothing else."""
    if kind is not ChatKind.PRIVATE:
        return screen([tongue.say("Only people known to this bot can use it.")], [])
    ask = (
        tongue.say("Ask {names} for access.", names=", ".join(admins))
        if admins
        else tongue.say("Ask an admin for access.")
    )
    first = (
        tongue.say("First start? The service's log shows a one-time code: send /start CODE.") if code_possible else None
    )
    return screen(
        [tongue.say("I don't know you yet. Your id is <code>{id}</code>.", id=user_id), ask, first],
        [[Button("📋 " + tongue.plain("Copy my id"), copy=str(user_id))]],
    )
