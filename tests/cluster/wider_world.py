"""Software beside the world's own, which other rule sets than the catalogue's watch. It is laid over a built world."""

from typing import Any

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.demo_manifests import autoscaler, service
from tests.cluster.world_parts import BORN, door, simple


def populate(server: KubeApiServer) -> KubeApiServer:
    """Add the software to a world that is built; the stateful sets' pods are called by their numbers."""
    deployments = (
        ("velero", "velero"),
        ("loki", "loki-distributor"),
        ("loki", "loki-query-frontend"),
        ("thanos", "thanos-query"),
        ("kafka", "kafka-exporter"),
        ("data", "prometheus-postgres-exporter"),
        ("data", "prometheus-redis-exporter"),
        ("data", "prometheus-mysql-exporter"),
        ("search", "elasticsearch-exporter"),
        ("keda", "keda-operator"),
        ("jobs", "worker"),
        ("argo", "argo-workflows-controller"),
        ("rollouts", "argo-rollouts"),
        ("external-dns", "external-dns"),
        ("external-secrets", "external-secrets"),
        ("gatekeeper-system", "gatekeeper-controller-manager"),
        ("linkerd", "linkerd-destination"),
        ("minio", "minio-console"),
        ("kube-system", "cluster-autoscaler"),
        ("kyverno", "kyverno-admission-controller"),
    )
    sets = (
        ("loki", "loki-ingester"),
        ("thanos", "thanos-compact"),
        ("thanos", "thanos-store"),
        ("kafka", "kafka"),
        ("data", "postgres"),
        ("data", "redis-master"),
        ("data", "mysql"),
        ("search", "es-data"),
        ("queue", "rabbitmq-server"),
        ("vault", "vault"),
        ("mongo", "mongodb"),
        ("nats", "nats"),
        ("consul", "consul-server"),
        ("tempo", "tempo"),
        ("mimir", "mimir-ingester"),
        ("minio", "minio"),
    )
    daemons = (
        ("longhorn-system", "longhorn-manager"),
        ("gpu", "dcgm-exporter"),
        ("logging", "promtail"),
        ("monitoring", "process-exporter"),
        ("kube-system", "node-problem-detector"),
    )
    objects: list[Any] = [simple("Deployment", *each) for each in deployments]
    objects += [simple("StatefulSet", *each) for each in sets]
    objects += [simple("DaemonSet", *each) for each in daemons]
    objects += [
        service(*each, 80, born=BORN) for each in (("data", "redis-master"), ("data", "postgres"), ("vault", "vault"))
    ]
    objects += [service("minio", "minio", 9000, born=BORN), service("thanos", "thanos-query", 9090, born=BORN)]
    objects.append(door("linkerd", "linkerd-gateway"))
    scaler = autoscaler("jobs", "keda-hpa-worker", low=1, high=5, goal=70, load=50, born=BORN)
    scaler["spec"]["scaleTargetRef"]["name"] = "worker"
    server.apply([*objects, scaler])
    server.step(120)
    return server
