"""/chat: what is set for this chat, and the question before something of it is set otherwise."""

from datetime import timedelta

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.chat_settings import OF_GROUPS, OFF, ON, ChatSettings, Setting
from chatops.core.people import Chat, ChatKind, User
from chatops.core.screens.base import Screen, screen
from chatops.core.screens.welcome import here
from chatops.core.texts import LANGUAGES, Tongue, mark, one_line

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

NAMES = {"en": "English", "ru": "Русский"}
"""Each language in its own words."""

QUESTIONS = {
    (Setting.PINS, ON): mark("📌 Pin the cards of open critical incidents here?"),
    (Setting.PINS, OFF): mark("📌 Pin no more cards here?"),
    (Setting.TOPICS, ON): mark(
        "🧵 Make a topic for each critical incident here, and close it with the incident?\n"
        "The group has to be a forum, and the bot an admin of it with the right to manage topics."
    ),
    (Setting.TOPICS, OFF): mark("🧵 Make no more topics for incidents here?"),
}

SWITCHES = {
    (Setting.PINS, ON): mark("Pin cards"),
    (Setting.PINS, OFF): mark("Pin no cards"),
    (Setting.TOPICS, ON): mark("A topic each"),
    (Setting.TOPICS, OFF): mark("No topics"),
}


def allowed(setting: str, value: str, chat: Chat) -> bool:
    """Whether this can be set to that here: what a button says is not believed."""
    if setting == Setting.LANGUAGE:
        return value in LANGUAGES
    return setting in OF_GROUPS and value in (ON, OFF) and chat.kind is not ChatKind.PRIVATE


def chat_screen(chat: Chat, settings: ChatSettings, tongue: Tongue, *, language: str) -> Screen:
    """`language` is what the chat is spoken to in; who asked may read this in another."""
    lines: list[Markup | str | None] = [
        tongue.say("⚙️ <b>This chat</b>"),
        here(chat, tongue),
        tongue.say("🌐 Language: {language}", language=NAMES[language]),
    ]
    rows = [[Button("🌐 " + NAMES[each], Verb.CHAT, {"set": Setting.LANGUAGE.value, "to": each}) for each in LANGUAGES]]
    if chat.kind is not ChatKind.PRIVATE:
        lines += [*_pins(settings, tongue), *_topics(settings, tongue)]
        rows.append([_switch(Setting.PINS, settings.pinning, tongue)])
        rows.append([_switch(Setting.TOPICS, settings.opening_topics, tongue)])
    return screen(lines, [*rows, [Button("🔄", Verb.CHAT)]])


def question(setting: Setting, value: str, tongue: Tongue, *, by: User | None) -> Screen:
    """Before it is set; only `by` can confirm it."""
    said = (
        tongue.say("🌐 Speak {language} here from now on?", language=NAMES[value])
        if setting is Setting.LANGUAGE
        else tongue.say(QUESTIONS[setting, value])
    )
    does = Button(
        "✅ " + tongue.plain("Yes"),
        Verb.SET_CHAT,
        {"set": setting.value, "to": value},
        for_user=by.id if by else None,
        lifetime=LIFETIME,
        once=True,
    )
    return screen([said], [[does if by else None, Button(tongue.plain("Cancel"), Verb.CHAT)]])


def _switch(setting: Setting, on: bool, tongue: Tongue) -> Button:
    value = OFF if on else ON
    icon = "📌 " if setting is Setting.PINS else "🧵 "
    return Button(icon + tongue.plain(SWITCHES[setting, value]), Verb.CHAT, {"set": setting.value, "to": value})


def _pins(settings: ChatSettings, tongue: Tongue) -> list[Markup | str | None]:
    said = (
        tongue.say("📌 Cards of open critical incidents are pinned.")
        if settings.pins
        else tongue.say("📌 No cards are pinned.")
    )
    return [said, _refused(settings.pins_refused if settings.pins else "", tongue)]


def _topics(settings: ChatSettings, tongue: Tongue) -> list[Markup | str | None]:
    said = (
        tongue.say("🧵 Each critical incident gets a topic of its own.")
        if settings.topics
        else tongue.say("🧵 Incidents get no topics of their own.")
    )
    return [said, _refused(settings.topics_refused if settings.topics else "", tongue)]


def _refused(words: str, tongue: Tongue) -> Markup | None:
    said = tongue.say(
        "⚠️ Not done: Telegram refuses it ({words}). It is tried again once the bot's rights here change.",
        words=one_line(words, 200),
    )
    return said if words else None
