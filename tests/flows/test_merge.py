"""Somebody sees two cards of one trouble and makes one of them, by two taps and a confirm; it goes on as one."""

from tests.flows.town import Town, crash_loop, until


def merge(place: Town) -> None:
    """#2 into #1, as somebody who reads the question first: one pressed at once is taken for a double tap."""
    place.press(place.card("#2", "🔗 Merge"), "🔗 Merge")
    place.press(place.card("into which?", "🟠 #1"), "🟠 #1")
    question = place.card("Merge #2 into #1?", "cannot be parted")
    until(lambda: "is part of #1 now" in place.press(question, "Merge into #1"), "the merge is confirmed")


def latency(*, ended: bool = False) -> bytes:
    """Another alert about the same Deployment, of a group of its own."""
    return crash_loop(ended=ended, alertname="HighLatency")


def firing(place: Town, number: int) -> list[str]:
    incident = place.incident(number)
    assert incident
    return sorted(episode.alert.name for episode in incident.firing)


def test_two_incidents_become_one_and_both_groups_go_on_there(place):
    assert place.post(crash_loop()) == 200
    place.card("#1", "keeps crashing")
    assert place.post(latency()) == 200
    place.card("#2")
    merge(place)
    place.card("Merged into #1 by @anna", "Open #1")
    survivor = place.card("#1", "2 alerts")
    assert firing(place, 1) == ["HighLatency", "KubePodCrashLooping"]
    place.service.kill()
    place.service.start()
    assert place.post(latency(ended=True)) == 200
    until(lambda: firing(place, 1) == ["KubePodCrashLooping"], "the end of a merged alert is heard")
    assert place.post(crash_loop(ended=True)) == 200
    ended = place.card("#1", "🟢", "resolved")
    assert ended.id == survivor.id
    place.press(ended, "Timeline")
    place.card("#1 › Timeline", "merged #2 in", "Open #2")
    with place.store() as store:
        assert store.incidents.get(3) is None
        types = [stored.entry.type.value for stored in store.audit.page(limit=1_000)]
        assert store.audit.verify() is None
    assert (types.count("merged"), types.count("merged_in"), types.count("alerts_resolved")) == (1, 1, 1)
