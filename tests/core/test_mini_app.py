"""The ways into the Mini App: addresses, links, and where their button stands."""

import pytest

from chatops.core.buttons import Button, Verb
from chatops.core.mini_app import NO_APP, MiniApp
from chatops.core.outside import Outside
from chatops.core.people import ChatKind
from chatops.core.screens import incident_acts, welcome
from chatops.core.screens.base import Screen
from chatops.core.screens.card import card
from chatops.core.screens.mini_app import beside, door, login, no_login
from chatops.core.texts import tongue
from tests.core.scene import a_survey, an_incident, at
from tests.core.showing import plain_text

APP = MiniApp("https://ops.example/chatops", "incidents")
EN = tongue("en")


def test_addresses():
    assert APP.start == "https://ops.example/chatops/app/"
    assert APP.incident(96) == "https://ops.example/chatops/app/#/incident/96"
    assert APP.login("c-o_d3") == "https://ops.example/chatops/app/#login=c-o_d3"
    assert NO_APP.start == ""


@pytest.mark.parametrize(
    ("app", "bot", "is_main", "link"),
    [
        (APP, "ops_bot", False, "https://t.me/ops_bot/incidents?startapp=inc_96"),
        (APP, "ops_bot", True, "https://t.me/ops_bot/incidents?startapp=inc_96"),
        (MiniApp(APP.address), "ops_bot", True, "https://t.me/ops_bot?startapp=inc_96"),
        (MiniApp(APP.address), "ops_bot", False, ""),
        (APP, "", True, ""),
        (MiniApp("", "incidents"), "ops_bot", True, ""),
    ],
)
def test_a_link_is_one_that_telegram_knows_of(app, bot, is_main, link):
    assert app.link(96, bot=bot, is_main=is_main) == link


def test_a_private_chat_opens_it_and_a_group_follows_a_link():
    private = door(APP, 96, EN, private=True, bot="ops_bot", is_main=False)
    assert (private.web_app, private.url) == (APP.incident(96), "")
    group = door(APP, 96, EN, private=False, bot="ops_bot", is_main=False)
    assert (group.web_app, group.url) == ("", "https://t.me/ops_bot/incidents?startapp=inc_96")
    assert door(MiniApp(APP.address), 96, EN, private=False, bot="ops_bot", is_main=False) is None
    assert door(NO_APP, 96, EN, private=True, bot="ops_bot", is_main=True) is None


def test_its_button_goes_where_there_is_room():
    one, two, way = Button("1", Verb.CARD), Button("2", Verb.CARD), Button("📱", web_app="https://x.y/")
    long = Button("fourteen signs", Verb.CARD)
    assert beside([[one, two], [None, long], [two]], way) == [[one, two], [long, way], [two]]
    assert beside([[], [one, long], [one, two]], way) == [[], [one, long], [one, two, way]]
    assert beside([[one, long], [one, two, one]], way) == [[one, long], [one, two, one], [way]]
    assert beside([[None, one]], None) == [[None, one]]


@pytest.mark.parametrize("alertmanager", [True, False])
@pytest.mark.parametrize("prometheus", [True, False])
@pytest.mark.parametrize(("alike", "others"), [(0, False), (3, False), (3, True)])
def test_no_card_has_a_row_more_for_it(alertmanager, prometheus, alike, others):
    incident = an_incident(survey=a_survey())
    acts = incident_acts.rows(incident, EN, Outside(alertmanager, prometheus), alike=alike, others=others)
    before = drawn(incident, acts)
    after = drawn(incident, beside(acts, door(APP, incident.id, EN, private=True, bot="", is_main=False)))
    assert len(after.rows) == len(before.rows)
    assert max(map(len, after.rows)) == 3
    assert "📱 Mini App" in [button.label for row in after.rows for button in row]


def drawn(incident, acts) -> Screen:
    shown = card(incident, EN, now=at(5), acts=acts)
    assert plain_text(shown)
    return shown


def test_the_login_link_is_in_its_button_alone():
    shown = login(APP, "s3cret", EN)
    assert "s3cret" not in plain_text(shown)
    assert "once and for 5 minutes" in plain_text(shown)
    assert [[button.url for button in row] for row in shown.rows] == [[APP.login("s3cret")]]


def test_where_there_is_no_login_link_it_says_why():
    assert "private chat" in plain_text(no_login(ChatKind.GROUP, EN, possible=True))
    for kind in ChatKind:
        assert "PUBLIC_URL" in plain_text(no_login(kind, EN, possible=False))


def test_what_is_not_set_up_is_not_offered():
    assert "/login" not in welcome.help_screen(EN).html
    assert "/login" in welcome.help_screen(EN, app=True).html
    assert {name for name, _ in welcome.COMMANDS} - {name for name, _ in welcome.offered(app=False)} == {"login"}
