"""Giving an incident to somebody: whom, by one tap, and what the one who has it then is told."""

from collections.abc import Sequence

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.people import User
from chatops.core.screens.base import PAGE_SIZE, Screen, back_to_card, bold, code, in_rows, page_row, pages_of, screen
from chatops.core.screens.card import headline
from chatops.core.texts import Tongue


def button(incident: Incident, tongue: Tongue) -> Button:
    return Button("👉 " + tongue.plain("Hand over"), Verb.ASK_HAND_OVER, incident_id=incident.id)


def choose_holder(incident: Incident, able: Sequence[User], tongue: Tongue, *, page: int) -> Screen:
    """`able` are those who may act on it. Who has it already is not offered."""
    others = sorted(
        (user for user in able if not incident.taken_by or user.id != incident.taken_by.id),
        key=lambda user: (user.name.lower(), user.id),
    )
    pages = pages_of(len(others))
    page = min(max(page, 0), pages - 1)
    buttons = [
        Button(user.name, Verb.HAND_OVER, {"user": str(user.id), "name": user.name}, incident_id=incident.id)
        for user in others[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    ]
    here = Button("", Verb.ASK_HAND_OVER, incident_id=incident.id)
    lines = [
        tongue.say("👉 <b>Hand over #{id}?</b> {title}", id=incident.id, title=headline(incident, tongue)),
        tongue.say("Who is to have it? They are told in private, and the card says so.")
        if others
        else tongue.say("Nobody else may act here."),
    ]
    return screen(
        lines,
        [*in_rows(buttons, 2), page_row(Verb.ASK_HAND_OVER, page, pages, here), [back_to_card(tongue, incident.id)]],
    )


def handed_over(incident: Incident, by_name: str, tongue: Tongue) -> Screen:
    """A loud message of its own in the private chat of whoever has it now."""
    opens = Button("🔥 " + tongue.plain("Open #{number}", number=incident.id), Verb.CARD, incident_id=incident.id)
    title = Markup("{} {}").format(bold(headline(incident, tongue)), code(f"#{incident.id}"))
    return screen(
        [tongue.say("👉 {name} handed this over to you: {title}", name=bold(by_name, 60), title=title)],
        [[opens]],
        silent=False,
    )
