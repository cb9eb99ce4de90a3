"""No kubeconfig, a dead cluster, Telegram away: alerts are taken all the same, and the rest catches up."""

from tests.flows.town import crash_loop, town, until


def test_without_a_kubeconfig(tmp_path):
    with town(tmp_path, KUBECONFIG=str(tmp_path / "none")) as place:
        assert place.post(crash_loop()) == 200
        card = place.card("no cluster is configured")
        assert not any("Roll back" in label for label in card.buttons)
        assert place.ready()["parts"]["cluster"]["state"] == "off"


def test_a_dead_cluster_that_returns(tmp_path):
    with town(tmp_path) as place:
        place.kubernetes.go_away()
        place.post(crash_loop())
        card = place.card("cannot be reached")
        place.kubernetes.come_back()
        place.press(card, "🔄")
        place.card("Roll back to 42")


def test_telegram_away_at_the_start_and_later(tmp_path):
    with town(tmp_path) as place:
        place.service.terminate()
        place.bot_api.go_away()
        place.service.start()
        assert place.post(crash_loop()) == 200
        until(lambda: place.ready()["parts"]["telegram"]["state"] == "down", "telegram is told to be down")
        assert place.ready()["ready"]
        place.bot_api.come_back()
        place.answered(place.card("keeps crashing"))
        assert len(place.cards()) == 1
        place.bot_api.go_away()
        place.post(crash_loop(ended=True))
        place.bot_api.come_back()
        place.card("🟢")
        assert len(place.cards()) == 1
        until(lambda: place.ready()["parts"]["telegram"]["state"] == "up", "telegram is told to be up")


def test_after_telegram_was_away_the_state_of_now_is_shown_once(tmp_path):
    """An incident that came and went meanwhile is one quiet message; nothing of yesterday is told."""
    with town(tmp_path) as place:
        place.bot_api.go_away()
        place.post(crash_loop())
        until(lambda: place.incident(1) and place.incident(1).survey, "the incident is looked at")
        place.post(crash_loop(ended=True))
        until(lambda: not place.incident(1).open, "the incident has resolved")
        place.bot_api.come_back()
        ended = place.card("🟢", "resolved")
        assert ended.silent
        assert ended.edits == 0
        assert len(place.cards()) == 1
