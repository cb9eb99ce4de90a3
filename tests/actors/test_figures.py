"""The figures of the metrics are counted between scrapes, and a scrape answers while the database does not."""

import urllib.request

from prometheus_client import REGISTRY

from chatops import metrics
from chatops.actors.figures import Count, FiguresActor
from chatops.web.api import api_server, build_api
from chatops.web.readiness import Readiness
from tests.actors.house import PATIENCE, house
from tests.actors.scene import Scene, body


def active() -> float | None:
    labels = {"severity": "critical", "state": "open"}
    return REGISTRY.get_sample_value("chatops_incidents_active", labels)


def test_a_scrape_answers_and_says_so_while_the_database_does_not(tmp_path):
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.post_webhook(body("firing_single"))
        built.post.wait_text("keeps crashing")
        counting = FiguresActor.start(directory=built.directory, address=("figures",), store=built.store)
        counting.ask(Count(), timeout=PATIENCE)
        assert REGISTRY.get_sample_value("chatops_database_up") == 1
        assert (active() or 0) + (
            REGISTRY.get_sample_value("chatops_incidents_active", {"severity": "warning", "state": "open"}) or 0
        ) == 1
        metrics.look_at(metrics.Sources(built.directory.census, dict, lambda: built.database.waiting))
        ready = Readiness(alive=True, database_open=False, intake_listens=True)
        server = api_server(build_api(lambda: ready), host="127.0.0.1", port=0, threads=1)
        server.start()
        try:
            built.database.close()
            counting.ask(Count(), timeout=PATIENCE)
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=PATIENCE) as answer:
                told = answer.read().decode()
        finally:
            server.stop(PATIENCE)
            metrics.look_at(metrics.Sources())
        assert "\nchatops_database_up 0.0\n" in told
        assert "chatops_incidents_active{" not in told
        assert '\nchatops_actors{role="incident"} 1.0\n' in told
        counting.stop(timeout=PATIENCE)
