"""What all of one process stands on, made of its settings: the database, the way to its actors, the board of parts.

It knows neither who the actors are nor what listens for others.
"""

from datetime import UTC, datetime

from chatops.actors.admins import tell_admins
from chatops.actors.bot import Bot
from chatops.actors.chat_messages import Notice
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.actors.unanswered import Unanswered
from chatops.core.graphs import Theme
from chatops.core.outside import Outside
from chatops.core.policy import Graphs, Policy
from chatops.db.database import Database
from chatops.db.store import Store
from chatops.settings import Settings


class Ground:
    """One of each. Nothing is open yet and nothing runs: who starts the process opens the database."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.token = settings.telegram_bot_token.get_secret_value()
        self.database = Database(settings.database_url)
        self.store = Store(self.database)
        self.directory = Directory()
        self.health = Health()
        self.unanswered = Unanswered()
        self.bot = Bot(self.store.settings, self.token)
        self.policy = _policy(settings)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    def tell_admins(self, told: Notice) -> None:
        """Raises Failure where the database does not say who they are."""
        tell_admins(self.store, self.directory.tell, told)


def _policy(settings: Settings) -> Policy:
    return Policy(
        settings.language,
        settings.protected_namespaces,
        settings.rules,
        Outside(bool(settings.alertmanagers), bool(settings.prometheus)),
        zone=settings.report_zone,
        graphs=Graphs(settings.graphs),
        graph_theme=Theme(settings.graph_theme),
        storm_threshold=settings.storm_threshold,
        roster=settings.roster,
        app=settings.app,
    )
