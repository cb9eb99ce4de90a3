"""How full the volumes of a pod are, as the kubelet tells it: a claim's size, and the share its annotations say."""

from __future__ import annotations

from chatops.sandbox.kubeapi.kinds import CLAIMS, Obj
from chatops.sandbox.kubeapi.quantities import quantity
from chatops.sandbox.kubeapi.store import Store

USED = "sandbox/used-percent"
INODES = "sandbox/inodes-percent"
UNMEASURED = "sandbox/unmeasured"
"""On a claim whose driver gives no numbers: the kubelet leaves the volume out."""

_BYTES_TO_AN_INODE = 16 * 1024
_EMPTY = 20 * 1024**3


def volumes(store: Store, pod: Obj, now: str) -> list[Obj]:
    """The entry `volume` of a pod that runs: claims with their pvcRef, and what lives on the node's own disk."""
    if (pod.get("status") or {}).get("phase") != "Running":
        return []
    meta = pod["metadata"]
    found = []
    for volume in pod["spec"].get("volumes") or ():
        name = _claim(pod, volume)
        if not name:
            found.append({"time": now, "name": volume["name"], **_filled(_EMPTY, 1, 1)})
            continue
        claim = store.find(CLAIMS, meta["namespace"], name)
        notes = (claim or {}).get("metadata", {}).get("annotations") or {}
        if claim is None or UNMEASURED in notes or claim["spec"].get("volumeMode") == "Block":
            continue
        size = (claim.get("status") or {}).get("capacity") or claim["spec"]["resources"]["requests"]
        shares = int(notes.get(USED, "30")), int(notes.get(INODES, "5"))
        entry = _filled(int(quantity(size["storage"])), *shares)
        reference = {"name": name, "namespace": meta["namespace"]}
        found.append({"time": now, "name": volume["name"], "pvcRef": reference, **entry})
    return found


def _claim(pod: Obj, volume: Obj) -> str:
    if "ephemeral" in volume:
        return f"{pod['metadata']['name']}-{volume['name']}"
    return str((volume.get("persistentVolumeClaim") or {}).get("claimName", ""))


def _filled(capacity: int, used: int, inodes_used: int) -> Obj:
    inodes = capacity // _BYTES_TO_AN_INODE
    taken, inodes_taken = -(-capacity * used // 100), -(-inodes * inodes_used // 100)
    return {
        "capacityBytes": capacity,
        "usedBytes": taken,
        "availableBytes": capacity - taken,
        "inodes": inodes,
        "inodesUsed": inodes_taken,
        "inodesFree": inodes - inodes_taken,
    }
