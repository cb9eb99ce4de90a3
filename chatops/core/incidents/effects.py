"""What a decision asks for once it is stored."""

from dataclasses import dataclass, field

from chatops.core.actions import ActionRun
from chatops.core.audit import Entry
from chatops.core.incidents.events import Press
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.incidents.values import Incident, Person
from chatops.core.silences import Silence


@dataclass(frozen=True, slots=True)
class Look:
    """Survey the cluster: the alerts changed, or an action may have changed what is true."""


@dataclass(frozen=True, slots=True)
class Perform:
    """Send the plan of this run to the cluster, once."""

    run: ActionRun


@dataclass(frozen=True, slots=True)
class Follow:
    """Ask, a little later, how far this run has come."""

    run: ActionRun


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find out whether this interrupted run's change is in the cluster. It is never sent again."""

    run: ActionRun


@dataclass(frozen=True, slots=True)
class Answer:
    """The toast for a press: a code of screens.toasts and what fills it."""

    press: Press
    toast: str
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MakeSilence:
    """Have Alertmanager make it, once."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class LiftSilence:
    """Have Alertmanager end it; asking twice does no harm."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class WatchSilence:
    """Look after a silence that stands, from now on until it ends."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class ProlongSilence:
    """Have Alertmanager end it later, as it says, once."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class WarnOfEnd:
    """Say aloud, wherever the incident is shown, that the silence is about to end."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Tell `target`, and every chat that shows the incident, that `press.by` asks for help."""

    press: Press
    target: Target = EVERYBODY


@dataclass(frozen=True, slots=True)
class TellHolder:
    """Tell `to` in private that the incident is theirs now, and from whom they have it."""

    to: Person
    by: Person


@dataclass(frozen=True, slots=True)
class Call:
    """Nobody took it: tell every chat that shows the incident, and `target` where it is somebody's turn."""

    step: int
    target: Target | None


@dataclass(frozen=True, slots=True)
class StopCalling:
    """Of what was to be said because nobody took it, nothing more is to be said."""


@dataclass(frozen=True, slots=True)
class Settle:
    """Tell it `Settled` once its card may show again what changed."""


@dataclass(frozen=True, slots=True)
class SendOver:
    """What it brought waits for the incident `to`."""

    to: int


SilenceEffect = MakeSilence | LiftSilence | WatchSilence | ProlongSilence
Effect = (
    Look
    | Perform
    | Follow
    | LookUp
    | Answer
    | SilenceEffect
    | WarnOfEnd
    | CallForHelp
    | Call
    | StopCalling
    | Settle
    | TellHolder
    | SendOver
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an event makes of an incident. The same `revision` as before means that its card reads the same."""

    incident: Incident
    entries: tuple[Entry, ...] = ()
    effects: tuple[Effect, ...] = ()
