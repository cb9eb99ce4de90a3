"""What a decision asks for once it is stored."""

from dataclasses import dataclass

from msgspec import Struct, field

from chatops.core.actions import ActionRun
from chatops.core.audit import Entry
from chatops.core.incidents.events import Press
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.incidents.values import Incident, Person
from chatops.core.silences import Silence


class Look(Struct, frozen=True):
    """Survey the cluster: the alerts changed, or an action may have changed what is true."""


class Perform(Struct, frozen=True):
    """Send the plan of this run to the cluster, once."""

    run: ActionRun


class Follow(Struct, frozen=True):
    """Ask, a little later, how far this run has come."""

    run: ActionRun


class LookUp(Struct, frozen=True):
    """Find out whether this interrupted run's change is in the cluster. It is never sent again."""

    run: ActionRun


class Answer(Struct, frozen=True):
    """The toast for a press: a code of screens.toasts and what fills it."""

    press: Press
    toast: str
    detail: dict[str, str] = field(default_factory=dict)


class MakeSilence(Struct, frozen=True):
    """Have Alertmanager make it, once."""

    silence: Silence


class LiftSilence(Struct, frozen=True):
    """Have Alertmanager end it; asking twice does no harm."""

    silence: Silence


class WatchSilence(Struct, frozen=True):
    """Look after a silence that stands, from now on until it ends."""

    silence: Silence


class ProlongSilence(Struct, frozen=True):
    """Have Alertmanager end it later, as it says, once."""

    silence: Silence


class WarnOfEnd(Struct, frozen=True):
    """Say aloud, wherever the incident is shown, that the silence is about to end."""

    silence: Silence


class CallForHelp(Struct, frozen=True):
    """Tell `target`, and every chat that shows the incident, that `press.by` asks for help."""

    press: Press
    target: Target = EVERYBODY


class TellHolder(Struct, frozen=True):
    """Tell `to` in private that the incident is theirs now, and from whom they have it."""

    to: Person
    by: Person


class Call(Struct, frozen=True):
    """Nobody took it: tell every chat that shows the incident, and `target` where it is somebody's turn."""

    step: int
    target: Target | None


class StopCalling(Struct, frozen=True):
    """Of what was to be said because nobody took it, nothing more is to be said."""


class Settle(Struct, frozen=True):
    """Tell it `Settled` once its card may show again what changed."""


class SendOver(Struct, frozen=True):
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
