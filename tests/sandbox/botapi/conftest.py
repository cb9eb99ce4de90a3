"""A server moved by a hand clock, the real telebot pointed at it, and raw requests beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import telebot
from telebot import apihelper

from chatops.sandbox.botapi import BotApiServer, HandClock, Limits, Person

Raw = Callable[..., dict[str, Any]]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def server(clock: HandClock) -> Iterator[BotApiServer]:
    with BotApiServer(clock=clock, limits=Limits.off()) as running:
        yield running


@pytest.fixture
def bot(server: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> telebot.TeleBot:
    monkeypatch.setattr(apihelper, "API_URL", server.api_url)
    monkeypatch.setattr(apihelper, "FILE_URL", server.file_url)
    monkeypatch.setattr(apihelper, "SESSION_TIME_TO_LIVE", 0)
    return telebot.TeleBot(server.token, threaded=False)


@pytest.fixture
def anna(server: BotApiServer) -> Person:
    person = server.person(101, "Anna", username="anna")
    person.chat_with_bot()
    return person


@pytest.fixture
def call(server: BotApiServer) -> Raw:
    """One raw request with JSON parameters, giving the reply's object."""

    def send(method: str, **parameters: Any) -> dict[str, Any]:
        reply = requests.post(f"{server.url}/bot{server.token}/{method}", json=parameters, timeout=20)
        answer: dict[str, Any] = json.loads(reply.content)
        assert answer["ok"] or answer["error_code"] == reply.status_code
        return answer

    return send
