"""Which container of a pod is meant: one button each, in pages where they are many."""

from collections.abc import Sequence

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.resources import ContainerView, Health, PodView
from chatops.core.screens.base import HEALTH_ICONS, Screen, in_rows, label, page_row, pages_of, screen
from chatops.core.texts import Tongue

PER_PAGE = 16
"""Two in a row: as many rows as any other list has."""


def pick_container(
    pod: PodView,
    containers: Sequence[ContainerView],
    where: Markup,
    tongue: Tongue,
    incident_id: int | None,
    opens: Verb,
    here: Verb,
    args: dict[str, str],
    page: int,
) -> Screen:
    """`opens` is where a container's button leads, `here` the screen itself, whose pages are turned."""
    pages = pages_of(len(containers), PER_PAGE)
    page = min(max(page, 0), pages - 1)
    buttons = [
        Button(
            label(f"{container_icon(c)} {'init: ' if c.init else ''}{c.name}"),
            opens,
            {**args, "container": c.name},
            pod.ref,
            incident_id,
        )
        for c in containers[page * PER_PAGE : (page + 1) * PER_PAGE]
    ]
    turn = page_row(here, page, pages, Button("", here, args, pod.ref, incident_id))
    back = Button(tongue.plain("« Pod"), Verb.POD, ref=pod.ref, incident_id=incident_id)
    question = tongue.say("{where} — which container?", where=where)
    return screen([question], [*in_rows(buttons, 2), turn, [back]])


def container_icon(container: ContainerView) -> str:
    if container.init and container.state == "terminated" and container.exit_code == 0:
        return HEALTH_ICONS[Health.UNKNOWN]
    if container.ready:
        return HEALTH_ICONS[Health.GOOD]
    return HEALTH_ICONS[Health.WARN if container.state == "running" else Health.BAD]
