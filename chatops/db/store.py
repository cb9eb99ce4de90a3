"""All that is stored, by noun."""

from collections.abc import Callable
from typing import TypeVar

from chatops.db.api_tokens import ApiTokens
from chatops.db.asides import Asides
from chatops.db.audit import AuditLog
from chatops.db.books import BooksOfAll
from chatops.db.buttons import Buttons
from chatops.db.calendars import Calendars
from chatops.db.cards import Cards
from chatops.db.chat_settings import ChatSettingsOfAll
from chatops.db.chats import Chats
from chatops.db.covers import Covers
from chatops.db.database import Database
from chatops.db.figures import FiguresOfAll
from chatops.db.heartbeats import Heartbeats
from chatops.db.inbox import Inbox
from chatops.db.incidents import Incidents
from chatops.db.invites import Invites
from chatops.db.listing import Listing
from chatops.db.logins import Logins
from chatops.db.maintenance import MaintenanceWindows
from chatops.db.merging import Merges
from chatops.db.pages import Pages
from chatops.db.past import Past
from chatops.db.places import Places
from chatops.db.positions import Positions
from chatops.db.roll_call import RollCall
from chatops.db.routes import ChatRoutes
from chatops.db.settings import Settings
from chatops.db.shown_alone import ShownAlone
from chatops.db.statistics import Statistics
from chatops.db.storms import Storms
from chatops.db.topics import Topics
from chatops.db.trials import Trials
from chatops.db.unfinished import Unfinished
from chatops.db.updates import Updates
from chatops.db.users import Users

T = TypeVar("T")


class Store:
    """One object per noun over one Database. Every function raises core.failures only, besides what is a mistake.

    Whatever is written is on disk when the function returns.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.inbox = Inbox(database)
        self.incidents = Incidents(database)
        self.unfinished = Unfinished(database)
        self.pages = Pages(database)
        self.past = Past(database)
        self.places = Places(database)
        self.listing = Listing(database)
        self.audit = AuditLog(database)
        self.cards = Cards(database)
        self.positions = Positions(database)
        self.buttons = Buttons(database)
        self.users = Users(database)
        self.invites = Invites(database)
        self.chats = Chats(database)
        self.updates = Updates(database)
        self.settings = Settings(database)
        self.statistics = Statistics(database)
        self.trials = Trials(database)
        self.books = BooksOfAll(database)
        self.figures = FiguresOfAll(database)
        self.roll_call = RollCall(database)
        self.heartbeats = Heartbeats(database)
        self.storms = Storms(database)
        self.covers = Covers(database)
        self.calendars = Calendars(database)
        self.routes = ChatRoutes(database)
        self.maintenance = MaintenanceWindows(database)
        self.merges = Merges(database)
        self.shown_alone = ShownAlone(database)
        self.chat_settings = ChatSettingsOfAll(database)
        self.topics = Topics(database)
        self.asides = Asides(database)
        self.logins = Logins(database)
        self.api_tokens = ApiTokens(database)

    def at_once(self, look: Callable[[], T]) -> T:
        """What `look` makes of what it reads here: all of one state, and waited for once, however many nouns it asks.

        It runs in a thread of the database, perhaps twice: it may neither write nor tell anybody.
        """
        return self._database.at_once(look)

    def together(self, change: Callable[[], T]) -> T:
        """Whatever `change` stores here, of however many nouns, is stored in one transaction. See `at_once`."""
        return self._database.together(change)
