"""What pages of other origins could have a browser send and read: nothing."""

from tests.api.door import ANNA, ApiHouse

EVIL = "https://evil.example"


def test_s16_nothing_is_told_or_done_for_another_origin(shop: ApiHouse) -> None:
    """S16: who asks is in a header that no browser sends by itself; no answer lets another origin read it."""
    session = shop.session(ANNA)
    token = session.removeprefix("Bearer ")
    number = shop.opened()
    path = f"/incidents/{number}/acknowledge"
    for cookie in (f"session={token}", f"token={token}", f"Authorization={session}"):
        assert shop.ask("POST", path, {}, by=None, Cookie=cookie, Origin=EVIL).status == 401
    # A form can send this without a preflight, and JSON only in disguise.
    disguised = shop.ask("POST", path, b"{}", by=session, Content_Type="text/plain", Origin=EVIL)
    assert disguised.status == 415
    incident = shop.store.incidents.get(number)
    assert incident is not None
    assert incident.taken_by is None

    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}
    answers = [
        shop.ask("OPTIONS", path, by=None, Origin=EVIL, **asked),
        shop.ask("GET", "/me", by=session, Origin=EVIL),
        shop.ask("POST", "/session", {"code": "x"}, by=None, Origin=EVIL),
    ]
    assert [each.status for each in answers] == [405, 200, 401]
    for each in answers:
        assert not {"set-cookie", "access-control-allow-origin", "access-control-allow-headers"} & set(each.headers)
