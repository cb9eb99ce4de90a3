"""A screen that could not be shown: what happened, what state things are in, what to press next."""

from chatops.core.buttons import Button, Verb
from chatops.core.failures import Reason
from chatops.core.resources import ObjectRef
from chatops.core.screens.base import Screen, back_to_card, crumbs, screen, short_name
from chatops.core.screens.run import problem_text
from chatops.core.texts import Tongue, mark, one_line

READING = {
    Reason.NOT_FOUND: mark("👻 {object} no longer exists."),
    Reason.REPLACED: mark("👻 {object} was replaced by another of the same name."),
    Reason.UNREACHABLE: mark("⚠️ The cluster cannot be reached right now."),
    Reason.TIMEOUT: mark("⚠️ The cluster did not answer in time."),
    Reason.NOT_CONFIGURED: mark("⚠️ No cluster is configured for this incident."),
    Reason.UNKNOWN_CLUSTER: mark("⚠️ The bot does not know this cluster: {detail}"),
    Reason.NOT_SERVED: mark("⚠️ This cluster does not serve the API for it: {detail}"),
    Reason.FORBIDDEN: mark("⛔ The bot has no right to see this (RBAC): {detail}"),
}


def trouble(
    ref: ObjectRef, reason: str, detail: str, tongue: Tongue, *, incident_id: int | None, again: Button | None
) -> Screen:
    known = READING.get(Reason(reason)) if reason in set(Reason) else None
    told = (
        tongue.say(known, object=short_name(ref), detail=one_line(detail, 300))
        if known
        else problem_text(reason, detail, tongue)
    )
    resources = None
    if incident_id is not None:
        resources = Button("🔎 " + tongue.plain("Resources"), Verb.RESOURCES, {"fresh": "1"}, incident_id=incident_id)
    return screen(
        [crumbs(incident_id, short_name(ref)), "", told], [[again, resources], [back_to_card(tongue, incident_id)]]
    )
