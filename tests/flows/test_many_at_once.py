"""Many senders at the same moment: each is answered, and what they all tell of is one incident."""

from concurrent.futures import ThreadPoolExecutor

from tests.flows.town import crash_loop


def test_r5_sixty_four_identical_webhooks_are_one_incident(place):
    """R5: as an HA pair that lost its peers sends them; all are answered 200, one card is shown, one opening told.

    Round after round: what is known already must not open anything either.
    """
    body = crash_loop()
    with ThreadPoolExecutor(64) as senders:
        for _ in range(5):
            statuses = list(senders.map(lambda _: place.post(body), range(64)))
            assert statuses == [200] * 64
    place.card("keeps crashing")
    with place.store() as store:
        types = [stored.entry.type.value for stored in store.audit.page(limit=1_000)]
        assert types.count("opened") == 1
        assert store.incidents.get(2) is None
    assert len(place.cards()) == 1
