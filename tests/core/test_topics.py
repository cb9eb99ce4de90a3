"""What an alert talks about, from its words; over the catalogue, too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.topics import Topic, topics_of
from tests.core.catalogue import read


@pytest.mark.parametrize(
    ("labels", "topics"),
    [
        ({}, set()),
        ({"alertname": "Watchdog"}, set()),
        ({"alertname": "ContainerHighMemoryUsage"}, {Topic.MEMORY, Topic.LOAD}),
        ({"alertname": "container_high_memory"}, {Topic.MEMORY, Topic.LOAD}),
        ({"alertname": "CPUThrottlingHigh"}, {Topic.CPU, Topic.LOAD}),
        ({"alertname": "HostOomKillDetected"}, {Topic.MEMORY}),
        ({"alertname": "X", "reason": "OOMKilled"}, {Topic.MEMORY}),
        ({"alertname": "KubeNodePressure", "condition": "DiskPressure"}, {Topic.DISK}),
        ({"alertname": "NodeRAIDDegraded"}, {Topic.HARDWARE}),
        ({"alertname": "BlackboxSslCertificateExpired"}, {Topic.CERTIFICATE}),
        ({"alertname": "NginxHigh5xxRate"}, {Topic.LOAD}),
        ({"alertname": "HpaUnderutilized"}, {Topic.IDLE}),
    ],
)
def test_words(labels, topics):
    assert topics_of([labels]) == topics


def test_several_alerts_add_up():
    assert topics_of([{"alertname": "HighMemory"}, {"alertname": "HighCpu"}]) >= {Topic.MEMORY, Topic.CPU}


@given(st.dictionaries(st.text(), st.text()))
def test_any_labels_have_topics_or_none(labels):
    assert topics_of([labels]) <= set(Topic)


def test_half_of_what_real_clusters_fire_has_a_topic():
    found = [entry for entry in read() if topics_of([entry.labels])]
    assert len(found) * 2 >= len(read())
