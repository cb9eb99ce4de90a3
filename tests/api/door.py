"""The API of a small house, spoken to over HTTP, by people who came in through one of its doors."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from chatops.actors.addresses import API
from chatops.actors.api.actor import ApiActor
from chatops.actors.api.desk import Desk
from chatops.actors.api.doorkeeper import Doorkeeper
from chatops.actors.api.operations import operations_of
from chatops.actors.specs import ChildSpec, FamilySpec, starter
from chatops.actors.work import WorkFailed
from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.people import Grant, Role, User, everywhere
from chatops.web.api import api_server, build_api
from chatops.web.readiness import Part, PartState, Readiness
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body

BOT_TOKEN = "123456:AAEEsandboxsandboxsandboxsandboxsand"
OLEG, VERA, NOBODY, DISABLED, ELSEWHERE = 1002, 1003, 1004, 1005, 1006
ROLES = {
    OLEG: everywhere(Role.OPERATOR),
    VERA: everywhere(Role.VIEWER),
    DISABLED: everywhere(Role.ADMIN),
    ELSEWHERE: (Grant(Role.OPERATOR, namespace="mail"),),
}
PATIENCE = 20.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of a problem, whose parts agree."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        told = self.json()
        assert told["status"] == self.status
        assert told["title"]
        assert told["detail"], told
        return str(told["code"])


def launch(user_id: int, at: datetime, *, token: str = BOT_TOKEN, name: str = "anna", **more: str) -> str:
    """The initData of a launch, as Telegram signs it."""
    user = {"id": user_id, "first_name": "A", "username": name, "language_code": "en"}
    told = {"user": json.dumps(user), "auth_date": str(int(at.timestamp())), "query_id": "q1", **more}
    text = "\n".join(f"{name}={value}" for name, value in sorted(told.items()))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**told, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()})


class ApiHouse(House):
    """The house with the API's actor, and its server on a port of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.scene = Scene(self.clock)
        gone = WorkFailed(None, "not_found", "", temporary=False)
        self.cluster.answer = lambda work: gone if (told := self.scene(work)) is None else told
        self.upstream.answer = lambda work: WorkFailed(None, "unreachable", "", temporary=True)
        for user_id, grants in ROLES.items():
            self.store.users.put(User(user_id, f"@u{user_id}", grants, disabled=user_id == DISABLED))
        ready = Readiness(alive=True, database_open=True, intake_listens=True, parts={"telegram": Part(PartState.UP)})
        self._ready = ready
        self.language = "en"

    def specs(self) -> list[ChildSpec | FamilySpec]:
        return [*super().specs(), ChildSpec(API, starter(ApiActor, self.directory))]

    def start(self) -> None:
        super().start()
        policy = replace(self.policy, outside=self.outside)
        doorkeeper = Doorkeeper(self.store, bot_token=BOT_TOKEN, language=self.language, clock=self.clock)
        # Told through the directory of now: it is another one after a start.
        desk = Desk(self.store, self.clock, policy, lambda: "@demo_bot", lambda a, m: self.directory.tell(a, m))
        app = build_api(lambda: self._ready, operations_of(desk, doorkeeper), doorkeeper)
        self.server = api_server(app, host="127.0.0.1", port=0, threads=4)
        self.server.start()

    def stop(self) -> None:
        if self._supervisor:
            self.server.stop(PATIENCE)
        super().stop()

    def ask(
        self, method: str, path: str, content: object = None, *, by: int | str | None = ANNA, **headers: str
    ) -> Answer:
        """As a session of this person, or with this Authorization header; None shows nothing."""
        shown = {"Authorization": self.session(by) if isinstance(by, int) else by} if by is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            sent = None if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
            kind = {"Content-Type": "application/json"} if sent is not None else {}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, f"/api/v1{path}", sent, {**kind, **shown, **named})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def get(self, path: str, *, by: int | str | None = ANNA, **query: object) -> Any:
        """What is told, of an answer that is 200."""
        text = urlencode(query, doseq=True, quote_via=quote)
        answer = self.ask("GET", f"{path}?{text}" if text else path, by=by)
        assert answer.status == 200, answer.body
        return answer.json()

    def do(self, path: str, content: object = None, *, by: int | str | None = ANNA) -> Answer:
        return self.ask("POST", path, {} if content is None else content, by=by)

    def session(self, user_id: int) -> str:
        entry = Entry(EntryType.SIGNED_IN, Subject.person(user_id, f"@u{user_id}"), self.clock())
        return f"Bearer {self.store.logins.begin(user_id, self.clock(), entry)[0]}"

    def launched(self, user_id: int = ANNA, **more: str) -> str:
        return f"tma {launch(user_id, self.clock(), **more)}"

    def opened(self) -> int:
        """The number of an incident whose objects were seen."""
        self.post_webhook(body("firing_group_of_3"))
        self.until(lambda: (known := self.store.incidents.get(1)) and known.survey)
        return 1

    def lines(self, type: EntryType | None = None) -> list[Entry]:
        return [line.entry for line in self.store.audit.page(limit=1_000) if type in (None, line.entry.type)]

    def passes(self, seconds: float = 1.0) -> None:
        """Time for who has to look at a question first."""
        self.clock.move(seconds=seconds)


@contextmanager
def api_house(folder: Path) -> Iterator[ApiHouse]:
    built = ApiHouse(folder)
    built.start()
    try:
        yield built
    finally:
        built.close()


def wait(test: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not test():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)
