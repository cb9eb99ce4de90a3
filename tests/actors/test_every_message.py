"""Each kind of actor of the whole tree dies of each kind of message it takes: it alone comes back, and all goes on."""

import ast
import inspect
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pykka
import pytest

from chatops.actors.addresses import Address, chat_address, incident_address
from chatops.actors.base import Actor
from chatops.actors.restarts import RestartBudget
from chatops.actors.system import System
from chatops.db.migrate import migrate
from tests.actors.house import ANNA
from tests.actors.scene import body
from tests.actors.test_system import settings

PATIENCE = 30.0


def messages_of(kind: type[Actor]) -> list[type]:
    """What its `receive` has a case for, by its source."""
    owner = next(each for each in kind.__mro__ if "receive" in vars(each))
    tree = ast.parse(textwrap.dedent(inspect.getsource(vars(owner)["receive"])))
    known = vars(sys.modules[owner.__module__])
    top = [case.pattern for each in ast.walk(tree) if isinstance(each, ast.Match) for case in each.cases]
    flat = [part for each in top for part in (each.patterns if isinstance(each, ast.MatchOr) else [each])]
    inner = [each.pattern if isinstance(each, ast.MatchAs) and each.pattern else each for each in flat]
    names = [each.cls.id for each in inner if isinstance(each, ast.MatchClass) and isinstance(each.cls, ast.Name)]
    return [known[name] for name in dict.fromkeys(names)]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """With everything outside down, one incident, and no limit to restarts."""
    monkeypatch.setattr(RestartBudget, "spend", lambda *_: 0.0)
    nowhere = "http://127.0.0.1:9"
    (tmp_path / "oncall.yaml").write_text(f"rotas: {{nights: {{calendar: '{nowhere}/rota.ics'}}}}")
    wanted = settings(
        tmp_path,
        telegram_admins=(ANNA,),
        alertmanager_url=nowhere,
        prometheus_url=nowhere,
        oncall_file=tmp_path / "oncall.yaml",
    )
    migrate(wanted.database_url)
    built = System(wanted)
    built.start()
    try:
        yield built
    finally:
        built.stop()


def until(test: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not test():
        assert time.monotonic() < deadline, what
        time.sleep(0.002)


def test_p1_every_actor_dies_of_every_message_and_comes_back_alone(system, monkeypatch):
    """P1: no actor takes another along, and none stays away."""
    poisonous: set[int] = set()
    kinds: dict[type[Actor], Address] = {}
    system._gate.accept(body("firing_group_of_3"), "")
    expected = {*system._supervisor.children(PATIENCE), incident_address(1), chat_address(ANNA)}
    directory = system._ground.directory

    def refs() -> dict[Address, pykka.ActorRef[Any] | None]:
        return {address: directory.ref(address) for address in expected}

    until(lambda: None not in refs().values(), "everything runs")
    for address, ref in refs().items():
        kinds.setdefault(ref.actor_class, address)

    def poisoned(receive: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def wrapper(self: Any, message: Any) -> Any:
            if id(message) in poisonous:
                raise RuntimeError("poison")
            return receive(self, message)

        return wrapper

    takes = {kind: messages_of(kind) for kind in kinds}
    for kind in kinds:
        monkeypatch.setattr(kind, "receive", poisoned(kind.receive))
    tried = []
    for kind, address in kinds.items():
        for message_type in takes[kind]:
            before = refs()
            message = message_type(*[None] * len(message_type.__match_args__))
            poisonous.add(id(message))
            directory.tell(address, message)
            until(lambda at=address, was=before: directory.ref(at) not in (None, was[at]), f"{address} is back")
            changed = [each for each, ref in refs().items() if ref is not before[each]]
            assert changed == [address], message_type
            poisonous.clear()
            tried.append((kind.__name__, message_type.__name__))
    assert len(tried) >= 50, tried
    assert system.readiness().alive
    assert system.wait(timeout=0) is None
    system._gate.accept(body("firing_single"), "")
    until(lambda: system._ground.store.incidents.get(2), "webhooks are still worked through")
