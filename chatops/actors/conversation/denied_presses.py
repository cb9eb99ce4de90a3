"""Presses and typed words that do not count: the line of the log for each, and what who tried is told."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.conversation.denials import Denials
from chatops.core.access import INTO
from chatops.core.buttons import Offered, Verb
from chatops.core.incidents import Incident
from chatops.core.people import Sender
from chatops.core.presses import Refusal
from chatops.core.screens.confirm import plan_of
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Tap, TextMessage
from chatops.db.store import Store


class DeniedPresses:
    """That something does not count is decided by who asks here."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._denials = Denials(store, clock=clock)

    def write(self, at: Tap | TextMessage, offered: Offered | None, why: str) -> None:
        """None where nobody knows the button. Raises Failure where it cannot be written."""
        if offered is None:
            self._denials.write(at, "unknown", why)
            return
        incident = self._store.incidents.get(offered.incident_id) if offered.incident_id is not None else None
        run = incident.run if incident and offered.verb is Verb.STOP else None
        self._denials.write(
            at,
            _tried(offered),
            why,
            incident_id=offered.incident_id,
            ref=offered.ref or (run.plan.ref if run else None),
            detail=_aimed(offered, incident),
        )

    def write_of_talk(self, text: TextMessage, offered: Offered, why: str) -> None:
        """Of what may be talk as well as a word: beyond its budget a burst is written down once."""
        self._denials.write_of_talk(
            text, _tried(offered), why, incident_id=offered.incident_id, ref=offered.ref, detail=_aimed(offered, None)
        )

    def words(self, refusal: Refusal, offered: Offered | None, sender: Sender, speaks: Tongue) -> str:
        """What who tried is told."""
        chooser = self._store.users.get(offered.for_user) if offered and offered.for_user else None
        told = {"id": str(sender.id), "role": refusal.denied, "name": chooser.name if chooser else "?"}
        return toast(refusal.toast, speaks, told)


def _tried(offered: Offered) -> str:
    named = (offered.args.get(each) for each in ("action", "report", "act"))
    return next(filter(None, named), str(offered.verb))


def _aimed(offered: Offered, incident: Incident | None) -> dict[str, str]:
    """The verb; and the run or silence it is about, with the version of the object that was seen for it."""
    told = {"verb": str(offered.verb)}
    if "run" in offered.args:
        return {**told, "run": offered.args["run"], "before_version": plan_of(offered.args)[2]}
    if INTO in offered.args:
        return {**told, INTO: offered.args[INTO]}
    if offered.verb is Verb.STOP and incident and incident.run:
        return {**told, "run": incident.run.id, "before_version": incident.run.plan.resource_version}
    if offered.verb in (Verb.UNSILENCE, Verb.EXTEND_SILENCE) and incident and incident.silence:
        return {**told, "run": incident.silence.key, "silence": incident.silence.id}
    return told
