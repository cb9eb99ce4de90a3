"""A graph is a picture below the card; where there is none the characters are; a critical card may have one unasked."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.upstream_messages import DrawGraph
from chatops.actors.work import WorkFailed
from chatops.core.buttons import Verb
from chatops.core.outgoing import SendPhoto
from chatops.core.policy import Graphs
from chatops.core.reports import Line, Report, Section
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

PNG = b"\x89PNG"


class Prometheus:
    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.picture = PNG
        self.fails = False

    def __call__(self, work: Any) -> Any:
        self.asked.append(work)
        if self.fails or not isinstance(work, DrawGraph):
            return WorkFailed(None, "timeout", "", True)
        lines = (Section("value", (Line("▁▂▃"),)),)
        return Report("metric_graph", work.ref, facts=(("expr", "a < b"),), sections=lines, picture=self.picture)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[House, Prometheus]]:
    with house(tmp_path) as built:
        prometheus = Prometheus()
        built.cluster.answer = Scene(built.clock)
        built.upstream.answer = prometheus
        yield built, prometheus


def critical(built: House) -> None:
    built.stop()
    built.policy = replace(built.policy, graphs=Graphs.CRITICAL)
    built.start()


def fire(built: House, severity: str = "critical", group: str = "") -> None:
    told = json.loads(body("firing_group_of_3"))
    told["groupKey"] += group
    for number, alert in enumerate(told["alerts"]):
        alert["labels"]["severity"] = severity
        alert["generatorURL"] = "http://prom.example/graph?g0.expr=up+%3D%3D+0"
        alert["fingerprint"] = f"{group}{number}" + alert["fingerprint"]
    built.post_webhook(json.dumps(told).encode())


def photos(built: House) -> list[SendPhoto]:
    return [each for each in built.post.others if isinstance(each, SendPhoto)]


def test_the_picture_is_sent_below_the_card_which_stays(shop):
    built, prometheus = shop
    fire(built)
    card = built.post.wait_text("keeps crashing")
    built.press(card, "Graph")
    built.until(lambda: photos(built))
    (photo,) = photos(built)
    assert (photo.content, photo.reply_to, photo.chat_id) == (PNG, card, ANNA)
    assert "<code>a &lt; b</code>" in photo.caption_html
    assert "▁▂▃" in photo.instead_html
    assert "▁▂▃" not in photo.caption_html
    assert built.store.positions.get(ANNA, card).screen is Verb.CARD
    (asked,) = prometheus.asked
    assert asked.ask.title == "PodCrashLooping"
    assert [span.until for span in asked.ask.fired] == [None]


def test_without_a_picture_the_characters_are_shown_below_and_refreshed_in_place(shop):
    built, prometheus = shop
    prometheus.picture = b""
    fire(built)
    card = built.post.wait_text("keeps crashing")
    built.press(card, "Graph")
    shown = built.post.wait_text("▁▂▃")
    assert shown != card
    built.until(lambda: built.store.positions.get(ANNA, shown))
    built.press(shown, "🔄")
    built.until(lambda: len(prometheus.asked) == 2)
    assert not photos(built)


def test_a_critical_card_has_its_graph_where_that_is_wanted(shop):
    built, prometheus = shop
    critical(built)
    fire(built)
    card = built.post.wait_text("keeps crashing")
    built.until(lambda: photos(built))
    assert [photo.reply_to for photo in photos(built)] == [card]
    # Changes of the card bring no further one.
    built.press(card, "Take")
    built.post.wait_text("@u")
    assert len(prometheus.asked) == 1


def test_nobody_else_gets_one_unasked(shop):
    built, prometheus = shop
    fire(built)
    built.post.wait_text("keeps crashing")
    critical(built)
    fire(built, severity="warning", group="other")
    built.until(lambda: built.post.sent == 2)
    built.press(max(built.post.messages), "Take")
    assert prometheus.asked == []


def test_one_that_fails_unasked_is_said_nowhere_and_keeps_no_later_one_from_coming(shop):
    built, prometheus = shop
    critical(built)
    prometheus.fails = True
    fire(built)
    built.post.wait_text("keeps crashing")
    built.until(lambda: len(prometheus.asked) == 1)
    prometheus.fails = False
    fire(built, group="other")
    built.until(lambda: photos(built))
    assert built.post.sent == 2
    assert not [m for m in built.post.messages.values() if "Prometheus" in m.html]


def test_in_a_storm_one_waits_at_a_time(shop):
    built, _ = shop
    critical(built)
    held: list[Any] = []
    built.upstream.answer = lambda work: held.append(work)
    for number in range(4):
        fire(built, group=f"g{number}")
    built.until(lambda: built.post.sent == 4)
    built.until(lambda: held)
    built.press(max(built.post.messages), "Take")
    assert len(held) == 1
