"""Somebody on call is woken, sees what is wrong, rolls back with two taps, and sees it end."""

import json

from tests.flows.town import confirm_it, crash_loop, press_twice


def test_alert_card_roll_back_done_resolved_audit(place):
    assert place.post(crash_loop()) == 200
    card = place.card("Roll back to 42", "keeps crashing")
    press_twice(place, "Roll back to 42")
    done = place.card("Rolled back shop/checkout to 42")
    assert done.id == card.id
    deployment = place.kubernetes.get("Deployment", "checkout", "shop")
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image.endswith(":1.41.2")
    place.post(crash_loop(ended=True))
    ended = place.card("🟢", "resolved")
    assert ended.id == card.id
    with place.store() as store:
        types = [stored.entry.type.value for stored in store.audit.page(limit=1_000)]
        assert store.audit.verify() is None
    for expected in ("opened", "action_requested", "action_performed", "action_finished", "alerts_resolved"):
        assert types.count(expected) == 1, types


def test_the_change_carries_who_we_are_and_happens_once(place):
    place.post(crash_loop())
    press_twice(place, "Roll back to 42")
    place.card("Rolled back")
    patches = place.changes("PATCH")
    assert len(patches) == 1
    assert patches[0].query["fieldManager"] == "chatops"


def test_from_the_card_to_the_logs_and_a_deleted_pod(place):
    place.post(crash_loop())
    place.press(place.card("#1", "Resources"), "Resources")
    place.press(place.card("› Resources", "deploy checkout"), "deploy checkout")
    pods = place.card("› Pods")
    sick = next(label for label in pods.buttons if label.startswith("🔴"))
    place.press(pods, sick)
    pod = place.card("QoS", "Delete pod")
    place.press(pod, "Logs")
    logs = place.card("newest at the bottom")
    place.press(logs, "As file")
    file = place.chat.wait_for(lambda m: m.document is not None)
    assert file.document
    place.press(logs, "« Pod")
    pod = place.card("QoS", "Delete pod")
    place.press(pod, "Describe")
    described = place.card("Full text")
    place.press(described, "« Pod")
    place.press(place.card("QoS", "Delete pod"), "Delete pod")
    confirm_it(place)
    place.card("Deleted pod")
    deletes = place.changes("DELETE")
    assert len(deletes) == 1
    assert json.loads(deletes[0].body)["preconditions"]["uid"]


def test_more_then_a_parameter_then_the_confirm(place):
    place.post(crash_loop())
    place.press(place.card("#1", "Resources"), "Resources")
    place.press(place.card("› Resources", "deploy checkout"), "deploy checkout")
    place.press(place.card("› Pods"), "More")
    more = place.card("› Actions", "YAML")
    place.press(more, "YAML")
    file = place.chat.wait_for(lambda m: m.document is not None)
    assert file.document
    place.press(more, "Roll back")
    place.press(place.card("Now: 43"), "42")
    confirm_it(place)
    place.card("Rolled back shop/checkout to 42")
    assert len(place.changes("PATCH")) == 1


def test_from_the_card_to_the_errors_of_a_log_and_a_search(place):
    place.post(crash_loop())
    place.press(place.card("#1", "Crash logs"), "Crash logs")
    place.press(place.card("newest at the bottom", "Errors only"), "Errors only")
    place.press(place.card("🔴 Errors only:", "All lines"), "Search")
    question = place.card("Reply to this message")
    place.anna.send("HEAP")
    found = place.card("with «HEAP»")
    assert found.id == question.id
    place.press(found, "All lines")
    place.card("newest at the bottom", "http started")
    asked = place.kubernetes.requests.matching(path="/log")
    assert len(asked) == 1, "what was fetched is searched"
