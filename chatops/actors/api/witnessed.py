"""Work in a cluster that is written down before it is asked for, and after, as what a chat asks for is."""

from chatops.actors.addresses import POOL
from chatops.actors.api.desk import Desk
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.witness import Witness
from chatops.actors.work import Result, Work
from chatops.core.cards import Position
from chatops.core.failures import Failure
from chatops.web.caller import Caller
from chatops.web.operations import Refused


class Witnessed:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._witness = Witness(desk.store, clock=desk.clock)

    def have(self, position: Position, work: Work, caller: Caller) -> Result:
        """What the cluster answered. Raises Refused where it did not, Failure where it could not be written down."""
        reader = Reader(caller.person, caller.tongue, caller.user, caller.via)
        trial = self._witness.begin(position, reader)
        try:
            result = self._desk.have(POOL, work, caller)
        except Refused as refused:
            if isinstance(refused.__cause__, Failure):
                failure = refused.__cause__
                self._witness.failed(trial, str(failure.reason), failure.detail, interrupted=False)
            raise
        self._witness.told(trial, result)
        return result
