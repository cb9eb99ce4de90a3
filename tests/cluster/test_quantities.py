"""Quantities and durations, as kubectl writes and reads them."""

import msgspec
import pytest

from chatops.cluster.durations import human
from chatops.cluster.node_models import Tenant
from chatops.cluster.quantities import cpu_words, percent, quantity, share_words, size_words
from chatops.cluster.reservations import allowed, reserved
from chatops.sandbox.kubeapi.durations import human as theirs

MI = 2.0**20


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500m", 0.5),
        ("1", 1.0),
        ("1.5", 1.5),
        (".5", 0.5),
        (2, 2.0),
        ("1Ki", 1024.0),
        ("1k", 1000.0),
        ("128974848000m", 128_974_848.0),
        ("123e3", 123_000.0),
        ("1E3", 1000.0),
        ("1E", 1e18),
        ("250u", 0.00025),
        ("500000000n", 0.5),
        ("-1", -1.0),
        ("", 0.0),
        ("Mi", 0.0),
        ("1 Gi", 0.0),
        ("1Zi", 0.0),
        ("1" * 40, 0.0),
        ("NaN", 0.0),
        (None, 0.0),
    ],
)
def test_quantities_are_read(text: object, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("cores", "words"), [(0, "0"), (0.0004, "1m"), (0.04, "40m"), (0.41, "0.41"), (1, "1"), (1.5, "1.5"), (64, "64")]
)
def test_cores_in_words(cores: float, words: str) -> None:
    assert cpu_words(cores) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0"),
        (100, "1Ki"),
        (512 * 1024, "512Ki"),
        (498 * MI, "498Mi"),
        (6 * 1024 * MI, "6144Mi"),
        (12 * 1024 * MI, "12Gi"),
        (12.5 * 1024 * MI, "12.5Gi"),
        (1.5 * 1024 * 1024 * MI, "1.5Ti"),
    ],
)
def test_sizes_in_words(size: float, words: str) -> None:
    assert size_words(size) == words


def test_shares() -> None:
    assert share_words("cpu", 3.2, 8) == "3.2/8 40%"
    assert share_words("memory", 498 * MI, 512 * MI) == "498Mi/512Mi 97%"
    assert share_words("cpu", 3.2, 0) == "3.2"
    assert percent(1, 0) is None


def test_lengths_of_time_are_kubectls() -> None:
    for seconds in (*range(0, 100_000, 37), *range(100_000, 400_000_000, 99_991)):
        assert human(seconds) == theirs(seconds)
    assert human(-5) == "0s"


def box(cpu: str, limit: str = "", **more: object) -> dict[str, object]:
    return {"resources": {"requests": {"cpu": cpu}, **({"limits": {"cpu": limit}} if limit else {})}, **more}


def pod(*containers: object, init: tuple[object, ...] = (), **spec: object) -> Tenant:
    return msgspec.convert({"spec": {"containers": containers, "initContainers": init, **spec}}, Tenant)


@pytest.mark.parametrize(
    ("tenant", "cores"),
    [
        (pod(box("1"), box("500m")), 1.5),
        (pod(box("1"), init=(box("3"), box("2"))), 3.0),
        (pod(box("1"), init=(box("1", restartPolicy="Always"), box("500m"))), 2.0),
        (pod(box("1"), init=(box("1", restartPolicy="Always"), box("4"))), 5.0),
        (pod(box("1"), init=(box("4"), box("1", restartPolicy="Always"))), 4.0),
        (pod(box("1"), overhead={"cpu": "250m"}), 1.25),
        (pod(box("1"), resources={"requests": {"cpu": "3"}}, overhead={"cpu": "250m"}), 3.25),
        (pod({"resources": {"limits": {"cpu": "2"}}}), 2.0),
        (pod({}, {"resources": None}), 0.0),
    ],
)
def test_a_pod_reserves_what_the_scheduler_says(tenant: Tenant, cores: float) -> None:
    assert reserved(tenant, "cpu") == pytest.approx(cores)


def test_a_pod_is_bounded_when_each_of_its_containers_is() -> None:
    assert allowed(pod(box("1", "2"), box("1", "1")), "cpu") == 3.0
    assert allowed(pod(box("1", "2"), box("1")), "cpu") == 0.0
    assert allowed(pod(box("1", "2"), init=(box("1"),)), "cpu") == 2.0
    assert allowed(pod(box("1"), resources={"limits": {"cpu": "4"}}), "cpu") == 4.0
