"""What is said beside a graph that is a picture."""

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.reports import Report
from chatops.core.screens.base import code, crumbs
from chatops.core.screens.report import note_text
from chatops.core.texts import Tongue, joined

_LONGEST = 300
_ON_THE_PICTURE = frozenset({"past_hours", "series_left_out", "series_left_out_higher", "fires_when"})


def caption(told: Report, tongue: Tongue, *, incident_id: int | None) -> Markup:
    """The expression, to be copied, and what the picture does not say itself."""
    action = ACTIONS[told.action]
    lines = [Markup("{} {}").format(action.icon, crumbs(incident_id, tongue.plain(action.title)))]
    lines += [code(value, _LONGEST) for _, value in told.facts]
    lines += [note_text(note, tongue) for note in told.notes if note.code not in _ON_THE_PICTURE]
    return joined(lines, "\n")
