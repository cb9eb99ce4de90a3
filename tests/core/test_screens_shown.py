"""Every screen in both languages: as Telegram takes it, and as it looked when somebody last looked at it."""

import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from chatops.core.screens.base import Screen
from chatops.core.screens.chat import NAMES
from chatops.core.texts import LANGUAGES, Tongue, tongue
from tests.core.showing import SCREENS, drawn, plain_text

Draw = Callable[[Tongue], Screen]

LATIN = re.compile(r"[a-z]{4,}")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_a_screen(draw: Draw, language: str, snapshot: SnapshotAssertion) -> None:
    assert drawn(draw(tongue(language))) == snapshot


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_a_russian_screen_speaks_russian_and_an_english_one_does_not(draw: Draw) -> None:
    assert CYRILLIC.search(plain_text(draw(tongue("ru"))))
    english = draw(tongue("en"))
    said = [plain_text(english), *(button.label for row in english.rows for button in row)]
    # But for what a language calls itself.
    assert not any(CYRILLIC.search(each.replace(NAMES["ru"], "")) for each in said)


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_a_russian_button_is_russian(draw: Draw) -> None:
    """Only names of objects and programs stay as they are."""
    names = re.compile(
        r"Alertmanager|checkout|9pqzn|istio-proxy|migrate|init|worker|deploy|node|kubectl|pod |« @?\w+|issuer"
        r"|APIService|@oleg|@somebody\d+|CSV|Markdown|English|(?:prod\S*|\*)/\S+"
    )
    for row in draw(tongue("ru")).rows:
        for button in row:
            assert not LATIN.search(names.sub("", button.label)), button.label


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_buttons_beside_each_other_are_short(draw: Draw, language: str) -> None:
    """UX section 8, the icon not counted; what carries an object's name is cut by the client."""
    for row in draw(tongue(language)).rows:
        for button in row:
            words = re.sub(r"^\W+", "", button.label)
            if len(row) > 1 and "checkout" not in words:
                assert len(words) <= (16 if len(row) == 2 else 12), button.label


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_both_languages_offer_the_same_buttons(draw: Draw) -> None:
    def offered(language: str) -> list[list[tuple[object, ...]]]:
        rows = draw(tongue(language)).rows
        return [[(b.verb, b.args, b.ref, b.copy, b.style) for b in row] for row in rows]

    assert offered("en") == offered("ru")


@pytest.mark.parametrize("draw", SCREENS.values(), ids=SCREENS)
def test_drawing_twice_draws_the_same(draw: Draw) -> None:
    assert draw(tongue("en")) == draw(tongue("en"))
