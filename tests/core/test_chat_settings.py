"""What can be set for a chat, what it is shown as, and what a topic is called."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Severity
from chatops.core.buttons import Verb
from chatops.core.chat_settings import OFF, ON, ChatSettings, Setting
from chatops.core.incidents import Status
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.screens.card import card
from chatops.core.screens.chat import QUESTIONS, allowed, chat_screen, question
from chatops.core.screens.topic import LONGEST, same_state, topic_name
from chatops.core.telegram_text import units
from chatops.core.texts import tongue
from tests.core.scene import an_incident, at
from tests.core.showing import plain_text

EN = tongue("en")
GROUP, PRIVATE = Chat(-5, ChatKind.GROUP), Chat(5, ChatKind.PRIVATE)
ANNA = User(1, "@anna", everywhere(Role.ADMIN))


@pytest.mark.parametrize(
    ("setting", "value", "group", "private"),
    [
        ("pins", "on", True, False),
        ("topics", "off", True, False),
        ("language", "ru", True, True),
        ("language", "xx", False, False),
        ("pins", "ru", False, False),
        ("language", "on", False, False),
        ("name", "on", False, False),
        ("", "", False, False),
    ],
)
def test_what_a_button_says_is_not_believed(setting, value, group, private):
    assert (allowed(setting, value, GROUP), allowed(setting, value, PRIVATE)) == (group, private)


def test_everything_that_can_be_set_has_its_question():
    for setting in (Setting.PINS, Setting.TOPICS):
        for value in (ON, OFF):
            assert (setting, value) in QUESTIONS
            shown = question(setting, value, EN, by=ANNA)
            (yes, cancel) = shown.rows[0]
            assert (yes.verb, yes.once, yes.for_user, yes.args) == (
                Verb.SET_CHAT,
                True,
                ANNA.id,
                {"set": setting.value, "to": value},
            )
            assert cancel.verb is Verb.CHAT


def test_a_private_chat_has_a_language_only():
    shown = chat_screen(PRIVATE, ChatSettings(), EN, language="en")
    assert {button.args.get("set") for row in shown.rows for button in row} == {"language", None}


def test_what_telegram_refuses_is_said_and_offered_again():
    shown = chat_screen(GROUP, ChatSettings(topics=True, topics_refused="the <chat> is not a forum"), EN, language="en")
    assert "Telegram refuses it (the <chat> is not a forum)" in plain_text(shown)
    offered = {(b.args["set"], b.args["to"]) for row in shown.rows for b in row if "set" in b.args}
    assert offered == {("language", "en"), ("language", "ru"), ("pins", "off"), ("topics", "on")}
    assert "refuses" not in plain_text(
        chat_screen(GROUP, ChatSettings(topics_refused="not a forum"), EN, language="en")
    )


def test_the_name_of_a_topic_says_how_its_incident_stands():
    incident = an_incident(severity=Severity.CRITICAL)
    names = [
        topic_name(replace(incident, **changed), EN)
        for changed in ({}, {"severity": Severity.WARNING}, {"status": Status.RESOLVED}, {"status": Status.REJECTED})
    ]
    assert [name.split()[0] for name in names] == ["🔴", "🟠", "🟢", "⚪"]
    assert all(name.split()[1] == f"#{incident.id}" for name in names)
    assert same_state(names[0], "🔴 #96 Something else")
    assert not same_state(names[0], names[2])


@given(title=st.text(max_size=400))
def test_any_title_makes_a_name_that_telegram_takes(title):
    name = topic_name(replace(an_incident(), title=title), EN)
    assert 1 <= units(name) <= LONGEST
    assert "\n" not in name


def test_the_number_leads_to_the_readers_own_chat():
    incident = an_incident()
    shown = card(incident, EN, now=at(20), bot="chatops_bot")
    assert f'<a href="https://t.me/chatops_bot?start=inc_{incident.id}">#{incident.id}</a>' in shown.html
    assert "t.me" not in card(incident, EN, now=at(20)).html
