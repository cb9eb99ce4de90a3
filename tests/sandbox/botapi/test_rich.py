"""Rich messages, as far as the Bot API says what they may hold."""

from __future__ import annotations

import pytest
import requests

from chatops.sandbox.botapi import BotApiServer, Knows, Person
from chatops.sandbox.botapi.rich import parse, visible

from .conftest import Raw

POD = '<tg-button type="callback_data" style="link" data="t1">🔴 x2k4q</tg-button>'
PODS = f"<p><b>Pods</b> 3/5</p><table compact><tr><td>{POD}</td><td>CrashLoopBackOff</td></tr></table>"


def rich(html: str) -> dict[str, object]:
    return {"html": html, "skip_entity_detection": True}


def test_a_table_whose_row_is_pressed(call: Raw, anna: Person) -> None:
    keys = {"inline_keyboard": [[{"text": "Logs", "callback_data": "t2"}]]}
    sent = call("sendRichMessage", chat_id=anna.id, rich_message=rich(PODS), reply_markup=keys)["result"]
    assert "text" not in sent
    assert "rich_message" in sent
    seen = anna.messages()[-1]
    assert (seen.text, seen.buttons, seen.rich) == ("Pods 3/5\n🔴 x2k4q CrashLoopBackOff", ["🔴 x2k4q", "Logs"], True)
    anna.tap(seen, "x2k4q")
    assert call("getUpdates")["result"][-1]["callback_query"]["data"] == "t1"


def test_an_edit_makes_text_rich_and_back(call: Raw, anna: Person) -> None:
    number = call("sendMessage", chat_id=anna.id, text="one")["result"]["message_id"]
    place = {"chat_id": anna.id, "message_id": number}
    assert call("editMessageText", **place, rich_message=rich(PODS))["ok"]
    assert anna.messages()[-1].rich
    assert "not modified" in call("editMessageText", **place, rich_message=rich(PODS))["description"]
    assert call("editMessageText", **place, text="two")["ok"]
    assert (anna.messages()[-1].text, anna.messages()[-1].rich) == ("two", False)
    assert "together" in call("editMessageText", **place, text="x", rich_message=rich(PODS))["description"]


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("", "empty"),
        ("<p> </p>", "empty"),
        ("<script>x</script>", 'start tag "script"'),
        ("<p>x", "end tag"),
        ("<p>x</b>", "end tag"),
        ("<td>x</td>", "can't be inside"),
        ("<table><td>x</td></table>", "can't be inside"),
        ("<p><table><tr><td>x</td></tr></table></p>", "can't be inside"),
        ("<table><tr><td><p>x</p></td></tr></table>", "can't be inside"),
        ("<details>x</details>", "summary"),
        ("<p>&copy; x</p>", "entity"),
        ("<p>" + "x" * 32_769 + "</p>", "too long"),
        ("<p>x</p>" * 501, "too many blocks"),
        ("<table>" + "<tr><td>x</td></tr>" * 500 + "</table>", "too many blocks"),
        ("<table><tr>" + "<td>x</td>" * 21 + "</tr></table>", "too many columns"),
        ("<p>" + "<b>" * 16 + "x" + "</b>" * 16 + "</p>", "too deep"),
        (f"<tg-button-row>{POD * 9}</tg-button-row>", "1-8"),
        (f"<tg-button-row>{POD}</tg-button-row>".replace("t1", "t" * 65), "BUTTON_DATA_INVALID"),
        (f"<p>{POD}</p>".replace("link", "sparkling"), "style"),
        ('<p><tg-button type="url" style="link" url="https://t.me">x</tg-button></p>', "style"),
        ('<p><tg-button type="callback_data" data="t"><b>x</b></tg-button></p>', "BUTTON_TEXT_INVALID"),
        ('<p><tg-button type="horn" data="t">x</tg-button></p>', "type"),
    ],
)
def test_what_is_no_rich_message_is_refused(call: Raw, anna: Person, html: str, words: str) -> None:
    refusal = call("sendRichMessage", chat_id=anna.id, rich_message=rich(html))
    assert (refusal["ok"], refusal["error_code"]) == (False, 400)
    assert words in refusal["description"]
    assert anna.messages() == []


def test_the_limits_themselves_are_taken() -> None:
    parse("<p>x</p>" * 500)
    parse("<p>" + "x" * 32_768 + "</p>")
    parse("<table><tr>" + "<td>x</td>" * 20 + "</tr></table>")
    parse("<p>" + "<b>" * 15 + "x" + "</b>" * 15 + "</p>")
    section = "<details open><summary>Events</summary><p>a &#39;b&#39; &amp; &lt;c&gt;</p></details>"
    assert visible(parse(section)) == "Events\na 'b' & <c>"


def test_an_older_server_knows_neither_the_method_nor_the_parameter(call: Raw, server: BotApiServer, anna) -> None:
    number = call("sendMessage", chat_id=anna.id, text="one")["result"]["message_id"]
    server.be_older(rich=Knows.IGNORED)
    assert call("sendRichMessage", chat_id=anna.id, rich_message=rich(PODS))["error_code"] == 404
    edit = call("editMessageText", chat_id=anna.id, message_id=number, rich_message=rich(PODS))
    assert edit["description"] == "Bad Request: message text is empty"
    server.be_older(rich=Knows.REFUSED)
    for method in ("sendRichMessage", "editMessageText"):
        refusal = call(method, chat_id=anna.id, message_id=number, rich_message=rich(PODS))
        assert refusal["error_code"] == 400


def test_the_page_gets_it_as_a_tree(call: Raw, server: BotApiServer, anna: Person) -> None:
    call("sendRichMessage", chat_id=anna.id, rich_message=rich(PODS))
    told = requests.get(f"{server.url}/chat/changes?after=0&as={anna.id}", timeout=20).json()["messages"][-1]["rich"]
    table = told["inside"][1]
    assert (table["tag"], table["attributes"]) == ("table", {"compact": ""})
    cell = table["inside"][0]["inside"][0]["inside"][0]
    assert (cell["tag"], cell["attributes"]["data"], cell["inside"]) == ("tg-button", "t1", ["🔴 x2k4q"])
