"""Whatever a label holds is shown literally, and no card is lost to it."""

from tests.flows.town import crash_loop, town

HOSTILE = {
    "tags": "<b>bold</b><script>alert(1)</script>",
    "quotes": "\"double\" 'single' `back` &amp; & <",
    "emoji": "🔥👩‍👩‍👧‍👦🇺🇦",
    "cyrillic": "Проверка связи: магазин",
    "rtl": "\u202eevil\u202c مرحبا",
    "nul": "a\x00b",
}


def test_s9_a_hostile_value_is_shown_literally(tmp_path):
    """S9: over every part of the service, to Telegram's own parser; one incident each."""
    with town(tmp_path, STORM_THRESHOLD="50") as place:
        for number, (what, value) in enumerate(HOSTILE.items(), 1):
            assert place.post(crash_loop(alertname=value, cluster=value[:30])) == 200
            card = place.card(f"#{number}")
            match what:
                case "nul":
                    assert "a\N{REPLACEMENT CHARACTER}b" in card.text
                case "rtl":
                    # What turns the direction of the rest of the line is shown as a sign, its words as they are.
                    assert "\u202e" not in card.text
                    assert "مرحبا" in card.text
                case _:
                    assert value[:30] in card.text, what


def test_r23_five_thousand_characters_everywhere(place):
    """R23: and the card can still be used."""
    long = "длинно<>&" * 600
    assert place.post(crash_loop(alertname=long, cluster=long, namespace=long, deployment=long)) == 200
    card = place.card("#1")
    assert len(card.text.encode("utf-16-le")) // 2 <= 4096
    assert place.press(card, "Take")
    place.card("@anna has it")
