"""`python -m tests.core.fuzz --count 100000`: bodies nobody should send, and incidents nobody should have.

Each body goes the whole way of core: read, told to an incident, drawn as a card in every language. Half as many steps
are made by the machines that drive an incident and the delivery of cards in any order.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from chatops.core.alerts import Notification, NotUnderstood, parse
from chatops.core.incidents import Incident, decide
from chatops.core.incidents.events import AlertsReceived
from chatops.core.screens.card import card
from chatops.core.texts import LANGUAGES, tongue
from tests.core.bodies import any_body

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEPS = 50
"""Of one life in the machines."""


def read(body: bytes) -> Notification:
    return parse(body, received_at=NOW)


def usable(told: Notification) -> None:
    """What the rest of the house relies on, whatever came in."""
    json.dumps([told.group_labels, told.receiver, told.external_url, told.skipped]).encode()
    told.key_hash.encode("ascii")
    assert told.truncated >= 0
    assert told.alerts or told.truncated
    assert len({alert.fingerprint for alert in told.alerts}) == len(told.alerts)
    for alert in told.alerts:
        assert alert.labels
        assert alert.starts_at.tzinfo is not None
        assert alert.firing == (alert.ends_at is None)
        assert alert.ends_at is None or alert.ends_at >= alert.starts_at
        for text in (alert.fingerprint, alert.generator_url, *alert.labels.values(), *alert.annotations.values()):
            assert "\0" not in text
            text.encode("utf-8")


def shown(told: Notification) -> None:
    """It makes an incident, the same again changes nothing, and its card is words that Telegram takes."""
    event = AlertsReceived(told)
    incident = decide(Incident(1, NOW), event, now=NOW).incident
    assert decide(incident, event, now=NOW).incident == incident
    assert incident.open == bool(incident.firing or incident.truncated)
    assert {e.alert.fingerprint for e in incident.firing} == {a.fingerprint for a in told.alerts if a.firing}
    for language in LANGUAGES:
        html = card(incident, tongue(language), now=NOW).html
        assert html.encode("utf-8")
        assert "\0" not in html


def try_body(dice: random.Random) -> str:
    """`used` or `refused`; anything else that happens is a fault of the house."""
    body = any_body(dice)
    try:
        told = read(body)
    except NotUnderstood as problem:
        str(problem).encode()
        return "refused"
    usable(told)
    shown(told)
    return "used"


def bodies(count: int, first: int) -> int:
    """How many of them broke something; each is told with the number that makes it again."""
    outcomes: Counter[str] = Counter()
    begun = time.process_time()
    for number in range(first, first + count):
        try:
            outcomes[try_body(random.Random(number))] += 1
        except Exception as error:
            outcomes["broke"] += 1
            print(f"body {number}: {type(error).__name__}: {error}")
    spent = time.process_time() - begun
    print(f"{count} bodies: {dict(sorted(outcomes.items()))}, {spent / count * 1e6:.0f} us of CPU each")
    return outcomes["broke"]


def lives(steps: int) -> None:
    """Raises what a machine finds, with the shortest way to it."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from tests.actors.test_cards_arrive import CardsArrive
    from tests.core.test_incidents_any_order import AnyOrder

    for machine in (AnyOrder, CardsArrive):
        begun = time.process_time()
        chosen = settings(
            max_examples=max(1, steps // STEPS),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        machine.steps = 0
        run_state_machine_as_test(machine, settings=chosen)
        print(f"{machine.__name__}: {machine.steps} steps, {time.process_time() - begun:.0f} s of CPU")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.core.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="how many bodies; half as many steps")
    parser.add_argument("--first", type=int, default=0, help="the number of the first body: another one, other bodies")
    asked = parser.parse_args()
    broke = bodies(asked.count, asked.first)
    lives(asked.count // 2)
    return bool(broke)


if __name__ == "__main__":
    sys.exit(main())
