"""The Russian catalogue: complete, true to its English twin, compiled."""

import io
import re
import string
import unicodedata
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import chatops

PACKAGE = Path(chatops.__file__).parent
SPEAKING = ("core", "actors")
"""The folders that have something to say to people."""

KEYWORDS = {"say": None, "plain": None, "mark": None, "_m": None, "plural": (1, 2)}
RUSSIAN = PACKAGE / "locale" / "ru" / "LC_MESSAGES" / "chatops.po"
TAG = re.compile(r"</?[a-z][^>]*>")
FORMS = 3


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="ru", domain="chatops")


def _extracted() -> set[str | tuple[str, ...]]:
    return {
        found[2]
        for folder in SPEAKING
        for found in extract_from_dir(PACKAGE / folder, [("**.py", "python")], keywords=KEYWORDS)
        if found[2]
    }


CATALOGUE = _read(RUSSIAN)
MESSAGES = [message for message in CATALOGUE if message.id]
EXTRACTED = _extracted()


def said(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def meant(message: Message) -> str:
    """The English that has every place: of two forms, the plural."""
    return message.id[-1] if isinstance(message.id, tuple | list) else message.id


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_messages_are_found_at_all() -> None:
    assert len(EXTRACTED) > 250


def test_everything_said_has_a_russian_twin_and_nothing_else_has() -> None:
    known = {tuple(m.id) if isinstance(m.id, list) else m.id for m in MESSAGES}
    assert EXTRACTED - known == set()
    assert known - EXTRACTED == set()


@pytest.mark.parametrize("message", MESSAGES, ids=meant)
def test_a_translation_is_true_to_its_message(message: Message) -> None:
    assert not message.fuzzy
    translations = said(message)
    assert len(translations) == (FORMS if message.pluralizable else 1)
    english = meant(message)
    for russian in translations:
        assert russian.strip(), english
        assert places(russian) == places(english), english
        assert TAG.findall(russian) == TAG.findall(english), english
        assert russian.count("\n") == english.count("\n")
        assert (russian[0] == " ") == (english[0] == " ")


@pytest.mark.parametrize("message", MESSAGES, ids=meant)
def test_an_icon_stays_the_same_icon(message: Message) -> None:
    first = meant(message).split()[0]
    quoted = unicodedata.category(first[0]) == "Pi"
    if not first.isascii() and not first[0].isalnum() and not quoted:
        assert all(russian.split()[0] == first for russian in said(message))


def test_no_gendered_past_tense_about_people() -> None:
    """UX section 8: nouns instead of verbs that know whether @anna is a woman."""
    gendered = re.compile(r"\{(?:who|name)\}\s+\w+(?:л|ла|лся|лась)\b|\(а\)")
    assert [m.id for m in MESSAGES for russian in said(m) if gendered.search(russian)] == []


def test_the_compiled_catalogue_is_what_the_text_compiles_to() -> None:
    wanted = io.BytesIO()
    write_mo(wanted, CATALOGUE)
    wanted.seek(0)
    with RUSSIAN.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)

    def table(catalogue: Catalog) -> dict[object, object]:
        return {str(m.id): m.string for m in catalogue if m.id}

    assert table(compiled) == table(read_mo(wanted))
    assert compiled.plural_forms == CATALOGUE.plural_forms
