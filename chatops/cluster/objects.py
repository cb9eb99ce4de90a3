"""Objects that are neither pod nor workload: each kind's state in a few traits, and what hangs on it."""

from chatops.cluster.models import Thing
from chatops.cluster.ownership import managed_by
from chatops.cluster.reader import Reader
from chatops.core.objects import ObjectView
from chatops.core.resources import ObjectRef


def see_object(reader: Reader, ref: ObjectRef) -> ObjectView:
    """The view of one object, whatever its kind."""
    meta = reader.fetch(ref, Thing).metadata
    seen = ObjectRef(ref.kind, meta.name, meta.namespace, meta.uid, reader.name)
    return ObjectView(seen, managed_by=managed_by(meta))
