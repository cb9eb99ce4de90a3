"""Who made an object that is gone, by how controllers name what they make. Pure."""

import re

from chatops.cluster.places import named
from chatops.core.resources import ObjectRef

_OF_DEPLOYMENT = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}-[bcdfghjklmnpqrstvwxz2456789]{5}")
_OF_DAEMON_SET = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5}")
_OF_STATEFUL_SET = re.compile(r"(?P<name>.+)-\d+")
_OF_REPLICA_SET = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5,10}")
"""The letters are those of apimachinery's rand.String (no vowels, no 0, 1, 3)."""

_OF_CRON_JOB = re.compile(r"(?P<name>.+)-\d{8,10}")
"""The minute the run was due, counted from 1970."""

_OF_JOB = re.compile(r"(?P<name>.+)-[bcdfghjklmnpqrstvwxz2456789]{5}")

_SHAPES = {
    "ReplicaSet": ((_OF_REPLICA_SET, "Deployment"),),
    "Job": ((_OF_CRON_JOB, "CronJob"),),
    "Pod": (
        (_OF_DEPLOYMENT, "Deployment"),
        (_OF_STATEFUL_SET, "StatefulSet"),
        (_OF_DAEMON_SET, "DaemonSet"),
        (_OF_JOB, "Job"),
    ),
}


def makers(gone: ObjectRef) -> list[tuple[str, str]]:
    """(kind, name) of what may have made it, the likeliest first."""
    found = ((kind, shape.fullmatch(gone.name)) for shape, kind in _SHAPES.get(gone.kind, ()))
    return [(kind, match["name"]) for kind, match in found if match is not None and named(match["name"])]
