"""Claims and volumes: bound or not, how large, whether they can grow, and which pods hold them."""

from chatops.cluster.asides import aside
from chatops.cluster.belongings import pods_mounting
from chatops.cluster.conditions import holds
from chatops.cluster.models import mapped
from chatops.cluster.objects.views import traits, words
from chatops.cluster.ownership import managed_by
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.standings.storage import claim_standing, volume_standing
from chatops.cluster.storage_models import Claim, StorageClass, Volume
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import ObjectRef

_MOST_MOUNTS = 20


def see_claim(reader: Reader, ref: ObjectRef) -> ObjectView:
    """Its size is what was asked for."""
    claim = reader.fetch(ref, Claim)
    meta, spec, status = claim.metadata, claim.spec, claim.status
    asked, have = mapped(spec.resources.requests).get("storage", ""), mapped(status.capacity).get("storage", "")
    return ObjectView(
        reader.ref(ref.kind, meta),
        claim_standing(claim).health,
        traits(
            phase=status.phase,
            size=str(asked or have),
            expandable=_expandable(reader, spec.storage_class_name),
            resize_pending=holds(status.conditions, "FileSystemResizePending"),
            summary=words(
                status.phase,
                str(have or asked),
                spec.storage_class_name or "",
                f"resizing to {asked}" if have and asked and have != asked else "",
            ),
        ),
        tuple(_mounts(reader, meta.namespace, meta.name)),
        managed_by(meta),
    )


def _expandable(reader: Reader, name: str | None) -> bool | None:
    """None where the class cannot be seen: nothing is promised then."""
    if not name:
        return None
    found = aside(lambda: reader.fetch(ObjectRef("StorageClass", name), StorageClass), None)
    return found.allow_volume_expansion is True if found else None


def _mounts(reader: Reader, namespace: str, claim: str) -> list[Tie]:
    pods: list[Pod] = aside(lambda: pods_mounting(reader, namespace, claim), [])
    mounting = sorted(pods, key=lambda pod: pod.has_ended)
    return [Tie(TieRole.MOUNTS, reader.ref("Pod", pod.metadata), pod.status.phase) for pod in mounting[:_MOST_MOUNTS]]


def see_volume(reader: Reader, ref: ObjectRef) -> ObjectView:
    volume = reader.fetch(ref, Volume)
    spec, status, claim = volume.spec, volume.status, volume.spec.claim_ref
    size = str(mapped(spec.capacity).get("storage", ""))
    held = ObjectRef("PersistentVolumeClaim", claim.name, claim.namespace, claim.uid, reader.name) if claim else None
    return ObjectView(
        reader.ref(ref.kind, volume.metadata),
        volume_standing(volume).health,
        traits(
            phase=status.phase,
            size=size,
            summary=words(
                status.phase, size, spec.storage_class_name, held.path if held else "", status.reason, status.message
            ),
        ),
        (Tie(TieRole.CLAIM, held),) if held else (),
        managed_by(volume.metadata),
    )
