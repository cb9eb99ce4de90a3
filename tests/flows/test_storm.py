"""A storm of alerts into one group, by the whole service, with Telegram's limits on."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chatops.sandbox.botapi.limits import Limits
from tests.core.bodies import a_body, an_alert
from tests.flows.town import Town, town, until

GROUP = -1001
COUNTED = re.compile(r"(\d+) incidents? in ")
MOST_MESSAGES = 5
"""A card, two critical ones, the digest, and the document with all of them."""


def group_of_one(number: int) -> bytes:
    labels = {
        "alertname": "KubePodNotReady" if number % 3 else "TargetDown",
        "severity": "critical" if number % 10 == 7 else "warning",
        "namespace": ("shop", "mail")[number % 2],
        "pod": f"pod-{number}",
        "node": "worker-3" if number % 10 != 7 else f"worker-{number}",
    }
    alert = an_alert(fingerprint=f"storm-{number}", labels=labels)
    return a_body(alert, groupKey=f"storm-{number}", groupLabels={"pod": f"pod-{number}"})


def pour(place: Town, numbers: range) -> None:
    with ThreadPoolExecutor(16) as senders:
        assert set(senders.map(lambda number: place.post(group_of_one(number)), numbers)) == {200}


def shown(place: Town) -> int:
    """How many incidents the group's cards and its digest show, each once."""
    texts = [m.text for m in place.bot_api.conversation(GROUP).messages(from_bot=True)]
    digests = [int(found.group(1)) for text in texts if (found := COUNTED.search(text))]
    cards = {text.split("\n")[0] for text in texts if "FIRING" in text}
    return max(digests, default=0) + len(cards)


def test_r17_a_storm_of_300_is_five_messages_and_all_of_it_is_seen(tmp_path: Path) -> None:
    """R17: no request is refused or too early; killed in the middle of it, the service goes on in the same message."""
    with town(tmp_path, TELEGRAM_CHATS=str(GROUP)) as place:
        place.bot_api.group(GROUP, "on-call", members=[place.anna])
        place.bot_api.pace(Limits())
        pour(place, range(250))
        place.service.kill()
        place.service.start()
        pour(place, range(250, 300))
        # A card that arrived and was not on record yet when the process was killed may be in the digest as well.
        until(lambda: shown(place) in (300, 301), "all are counted")
        until(lambda: place.bot_api.requests("sendDocument", chat_id=GROUP), "the list of all is sent")
        asked = place.bot_api.requests()
        assert [r for r in asked if r.status == 429 or r.too_early] == []
        sent = [r for r in asked if r.method in ("sendMessage", "sendDocument") and r.chat_id == GROUP]
        # A message that was on its way when the process was killed is sent again: nobody can ask whether it arrived.
        assert len(sent) <= MOST_MESSAGES + 1, [r.parameters.get("text", "")[:60] for r in sent]
        with place.store() as store:
            assert len(store.incidents.active_ids()) == 300
            assert store.cards.stale(GROUP) == ()
            until(lambda: all(storm.shown == storm.wanted for storm in store.storms.of_interest(GROUP)), "it is drawn")
            assert store.audit.verify() is None
        assert place.metric("chatops_actor_restarts_total") == 0
