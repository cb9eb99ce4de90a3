"""Tokens: unguessable, reused where that is safe, and used up once."""

import base64
import random
import string
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatops.core.buttons import Button, Offered, Verb
from chatops.db.buttons import KEPT, LONGEST_TOKEN, TOKEN_BYTES
from chatops.db.store import Store
from tests.outside import outside

from .building import DEPLOYMENT, MINUTE, NOW

TAKE = Button("Take", Verb.TAKE, incident_id=1)
LOGS = Button("Logs", Verb.LOGS, {"container": "app"}, DEPLOYMENT, 1)
CONFIRM = Button("Do it", Verb.CONFIRM, {"run": "r"}, DEPLOYMENT, 1, for_user=7, lifetime=MINUTE, once=True)


def offered(store: Store, token: str) -> Offered:
    found = store.buttons.find(token)
    assert found is not None
    return found


def test_what_was_offered_is_found(store: Store) -> None:
    take, link, confirm = store.buttons.offer(-5, 10, [TAKE, Button("Graph", url="https://x"), CONFIRM], NOW)
    assert link == ""
    assert offered(store, take) == Offered(take, -5, 10, Verb.TAKE, {}, None, 1, None, NOW, None)
    assert offered(store, confirm) == Offered(
        confirm, -5, 10, Verb.CONFIRM, {"run": "r"}, DEPLOYMENT, 1, 7, NOW, NOW + MINUTE
    )


def test_r23_tokens_are_short_ascii_and_all_different(store: Store) -> None:
    """R23: 20 bytes of the 64 that Telegram takes."""
    tokens = [token for _ in range(20) for token in store.buttons.offer(-5, None, [CONFIRM] * 10, NOW)]
    assert len(set(tokens)) == 200
    assert all(len(token) == 20 and token.isascii() and len(token) <= LONGEST_TOKEN for token in tokens)


def test_an_edit_reuses_what_reads_the_same(store: Store) -> None:
    first = store.buttons.offer(-5, 10, [TAKE, LOGS], NOW)
    relabelled = replace(LOGS, label="Журнал", style="primary")
    assert store.buttons.offer(-5, 10, [relabelled, TAKE], NOW + MINUTE) == (first[1], first[0])


@pytest.mark.parametrize(
    "change",
    [
        {"verb": Verb.EVENTS},
        {"args": {"container": "other"}},
        {"ref": replace(DEPLOYMENT, uid="uid-2")},
        {"incident_id": 2},
        {"for_user": 7},
        {"once": True},
        {"lifetime": MINUTE},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_reads_otherwise_gets_its_own_token(store: Store, change: dict[str, Any]) -> None:
    (token,) = store.buttons.offer(-5, 10, [LOGS], NOW)
    (other,) = store.buttons.offer(-5, 10, [replace(LOGS, **change)], NOW)
    assert other != token


def test_other_messages_and_chats_have_their_own_tokens(store: Store) -> None:
    places = [(-5, 10), (-5, 11), (-6, 10), (-5, None), (-5, None)]
    assert len({store.buttons.offer(chat, message, [TAKE], NOW) for chat, message in places}) == 5


def test_one_time_and_passing_buttons_are_never_offered_again(store: Store) -> None:
    passing = replace(TAKE, lifetime=MINUTE)
    assert len({*store.buttons.offer(-5, 10, [CONFIRM, passing] * 2, NOW)}) == 4
    assert len({*store.buttons.offer(-5, 10, [TAKE, TAKE], NOW)}) == 1


def test_a_token_is_bound_once(store: Store) -> None:
    tokens = store.buttons.offer(-5, None, [TAKE, Button("Graph", url="https://x"), LOGS], NOW)
    assert offered(store, tokens[0]).message_id is None
    store.buttons.bind(tokens, 10)
    store.buttons.bind(tokens, 99)
    store.buttons.bind((), 10)
    assert [offered(store, token).message_id for token in tokens if token] == [10, 10]
    assert store.buttons.offer(-5, 10, [LOGS, TAKE], NOW) == (tokens[2], tokens[0]), "bound, so reused by edits"


@pytest.mark.parametrize("data", ["", "x", "\0", "\ud800", "ж" * 10, "x" * 25, "x" * 100_000, "' OR 1=1 --", "null"])
def test_s3_whatever_a_client_sends_is_not_found(store: Store, data: str) -> None:
    """S3: and breaks nothing."""
    store.buttons.offer(-5, 10, [TAKE], NOW)
    assert store.buttons.find(data) is None
    assert store.buttons.use(data, "7", NOW) is False


def test_one_time_means_one_time(store: Store) -> None:
    (token,) = store.buttons.offer(-5, 10, [CONFIRM], NOW)
    assert store.buttons.use(token, "Anna", NOW + MINUTE / 2)
    assert not store.buttons.use(token, "Boris", NOW + MINUTE / 2)
    used = offered(store, token)
    assert (used.used_by, used.used_at) == ("Anna", NOW + MINUTE / 2)


def test_an_expired_button_does_not_count(store: Store) -> None:
    (token,) = store.buttons.offer(-5, 10, [CONFIRM], NOW)
    assert not store.buttons.use(token, "Anna", NOW + MINUTE)
    assert offered(store, token).used_at is None


def test_a_lasting_button_counts_every_time(store: Store) -> None:
    (token,) = store.buttons.offer(-5, 10, [TAKE], NOW)
    assert [store.buttons.use(token, "Anna", NOW) for _ in range(3)] == [True] * 3
    assert offered(store, token).used_at is None


def test_r22_of_sixty_four_presses_at_once_one_counts(store: Store) -> None:
    """R22: whichever is first."""
    (token,) = store.buttons.offer(-5, 10, [CONFIRM], NOW)
    gate = threading.Barrier(64)
    won: list[str] = []

    def press(name: str) -> None:
        gate.wait(20)
        if store.buttons.use(token, name, NOW):
            won.append(name)

    threads = [threading.Thread(target=press, args=(str(number),)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [offered(store, token).used_by] == won


def test_the_expired_are_remembered_for_a_month(store: Store) -> None:
    confirm, take = store.buttons.offer(-5, 10, [CONFIRM, TAKE], NOW)
    assert store.buttons.prune(NOW + MINUTE + KEPT) == 0
    assert store.buttons.find(confirm) is not None
    assert store.buttons.prune(NOW + MINUTE + KEPT + timedelta(seconds=1)) == 1
    assert store.buttons.find(confirm) is None
    assert store.buttons.find(take) is not None


def test_s3_a_million_guesses_find_nothing(url: str, store: Store) -> None:
    """S3: 120 random bits; and what is nearly a token is none, as the look-up sees it."""
    real = [token for _ in range(10) for token in store.buttons.offer(-5, 10, [CONFIRM] * 100, NOW)]
    known = {token for (token,) in outside(url, "SELECT token FROM buttons")}
    assert known == set(real)
    chance = random.Random(3)
    alphabet = string.ascii_letters + string.digits + "-_"
    bits = {base64.urlsafe_b64decode(token) for token in known}
    assert not any(chance.randbytes(TOKEN_BYTES) in bits for _ in range(1_000_000))
    for token in real[:20]:
        near = [token[:-1], token + "A", token.swapcase(), " " + token, token + "\0", token + "%", "_" * 20, "%"]
        near += [token[:n] + chance.choice(alphabet.replace(token[n], "")) + token[n + 1 :] for n in range(len(token))]
        assert [each for each in near if each != token and store.buttons.find(each)] == []


def test_s3_tokens_tell_nothing_of_each_other(store: Store) -> None:
    """S3: every character of every place occurs, as chance has it."""
    tokens = [token for _ in range(10) for token in store.buttons.offer(-5, 10, [CONFIRM] * 200, NOW)]
    for place in range(len(tokens[0])):
        counts = Counter(token[place] for token in tokens)
        assert len(counts) == 64
        assert max(counts.values()) < 80


def test_r22_hundreds_of_rounds_of_many_presses(store: Store) -> None:
    """R22: 500 one-time buttons, 10 presses of each, all mixed up over many threads: each counts once."""
    tokens = [token for _ in range(5) for token in store.buttons.offer(-5, 10, [CONFIRM] * 100, NOW)]
    presses = [(token, str(who)) for token in tokens for who in range(10)]
    random.Random(22).shuffle(presses)
    won: list[tuple[str, str]] = []
    todo = iter(presses)
    lock = threading.Lock()

    def press() -> None:
        while True:
            with lock:
                mine = next(todo, None)
            if mine is None:
                return
            if store.buttons.use(mine[0], mine[1], NOW):
                won.append(mine)

    threads = [threading.Thread(target=press) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(token for token, _ in won) == sorted(tokens)
    assert all(offered(store, token).used_by == who for token, who in won[::50])
