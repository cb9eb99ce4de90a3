"""How claims and volumes stand: bound or not, how large, of which class. Pure."""

from chatops.cluster.conditions import holds
from chatops.cluster.models import mapped
from chatops.cluster.standing import Standing, said
from chatops.cluster.storage_models import Claim, Volume
from chatops.core.resources import Health

_CLAIM_HEALTH = {"Bound": Health.GOOD, "Pending": Health.WARN, "Lost": Health.BAD}
_VOLUME_HEALTH = {
    "Bound": Health.GOOD,
    "Available": Health.GOOD,
    "Pending": Health.WARN,
    "Released": Health.WARN,
    "Failed": Health.BAD,
}


def claim_standing(claim: Claim) -> Standing:
    """By its phase, and WARN while it waits for a restart to grow.

    The requested size is told beside the actual one while they differ.
    """
    spec, status = claim.spec, claim.status
    wanted = mapped(spec.resources.requests).get("storage")
    actual = mapped(status.capacity).get("storage")
    resizing = ", ".join(mapped(status.allocated_resource_statuses).values())
    facts = said(
        ("phase", "Terminating" if claim.metadata.deletion_timestamp else status.phase),
        ("size", actual if actual is not None else "<none>"),
        ("requested", wanted if wanted != actual else ""),
        ("resizing", resizing),
        ("class", spec.storage_class_name or "<none>"),
        ("volume", spec.volume_name or "<none>"),
        ("access", ", ".join(spec.access_modes or ())),
        ("mode", spec.volume_mode if spec.volume_mode == "Block" else ""),
        ("created", claim.metadata.creation_timestamp),
    )
    return Standing(_claim_health(claim), facts, tuple(status.conditions or ()))


def _claim_health(claim: Claim) -> Health:
    health = _CLAIM_HEALTH.get(claim.status.phase, Health.UNKNOWN)
    waits = holds(claim.status.conditions, "FileSystemResizePending")
    return Health.WARN if waits and health is Health.GOOD else health


def volume_standing(volume: Volume) -> Standing:
    """By its phase: a Released volume still holds what its claim left behind."""
    spec, status = volume.spec, volume.status
    claim = spec.claim_ref
    facts = said(
        ("phase", status.phase),
        ("reason", f"{status.reason} {status.message}".strip()),
        ("claim", f"{claim.namespace}/{claim.name}" if claim is not None else "<none>"),
        ("size", mapped(spec.capacity).get("storage")),
        ("class", spec.storage_class_name or "<none>"),
        ("reclaim", spec.persistent_volume_reclaim_policy),
        ("access", ", ".join(spec.access_modes or ())),
        ("driver", mapped(spec.csi).get("driver")),
        ("created", volume.metadata.creation_timestamp),
    )
    return Standing(_VOLUME_HEALTH.get(status.phase, Health.UNKNOWN), facts)
