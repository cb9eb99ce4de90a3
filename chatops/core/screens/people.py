"""Who may do what, for admins: the people, one person, and giving a right or an invitation."""

from collections.abc import Sequence

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.granting import INVITE_LIFETIME, grant_detail
from chatops.core.people import ANY, Grant, Role, User
from chatops.core.screens.base import PAGE_SIZE, Screen, bold, code, in_rows, page_row, pages_of, screen
from chatops.core.screens.welcome import ROLES, grant_text
from chatops.core.texts import Tongue, joined, one_line

MOST_GRANTS = 12
"""Grants of a person that get a button each to take them back."""
MOST_PLACES = 12


def people(users: Sequence[User], tongue: Tongue, *, page: int) -> Screen:
    """Everybody, with what they may."""
    pages = pages_of(len(users))
    page = min(max(page, 0), pages - 1)
    shown = users[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    head = tongue.plural("👥 <b>{n} person</b>", "👥 <b>{n} people</b>", len(users))
    return screen(
        [head, "", *(_line(user, tongue) for user in shown)],
        [
            *in_rows([Button(_mark(user) + user.name, Verb.PERSON, {"user": str(user.id)}) for user in shown], 2),
            page_row(Verb.PEOPLE, page, pages, Button("")),
            [Button("➕ " + tongue.plain("Invite"), Verb.GRANT), Button("🔄", Verb.PEOPLE)],
        ],
    )


def person(user: User, tongue: Tongue) -> Screen:
    """One person: what they may, and what can be changed of it."""
    args = {"user": str(user.id)}
    held = [grant_text(grant, tongue) for grant in user.grants] or [tongue.say("Nothing is granted.")]
    disabled = tongue.say("🚫 Disabled: may nothing, whatever is granted.") if user.disabled else None
    revoke = [
        Button("✖️ " + _grant_label(grant, tongue), Verb.REVOKE, {**args, **grant_detail(grant)})
        for grant in user.grants[:MOST_GRANTS]
    ]
    switch = (
        Button("✅ " + tongue.plain("Enable"), Verb.ENABLE, args)
        if user.disabled
        else Button("🚫 " + tongue.plain("Disable"), Verb.DISABLE, args, style="danger")
    )
    return screen(
        [Markup("{} {}").format(bold(user.name), code(str(user.id))), disabled, "", *held],
        [
            [Button("➕ " + tongue.plain("Grant"), Verb.GRANT, args)],
            *([button] for button in revoke),
            [switch],
            [Button(tongue.plain("« People"), Verb.PEOPLE)],
        ],
    )


def choose_role(user: User | None, tongue: Tongue) -> Screen:
    """For this person, or for whoever will be invited."""
    args = {"user": str(user.id)} if user else {}
    roles = [
        Button(tongue.plain(ROLES[role]), Verb.GIVE if role is Role.ADMIN else Verb.SCOPE, {**args, "role": role.value})
        for role in Role
    ]
    lines = [
        _whom(user, tongue),
        "",
        tongue.say("A viewer reads. An operator also acts. An admin also decides who may, and is one everywhere."),
    ]
    return screen(lines, [roles, [_back(user, tongue)]])


def choose_place(
    user: User | None,
    role: Role,
    places: Sequence[tuple[str, str]],
    tongue: Tongue,
    *,
    typed: Grant | None = None,
    unreadable: bool = False,
) -> Screen:
    """Where the role is to hold: everywhere, where something was seen, or as typed. `places` are what was seen."""
    args = {"user": str(user.id)} if user else {}
    clusters = sorted({cluster for cluster, _ in places if cluster})
    namespaces = sorted({namespace for _, namespace in places if namespace})
    seen = [Grant(role, cluster, ANY) for cluster in clusters] + [Grant(role, ANY, name) for name in namespaces]
    offered = [typed] if typed else [Grant(role), *seen[:MOST_PLACES]]
    buttons = [Button(_place_label(grant, tongue), Verb.GIVE, {**args, **grant_detail(grant)}) for grant in offered]
    lines = [
        _whom(user, tongue),
        "",
        grant_text(typed, tongue)
        if typed
        else tongue.say("Where is <b>{role}</b> to hold?", role=tongue.plain(ROLES[role])),
        tongue.say("⚠️ That names no place.") if unreadable else None,
        tongue.say(
            "Choose, or reply with <code>namespace</code> or <code>cluster/namespace</code>; "
            "<code>*</code> stands for any text."
        ),
    ]
    return screen(lines, [*in_rows(buttons, 2), [_back(user, tongue)]])


def invitation(grant: Grant, link: str, tongue: Tongue) -> Screen:
    """Shown once: the link is kept nowhere."""
    lines = [
        tongue.say("🎟 <b>Invitation</b>"),
        grant_text(grant, tongue),
        "",
        code(link, 200),
        tongue.say("Works once, for whoever opens it first, within {span}.", span=tongue.span(INVITE_LIFETIME)),
    ]
    return screen(
        lines, [[Button("📋 " + tongue.plain("Copy"), copy=link)], [Button(tongue.plain("« People"), Verb.PEOPLE)]]
    )


def _line(user: User, tongue: Tongue) -> Markup:
    held = joined([grant_text(grant, tongue) for grant in user.grants[:3]], ", ")
    more = " …" if len(user.grants) > 3 else ""
    return Markup("{}{} — {}{}").format(_mark(user), one_line(user.name, 60), held or "—", more)


def _mark(user: User) -> str:
    return "🚫 " if user.disabled else ""


def _whom(user: User | None, tongue: Tongue) -> Markup:
    return tongue.say("Grant to {name}", name=bold(user.name)) if user else tongue.say("🎟 <b>Invitation</b>")


def _grant_label(grant: Grant, tongue: Tongue) -> str:
    return f"{tongue.plain(ROLES[grant.role])} · {_place_label(grant, tongue)}"


def _place_label(grant: Grant, tongue: Tongue) -> str:
    return tongue.plain("everywhere") if grant.everywhere else f"{grant.cluster}/{grant.namespace}"


def _back(user: User | None, tongue: Tongue) -> Button:
    if user is None:
        return Button(tongue.plain("« People"), Verb.PEOPLE)
    return Button("« " + user.name, Verb.PERSON, {"user": str(user.id)})
