"""A change of the cluster over the API takes the same two steps, and passes the same judge, as in the chat."""

from typing import Any

import pytest

from chatops.actors.work import MakePreview
from chatops.core import cautions
from chatops.core.actions import ActionState, Caution, Plan, Preview
from chatops.core.audit import EntryType
from chatops.core.people import Grant, Role, User, everywhere
from chatops.core.policy import Policy
from chatops.core.safeguards import word_of
from tests.actors.scene import CHECKOUT, POD
from tests.api.door import ANNA, DISABLED, ELSEWHERE, OLEG, VERA, ApiHouse

REF = {"kind": "Deployment", "name": "checkout", "namespace": "shop", "uid": "uid-1", "cluster": ""}
UNDO = {"action": "rollout_undo", "ref": REF, "params": {"revision": "42"}}


def previewed(shop: ApiHouse, by: int | str = OLEG, chosen: dict[str, Any] = UNDO) -> dict[str, Any]:
    answer = shop.do("/incidents/1/preview", chosen, by=by)
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json()
    return told


def destroying(shop: ApiHouse) -> None:
    """What is previewed brings nobody back: it is to be confirmed by a word."""

    def answer(work: Any) -> Any:
        if isinstance(work, MakePreview):
            plan = Plan(work.action, work.ref, "77", dict(work.params))
            return Preview(plan, cautions=(Caution(cautions.OWNERLESS),))
        return shop.scene(work)

    shop.cluster.answer = answer


def test_choose_confirm_done(shop: ApiHouse) -> None:
    shop.opened()
    told = previewed(shop)
    assert told["question"] == "Roll back shop/checkout to revision 42?"
    assert told["changes"] == [{"what": "app image", "before": "1.42.0", "after": "1.41.2"}]
    assert (told["guard"], told["word"], told["refusal"]) == ("tap", "", "")
    assert told["kubectl"].startswith("kubectl")
    shop.passes()
    answer = shop.do(f"/confirmations/{told['confirm']}", by=OLEG)
    assert answer.status == 202, answer.body
    shop.until(lambda: (run := shop.store.incidents.get(1).run) and run.state is ActionState.SUCCEEDED)
    run = shop.get("/incidents/1")["run"]
    assert (run["id"], run["state"], run["by"]["id"]) == (answer.json()["run"], "succeeded", OLEG)
    assert len(shop.scene.performed) == 1
    (asked,) = shop.lines(EntryType.ACTION_REQUESTED)
    (looked,) = shop.lines(EntryType.LOOKED)
    assert asked.detail["via"] == looked.detail["via"] == "app"
    assert asked.detail["run"] == looked.detail["run"]


def test_one_confirm_is_one_run(shop: ApiHouse) -> None:
    shop.opened()
    told = previewed(shop)
    shop.passes()
    path = f"/confirmations/{told['confirm']}"
    assert shop.do(path, by=OLEG).status == 202
    assert shop.do(path, by=OLEG).code == "used"
    assert len(shop.lines(EntryType.ACTION_REQUESTED)) == 1


def test_the_judge_of_presses_judges_here(shop: ApiHouse) -> None:
    shop.opened()
    path = f"/confirmations/{previewed(shop)['confirm']}"
    assert shop.do(path, by=OLEG).code == "double_tap"
    shop.passes()
    assert shop.do(path, by=ANNA).code == "not_yours"
    assert shop.do(path, by=VERA).code == "no_right"
    assert shop.do(path, by=ELSEWHERE).code == "out_of_scope"
    assert shop.do(path, by=DISABLED).code == "disabled"
    shop.passes(60)
    assert shop.do(path, by=OLEG).code == "expired"
    assert shop.do("/confirmations/nosuchtoken", by=OLEG).code == "unknown"
    assert shop.scene.performed == []
    why = [line.detail["why"] for line in shop.lines(EntryType.DENIED)]
    assert why == ["double_tap", "not_theirs", "viewer", "out_of_scope", "expired", "unknown_button"]


def test_a_button_of_a_chat_is_none_of_the_api(shop: ApiHouse) -> None:
    shop.opened()
    card = shop.post.wait_text("keeps crashing")
    token = shop.post.button(card, "Take")
    assert shop.do(f"/confirmations/{token}").code == "elsewhere"
    shop.press(card, "Roll back")
    shop.post.wait_text("Roll back shop/checkout")
    shop.passes()
    assert shop.do(f"/confirmations/{shop.post.button(card, 'Roll')}").code == "elsewhere"
    assert shop.scene.performed == []


def test_a_token_of_the_api_is_no_button_of_a_chat(shop: ApiHouse) -> None:
    shop.opened()
    card = shop.post.wait_text("keeps crashing")
    token = previewed(shop, by=ANNA)["confirm"]
    shop.passes()
    assert "another message" in shop.press_token(card, token)
    assert shop.scene.performed == []


def test_who_lost_the_right_meanwhile_does_nothing(shop: ApiHouse) -> None:
    shop.opened()
    session = shop.session(OLEG)
    told = previewed(shop, by=session)
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.VIEWER)))
    shop.passes()
    assert shop.do(f"/confirmations/{told['confirm']}", by=session).code == "no_right"
    assert shop.scene.performed == []


@pytest.mark.parametrize(
    ("by", "code"), [(VERA, "no_right"), (ELSEWHERE, "not_found"), (DISABLED, "disabled"), (None, "unauthenticated")]
)
def test_who_may_not_act_previews_nothing(shop: ApiHouse, by: int | None, code: str) -> None:
    shop.opened()
    assert shop.do("/incidents/1/preview", UNDO, by=by).code == code
    assert shop.lines(EntryType.LOOKED) == []


def test_an_object_elsewhere_is_not_reached_through_an_incident_here(shop: ApiHouse) -> None:
    shop.opened()
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.OPERATOR, namespace="shop"),)))
    there = {**UNDO, "ref": {**REF, "namespace": "kube-system"}}
    assert shop.do("/incidents/1/preview", there, by=OLEG).code == "out_of_scope"
    assert shop.ask("GET", "/incidents/1/logs?kind=Pod&name=x&namespace=kube-system", by=OLEG).code == "out_of_scope"
    assert shop.ask("GET", "/incidents/1/offers?kind=Node&name=worker-1", by=OLEG).code == "out_of_scope"


def test_what_cannot_be_undone_takes_a_word(shop: ApiHouse) -> None:
    shop.opened()
    destroying(shop)
    chosen = {"action": "delete_pod", "ref": {"kind": "Pod", "name": POD.name, "namespace": "shop", "uid": "uid-2"}}
    told = previewed(shop, chosen=chosen)
    assert (told["guard"], told["word"]) == ("word", word_of(POD))
    shop.passes()
    path = f"/confirmations/{told['confirm']}"
    assert shop.do(path, by=OLEG).code == "wrong_word"
    assert shop.do(path, {"word": "yes"}, by=OLEG).code == "wrong_word"
    assert shop.do(path, {"word": told["word"]}, by=OLEG).status == 202


def test_in_a_protected_namespace_somebody_else_approves_in_the_chat(shop: ApiHouse) -> None:
    shop.stop()
    shop.policy = Policy(protected=("shop",))
    shop.start()
    shop.opened()
    destroying(shop)
    told = previewed(shop)
    assert (told["guard"], told["confirm"]) == ("second", None)
    message = shop.post.wait_text("somebody else who may act has to approve")
    shop.passes()
    shop.press(message, "Approve")
    shop.until(lambda: shop.scene.performed)
    (asked,) = shop.lines(EntryType.ACTION_REQUESTED)
    assert asked.subject.id == str(ANNA)


def test_what_would_be_refused_offers_nothing_to_confirm(shop: ApiHouse) -> None:
    shop.opened()
    plan = Plan("rollout_undo", CHECKOUT)
    refusal = Preview(plan, refusal=Caution(cautions.NO_REVISION))
    shop.cluster.answer = lambda work: refusal if isinstance(work, MakePreview) else shop.scene(work)
    told = previewed(shop)
    assert told["confirm"] is None
    assert told["refusal"] == "There is no earlier revision to go back to."
    assert [line.detail["why"] for line in shop.lines(EntryType.DENIED)] == [cautions.NO_REVISION]


def test_what_is_no_action_is_not_tried(shop: ApiHouse) -> None:
    shop.opened()
    for action in ("describe", "rm_rf", ""):
        assert shop.do("/incidents/1/preview", {**UNDO, "action": action}).code == "no_action"


def test_what_can_be_done_to_an_object_is_offered_to_who_may(shop: ApiHouse) -> None:
    shop.opened()
    told = shop.get("/incidents/1/offers", by=OLEG, kind="Deployment", name="checkout", namespace="shop")
    by_action = {}
    for each in told["offers"]:
        by_action.setdefault(each["action"], []).append(each)
    assert {"describe", "rollout_restart", "rollout_undo", "scale_up"} <= set(by_action)
    assert {each["params"]["replicas"] for each in by_action["scale_up"]} >= {"6"}
    assert by_action["scale_up"][0]["now"] == "5"
    looking = shop.get("/incidents/1/offers", by=VERA, kind="Deployment", name="checkout", namespace="shop")
    assert looking["offers"]
    assert not [each for each in looking["offers"] if each["changes"]]


def test_every_offer_of_a_change_can_be_previewed_as_it_is(shop: ApiHouse) -> None:
    shop.opened()
    told = shop.get("/incidents/1/offers", by=OLEG, kind="Deployment", name="checkout", namespace="shop")
    changes = [each for each in told["offers"] if each["changes"]]
    assert changes
    session = shop.session(OLEG)
    for each in changes:
        shop.passes(2)
        chosen = {name: each[name] for name in ("action", "ref", "params")}
        assert previewed(shop, by=session, chosen=chosen)["confirm"]


def test_suggestions_are_for_who_may_act(shop: ApiHouse) -> None:
    shop.opened()
    assert shop.get("/incidents/1", by=OLEG)["suggestions"][0]["action"] == "rollout_undo"
    shown = shop.get("/incidents/1", by=VERA)
    assert not [each for each in shown["suggestions"] if each["changes"]]
    assert shown["can"] == []
