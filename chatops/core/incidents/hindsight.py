"""What people say of an incident once it is over: that it is not, or what it was worth."""

from dataclasses import replace
from datetime import datetime

from chatops.core.audit import EntryType
from chatops.core.incidents.closing import line_of
from chatops.core.incidents.effects import Answer, Decision, Look
from chatops.core.incidents.events import Press
from chatops.core.incidents.values import Incident, Status, Verdict

REAL, NOISE = "real", "noise"
"""A verdict as the log has it."""


def reopen(incident: Incident, press: Press, now: datetime) -> Decision:
    """Open again by hand, and with whoever did it. It ends as any other: by its alerts, or by hand."""
    if incident.open:
        return Decision(incident, effects=(Answer(press, "open_already"),))
    active = replace(
        incident,
        status=Status.ACTIVE,
        reason="",
        closed_at=None,
        closed_by=None,
        taken_by=press.by,
        taken_at=now,
        reopened=incident.reopened + 1,
        revision=incident.revision + 1,
    )
    entry = line_of(EntryType.REOPENED, incident, press, now, {"was": incident.status.value})
    return Decision(active, (entry,), (Answer(press, "reopened", {"number": str(incident.id)}), Look()))


def judge(incident: Incident, press: Press, now: datetime, *, real: bool) -> Decision:
    """One verdict per person; another one replaces it."""
    if incident.open:
        return Decision(incident, effects=(Answer(press, "not_over"),))
    others = tuple(each for each in incident.verdicts if each.by.id != press.by.id)
    said = next((each.real for each in incident.verdicts if each.by.id == press.by.id), None)
    if said is real:
        return Decision(incident, effects=(Answer(press, "said_already"),))
    judged = replace(incident, verdicts=(*others, Verdict(press.by, real)), revision=incident.revision + 1)
    verdict = REAL if real else NOISE
    detail = {"verdict": verdict, **({"instead_of": REAL if said else NOISE} if said is not None else {})}
    entry = line_of(EntryType.JUDGED, incident, press, now, detail)
    return Decision(
        judged, (entry,), (Answer(press, "judged_real" if real else "judged_noise", {"number": str(incident.id)}),)
    )
