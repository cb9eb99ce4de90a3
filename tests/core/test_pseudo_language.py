"""Every screen in a language two fifths longer than English: nothing is cut, left in English, or broken."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chatops.core.diagnostics import DIAGNOSTICS
from chatops.core.screens.base import Screen
from chatops.core.screens.fact_names import FACTS, VALUES, fact_name
from chatops.core.texts import Tongue, tongue
from tests.core import scene, showing
from tests.core.pseudo import CLOSE, OPEN, PseudoTongue, pseudo
from tests.core.showing import SCREENS, plain_text

Draw = Callable[[Tongue], Screen]
SPOKEN = PseudoTongue()

WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = frozenset(
    {
        # Programs, units, and Telegram's commands, which are the same in every language.
        *(
            "Alertmanager",
            "Argo",
            "Prometheus",
            "kubectl",
            "UTC",
            "CSV",
            "oncall",
            "chat",
            "maintenance",
            "routes",
            "Markdown",
            "subscribe",
            "unsubscribe",
            "users",
            "invite",
            "help",
        ),
        # A language calls itself what it does.
        "English",
        # kubectl's short names of kinds.
        *(
            "deploy",
            "cert",
            "csr",
            "cronjob",
            "hpa",
            "ing",
            "issuer",
            "job",
            "pdb",
            "pvc",
            "quota",
            "svc",
            "apiservice",
        ),
        # Of sources that are files somewhere else.
        "external",
    }
)


def words_of_the_data() -> set[str]:
    """Words that stand in the made-up cluster: names, log lines, reasons, what people wrote."""
    written = (Path(module.__file__ or "").read_text(encoding="utf-8") for module in (scene, showing))
    return {word for text in written for word in WORD.findall(text)} | {
        word for command in DIAGNOSTICS.values() for word in WORD.findall(" ".join(command.argv))
    }


DATA = words_of_the_data()


def labels(shown: Screen) -> list[str]:
    return [button.label for row in shown.rows for button in row]


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_a_screen_is_whole(draw: Draw) -> None:
    """Tags are closed, what Telegram takes holds it, and no sentence or label lost its end."""
    shown = draw(SPOKEN)
    for line in (plain_text(shown), *labels(shown)):
        assert line.count(OPEN) == line.count(CLOSE), line


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_a_screen_says_nothing_in_english(draw: Draw) -> None:
    shown = draw(SPOKEN)
    for line in (*plain_text(shown).splitlines(), *labels(shown)):
        left = {word for word in WORD.findall(line) if word not in NAMES and set(word) != {"x"}}
        assert left <= DATA, line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("card, other limits", "app env"),
        ("diagnostics, output", "exit code"),
        ("graph", "expr"),
        ("report", "updated"),
        ("timeline", "tap"),
        ("scrape targets", "targets"),
    ],
)
def test_what_the_data_calls_by_a_word_of_ours_is_translated(name: str, line: str) -> None:
    """Such words pass the test above, whoever says them."""
    text = plain_text(SCREENS[name](SPOKEN))
    assert not re.search(rf"(?m)\b{line}(?:: |, |\))", text), text


def test_no_label_beside_two_others_is_longer_than_a_phone_shows() -> None:
    """UX section 8, in each language that there is; what carries an object's name is cut by the client."""
    long = set()
    for draw in SCREENS.values():
        for language in ("en", "ru"):
            for row in draw(tongue(language)).rows:
                words = [re.sub(r"^\W+", "", button.label) for button in row]
                long.update(word for word in words if len(row) >= 3 and len(word) > 10 and "checkout" not in word)
    assert long == TOO_LONG


TOO_LONG = {"Errors only", "Логи падения", "Полный текст", "наблюдатель"}
"""One or two letters more, for which no shorter word is as clear. The list does not grow."""


def test_the_language_is_what_it_says() -> None:
    assert pseudo("Take {n} <b>pods</b> &amp; go") == f"{OPEN}Ţàķé {{n}} <b>ƥöďś</b> &amp; ĝö{'~' * 6}{CLOSE}"
    assert pseudo("") == ""
    assert SPOKEN.plural("{n} pod", "{n} pods", 2) == f"{OPEN}2 ƥöďś~~{CLOSE}"


# Names of facts


def test_names_of_facts_are_translated_and_names_of_things_are_not() -> None:
    assert fact_name("image", SPOKEN) == pseudo("image")
    assert fact_name("app image", SPOKEN) == f"app {pseudo('image')}"
    assert fact_name("PodScheduled", SPOKEN) == "PodScheduled"
    assert fact_name("app {image}", SPOKEN) == "app {image}"
    assert {fact_name(name, SPOKEN) for name in FACTS} == {pseudo(name) for name in FACTS}
    assert {"yes", "no", "none"} == VALUES


def test_a_container_keeps_its_name_though_it_is_called_like_a_fact() -> None:
    for ref in (scene.POD, scene.WORKLOAD):
        assert fact_name("server", SPOKEN, ref) == "server"
        assert fact_name("server image", SPOKEN, ref) == f"server {pseudo('image')}"
        assert fact_name("ready", SPOKEN, ref) == pseudo("ready")


# Moments

MOMENT = re.compile(r"\d\d\.\d\d[. ]\d|\d\d:\d\d(?!\d*[/)])|\d{4}-\d\d-\d\d")


IN_A_ZONE_THAT_IS_NAMED = ("silence", "review", "routes")
"""The presets of a silence are fixed hours, a review counts days and nights as one zone has them, and a chat's quiet
hours are by its own clock.
"""


@pytest.mark.parametrize("name", [name for name in SCREENS if not name.startswith(IN_A_ZONE_THAT_IS_NAMED)])
def test_moments_are_in_the_readers_own_zone(name: str) -> None:
    """All but those that a log line begins with."""
    draw = SCREENS[name]
    html = re.sub(r"(?s)<pre>.*?</pre>|<tg-time[^>]*>.*?</tg-time>", "", draw(tongue("en")).html)
    assert not MOMENT.search(html), html


def test_a_moment_of_the_cluster_is_one_of_the_readers() -> None:
    assert tongue("en").stamped("made 2026-11-23 08:48 UTC <b>") == (
        'made <tg-time unix="1795423680" format="dt">2026-11-23 08:48 UTC</tg-time> &lt;b&gt;'
    )
    for other in ("2026-13-45 99:99 UTC", "12026-11-23 08:48 UTC", "2026-11-23T08:48:00Z", ""):
        assert tongue("en").stamped(other) == other
