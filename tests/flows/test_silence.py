"""A silence against the real Alertmanager: pressed, there with the right matchers, lifted; the bot alone in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.core.presses import DOUBLE_TAP
from chatops.core.silences import Matcher, SilenceDraft
from chatops.upstream.alertmanager import Alertmanager
from chatops.upstream.endpoint import Endpoint
from tests.flows.town import TOKEN, Town, town, until
from tests.upstream.real import BINARY, RealAlertmanager, free_port, real_alertmanager, webhook_config

pytestmark = [
    pytest.mark.alertmanager,
    pytest.mark.skipif(BINARY is None, reason="Debian's prometheus-alertmanager is not installed"),
]

CRASH = {"alertname": "CrashLoop", "severity": "critical", "namespace": "shop", "pod": "cart-0"}
SAME_GROUP = {**CRASH, "pod": "cart-1"}
ELSEWHERE = {**CRASH, "namespace": "mail"}


@dataclass
class Scene:
    place: Town
    real: RealAlertmanager

    def silences(self, state: str = "active") -> list[dict[str, Any]]:
        return [s for s in self.real.get("/api/v2/silences") if s["status"]["state"] == state]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    port = free_port()
    config = webhook_config(port, TOKEN, group_by="alertname, namespace")
    with real_alertmanager(tmp_path, config) as real:
        address = real.url.replace("http://", "http://reader:canary-password@")
        with town(tmp_path, ALERT_PORT=str(port), ALERTMANAGER_URL=address) as place:
            yield Scene(place, real)


def silence(scene: Scene, length: str) -> None:
    card = scene.place.card("#1", "🔕 Silence")
    scene.place.press(card, "🔕 Silence")
    scene.place.press(scene.place.card("Matches", "1 h"), length)
    scene.place.card("#1", "🔕 silenced until")


def test_pressed_made_and_lifted(scene: Scene) -> None:
    for labels in (CRASH, SAME_GROUP, ELSEWHERE):
        scene.real.fire(labels)
    scene.place.press(scene.place.card("#1", "🔕 Silence"), "🔕 Silence")
    picker = scene.place.card("Matches", "1 h")
    assert "Hides 2 alerts" in picker.text
    scene.place.press(picker, "4 h")
    scene.place.card("🔕 silenced until", "🔔 Unsilence")

    (made,) = scene.silences()
    matchers = {m["name"]: (m["value"], m["isRegex"], m["isEqual"]) for m in made["matchers"]}
    incident = scene.place.incident(1)
    assert incident
    assert matchers == {
        "alertname": ("CrashLoop", False, True),
        "namespace": (incident.namespace, False, True),
    }
    assert made["createdBy"] == f"@anna ({scene.place.anna.id})"
    assert made["comment"].startswith("#1 Crash loop")

    scene.place.press(scene.place.card("🔔 Unsilence"), "🔔 Unsilence")
    until(lambda: not scene.silences(), "the silence is lifted")
    assert len(scene.silences("expired")) == 1
    scene.place.card("#1", "🔕 Silence")
    assert "canary" not in scene.place.service.log.read_text()


def test_until_resolved_survives_a_kill_and_ends_with_the_incident(scene: Scene) -> None:
    scene.real.fire(CRASH)
    silence(scene, "Until resolved")
    scene.place.service.kill()
    scene.place.service.start()
    (made,) = scene.silences()
    card = scene.place.card("#1", "🔕 silenced until resolved", "✅ Resolve")
    scene.place.press(card, "✅ Resolve")
    until(lambda: not scene.silences(), "the silence is lifted")
    assert [s["id"] for s in scene.silences("expired")] == [made["id"]]


def test_all_are_listed_and_extended_whoever_made_them(scene: Scene) -> None:
    """Ours by its incident, another's by the list itself; each is one silence afterwards, of the same author."""
    scene.real.fire(CRASH)
    silence(scene, "1 h")
    now = datetime.now(UTC)
    draft = SilenceDraft("", (Matcher("namespace", "mail"),), now + timedelta(hours=3), "oleg", "until the disk comes")
    theirs = Alertmanager(Endpoint(scene.real.url)).make(draft, now)
    before = {each["createdBy"]: each["endsAt"] for each in scene.silences()}

    scene.place.anna.send("/silences")
    scene.place.press(scene.place.card("2 silences", "until"), "2")
    question = scene.place.card("until the disk comes", "Extend by 1 h")
    seen = datetime.now(UTC)
    until(lambda: datetime.now(UTC) - seen > 3 * DOUBLE_TAP, "the question was seen")
    scene.place.press(question, "⏳ Extend by 1 h")
    listed = scene.place.card("It was extended", "2 silences")
    other = next(each for each in scene.silences() if each["createdBy"] == "oleg")
    assert other["endsAt"] > before["oleg"]
    assert other["comment"].startswith("until the disk comes (extended by @anna")
    assert other["id"] == theirs or theirs in {each["id"] for each in scene.silences("expired")}

    scene.place.press(listed, "1")
    scene.place.press(scene.place.card("#1 Crash loop", "Extend by 1 h"), "⏳ Extend by 1 h")
    ours = f"@anna ({scene.place.anna.id})"
    until(lambda: {e["createdBy"]: e["endsAt"] for e in scene.silences()}[ours] > before[ours], "ours is extended")
    assert len(scene.silences()) == 2


def test_readyz_names_it(scene: Scene) -> None:
    parts = scene.place.ready()["parts"]
    until(lambda: "0.25" in str(scene.place.ready()["parts"]), f"it is up: {parts}")
    assert "canary" not in str(scene.place.ready())
