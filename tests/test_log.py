"""The log: one record per line whatever is in it, and no secret in any form."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatops import log
from chatops.core.redaction import HIDDEN

BOT_TOKEN = "123456789:AAcanary-canary_canary0123456789abc"
SECRET = 'canary "quoted" пароль/1'


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Logging belongs to the whole process, and pytest's own is part of it."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    raising = logging.raiseExceptions
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    logging.raiseExceptions = raising
    logging.captureWarnings(False)
    structlog.reset_defaults()


class Output:
    def __init__(self, form: str = "json", level: str = "info", secrets: tuple[str, ...] = (SECRET,)) -> None:
        self.stream = io.StringIO()
        log.configure(level, form, secrets=secrets, stream=self.stream)  # type: ignore[arg-type]
        self.log = structlog.get_logger("tests")

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def test_a_record_is_a_line_of_json() -> None:
    output = Output()
    output.log.info("stored", incident=42, source="eu1", nothing=None, names=("Ваня",))
    (record,) = output.records
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "level": "info",
        "event": "stored",
        "logger": "tests",
        "incident": 42,
        "source": "eu1",
        "nothing": None,
        "names": ["Ваня"],
    }
    assert "Ваня" in output.text


def test_the_records_of_libraries_take_the_same_way() -> None:
    output = Output()
    library = logging.getLogger("some.library")
    library.addHandler(logging.StreamHandler(sys.stderr))
    log.configure("info", "json", secrets=(SECRET,), stream=output.stream)
    library.warning("%s happened to %s", "it", SECRET, extra={"deep": {"secret": SECRET}})
    (record,) = output.records
    assert record["event"] == f"it happened to {HIDDEN}"
    assert record["deep"] == {"secret": HIDDEN}
    assert library.handlers == []


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "hostile",
    ['a\r\nb\n{"level":"error"}', "\x1b[2Jcleared", "a\u2028b\u2029c\x85d", "half \ud83d", "\x00\x07\x7f", '"}\\'],
)
def test_hostile_text_stays_in_its_line(form: str, hostile: str) -> None:
    output = Output(form)
    output.log.info(hostile, name=hostile, deep=[{"in": hostile}])
    logging.getLogger("library").error("%s", hostile)
    assert output.text.count("\n") == len(output.text.splitlines()) == 2
    assert output.text.isprintable() or all(letter.isprintable() or letter == "\n" for letter in output.text)
    if form == "json":
        assert output.records[0]["name"] == hostile


HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from('\n\r\v\f\x1b\x1c\x1d\x1e\x85\u2028\u2029\ud800\udfff\u202e\\"{}%'),
    )
)


@settings(max_examples=300, deadline=None)
@given(event=HOSTILE, name=HOSTILE, value=HOSTILE, form=st.sampled_from(["json", "console"]))
@example(event="%s %d", name="event\n", value="\ud83d", form="json")
@example(event="", name="exc_info", value="x", form="console")
def test_s13_one_record_is_one_line_whatever_it_holds(event: str, name: str, value: str, form: str) -> None:
    """S13: labels and names of strangers end no line, start no record and command no terminal."""
    output = Output(form)
    logging.getLogger("library").error("%s", value, extra={"labels": {name: value}})
    output.log.info(event, labels={name: value}, names=[value], error=ValueError(value))
    assert output.text.count("\n") == len(output.text.splitlines()) == 2
    output.text.encode()
    assert not set(output.text) & set("\x1b\r\u2028\u2029")
    if form == "json":
        library, own = output.records
        assert library["event"] == own["names"][0]
        assert own["level"] == "info"


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_hidden_wherever_they_stand(form: str) -> None:
    output = Output(form)
    output.log.info(
        f"event {SECRET}", value=SECRET, deep={"list": [SECRET.encode(), (SECRET,)]}, body=json.dumps(SECRET)
    )
    output.log.info("url", url=f"https://api.telegram.org/bot{BOT_TOKEN}/getMe", other="postgres://u:canary@db/x")
    output.log.info("header", headers={"Authorization": "Bearer canary-0123"}, raw="authorization: Basic Y2FuYXJ5Og==")
    output.log.info("quoted", query="?token=canary%20%22quoted%22%20%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C%2F1")
    try:
        raise ValueError(f"cannot log in with {SECRET}")
    except ValueError:
        output.log.exception("failed")
        logging.getLogger("library").exception("failed too")
    assert "canary" not in output.text
    assert "Y2FuYXJ5" not in output.text
    assert output.text.count(HIDDEN) >= 9


def test_words_that_are_no_secret_are_kept() -> None:
    output = Output(secrets=("abc", ""))
    output.log.info("abc at 12:30:45, see http://am:9093/#/alerts and a@b.example")
    assert output.records[0]["event"] == "abc at 12:30:45, see http://am:9093/#/alerts and a@b.example"


def test_a_traceback_cannot_pose_as_a_record_at_a_terminal() -> None:
    output = Output("console")
    try:
        raise ValueError("first\n2026-11-23T08:00:00Z [critical ] forged")
    except ValueError:
        output.log.exception("failed")
    first, *rest = output.text.splitlines()
    assert "failed" in first
    assert rest
    assert all(line.startswith("    ") for line in rest)


def test_what_nobody_caught_is_a_record_too() -> None:
    output = Output()

    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail, name="failing")
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    in_thread, in_main = output.records
    assert in_thread["thread"] == "failing"
    assert "ValueError" in in_thread["exception"]
    assert "ValueError" in in_main["exception"]
    assert "canary" not in output.text


def test_a_warning_is_a_record() -> None:
    output = Output()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        log.configure("info", "json", stream=output.stream)
        warnings.warn("canary is old", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert "canary is old" in output.records[0]["event"]


def test_levels_hold_and_noisy_libraries_are_quiet() -> None:
    output = Output(level="warning")
    output.log.info("unsaid")
    logging.getLogger("library").info("unsaid")
    logging.getLogger("waitress.queue").warning("Task queue depth is 1")
    assert output.text == ""
    output = Output(level="debug")
    logging.getLogger("urllib3.connectionpool").debug("unsaid")
    output.log.debug("said")
    assert [record["event"] for record in output.records] == ["said"]


def test_a_value_that_cannot_be_shown_costs_no_record() -> None:
    output = Output()
    ring: list[Any] = []
    ring.append(ring)

    class Shy:
        def __str__(self) -> str:
            raise ValueError("no")

        __repr__ = __str__

    for value in (ring, {(1, 2): "tuple"}, float("nan"), Shy()):
        output.log.info("said", value=value)
    assert [record["event"] for record in output.records] == ["said"] * 4
    assert "NaN" not in output.text
