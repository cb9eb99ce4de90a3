"""Every operation of the API, in the order in which its description lists them."""

from chatops.actors.api.acts import Acts
from chatops.actors.api.changes import Changes
from chatops.actors.api.desk import Desk
from chatops.actors.api.doorkeeper import Doorkeeper
from chatops.actors.api.incidents import IncidentDesk
from chatops.actors.api.logbook import LogbookDesk
from chatops.actors.api.looking import Looking
from chatops.actors.api.people import PeopleDesk
from chatops.actors.api.sessions import Sessions
from chatops.actors.api.statistics import StatisticsDesk
from chatops.actors.api.tokens import TokenDesk
from chatops.actors.api.witnessed import Witnessed
from chatops.web.operations import Operation


def operations_of(desk: Desk, doorkeeper: Doorkeeper) -> list[Operation]:
    witnessed = Witnessed(desk)
    rooms = (
        Sessions(desk, doorkeeper),
        IncidentDesk(desk),
        Acts(desk),
        Changes(desk, witnessed),
        Looking(desk, witnessed),
        StatisticsDesk(desk),
        LogbookDesk(desk),
        PeopleDesk(desk),
        TokenDesk(desk),
    )
    return [operation for room in rooms for operation in room.operations()]
