"""The page's two catalogues: the same sentences in both, each of them used, numbers in all their forms."""

import json
import re
from typing import Any

import pytest
from babel import Locale

from chatops.web.miniapp import FILES

LANGUAGES = ("en", "ru")
NAME = re.compile(r"\{(\w+)\}")
# More than a Russian number needs: fractions have a form of their own.
FORMS = {"en": {"one", "other"}, "ru": {"one", "few", "many", "other"}}


def catalogue(language: str) -> dict[str, Any]:
    text = (FILES / "words" / f"{language}.js").read_text()
    told: dict[str, Any] = json.loads(text[text.index("{\n") : text.rindex("}") + 1])
    return told


EN, RU = (catalogue(language) for language in LANGUAGES)
SOURCES = {path.name: path.read_text() for path in FILES.rglob("*.js") if not {"vendor", "words"} & set(path.parts)}


def test_both_have_the_same_sentences_in_the_same_order() -> None:
    assert list(EN) == list(RU)
    assert [isinstance(each, dict) for each in EN.values()] == [isinstance(each, dict) for each in RU.values()]


@pytest.mark.parametrize("key", EN)
def test_both_name_the_same_places(key: str) -> None:
    def places(told: Any) -> list[set[str]]:
        return [set(NAME.findall(each)) for each in (told.values() if isinstance(told, dict) else [told])]

    # "reopened once" needs no number.
    assert set().union(*places(EN[key])) == set().union(*places(RU[key]))
    assert all(places(RU[key])[0] == each for each in places(RU[key]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_every_form_their_language_knows(language: str) -> None:
    rules = set(Locale(language).plural_form.tags) | {"other"}
    assert rules == FORMS[language]
    for key, told in catalogue(language).items():
        if isinstance(told, dict):
            assert set(told) == rules, key


def test_every_sentence_is_used() -> None:
    written = set(re.findall(r"""['"]([a-z]+(?:\.\w+)?)['"]""", "\n".join(SOURCES.values())))
    assert set(EN) - written == set()


def test_every_sentence_that_is_asked_for_is_there() -> None:
    for name, text in SOURCES.items():
        plain = set(re.findall(r"\bsay\('([^']+)'", text))
        counted = set(re.findall(r"\bcount\('([^']+)'", text))
        assert plain <= set(EN), name
        assert counted <= {key for key, told in EN.items() if isinstance(told, dict)}, name
        assert plain.isdisjoint({key for key, told in EN.items() if isinstance(told, dict)}), name


def test_nothing_russian_was_left_in_english_or_the_other_way() -> None:
    names = re.compile(r"API|CSV|p90|Alertmanager|Kubernetes|id|n|/login|Telegram|#")
    for key in EN:
        english, russian = json.dumps(EN[key], ensure_ascii=False), json.dumps(RU[key], ensure_ascii=False)
        assert not re.search("[а-яё]", english, re.I), key
        words = NAME.sub("", names.sub("", russian))
        assert re.search("[а-яё]", russian, re.I) or not re.search("[a-z]{2}", words, re.I), key
