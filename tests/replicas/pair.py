"""Two replicas of the service as processes, on one PostgreSQL, in the town of the flows."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.signing_in import Scope
from chatops.sandbox.botapi.person import Seen
from tests import postgres
from tests.flows.town import ANNA, PATIENCE, Service, Town, town, until


class Pair:
    """The town with two replicas. `first` led when both were there."""

    def __init__(self, place: Town, second: Service) -> None:
        self.place = place
        self.first = place.service
        self.second = second

    def at(self, service: Service) -> Town:
        """The same town, as seen through one replica's ports."""
        return replace(self.place, service=service)

    def leads(self, service: Service) -> bool:
        return bool(self.at(service).ready()["parts"]["replica"]["reason"] == "leads")

    def shown(self, number: str) -> Seen:
        """The incident's card, once the service has noted that it stands: a kill before that may send it again."""
        card = self.place.card(number)
        with self.place.store() as store:
            until(lambda: store.cards.by_message(ANNA, card.id), "the card is noted")
        return card

    def token(self) -> str:
        """A personal token of Anna's for the API."""
        now = datetime.now(UTC)
        entry = Entry(EntryType.TOKEN_MADE, SYSTEM, now)
        with self.place.store() as store:
            made = store.api_tokens.make(ANNA, "pair", Scope.ACT, expires_at=now + timedelta(days=1), entry=entry)
        assert made is not None
        return made[0]

    def ask(
        self, method: str, path: str, token: str, body: object = None, *, at: Service | None = None
    ) -> tuple[int, Any]:
        """What the API of a replica answers, of the second unless told."""
        service = at or self.second
        request = urllib.request.Request(
            f"http://{service.host}:{service.app_port}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def takes_over(self, service: Service) -> float:
        """Seconds until it leads."""
        began = time.monotonic()
        until(lambda: self.leads(service), "the other takes over")
        return time.monotonic() - began


@contextmanager
def _second(place: Town) -> Iterator[Service]:
    folder = place.folder / "second"
    folder.mkdir()
    service = Service({name: value for name, value in place.environment.items() if value}, folder)
    try:
        service.start()
        yield service
    finally:
        service.stop()


@contextmanager
def pair_in(folder: Path) -> Iterator[Pair]:
    url = postgres.new_database()
    # As they are started by people: one that loses the lead begins anew as the command it was.
    with town(folder, service=Service, DATABASE_URL=url) as place, _second(place) as second:
        yield Pair(place, second)
    postgres.drop_database(url)
