"""JSON Merge Patch, RFC 7396."""

from __future__ import annotations

import copy
from typing import Any


def apply_merge_patch(document: Any, patch: Any) -> Any:
    """The patched copy: null removes a member, anything but an object replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply_merge_patch(result.get(key), value)
    return copy.deepcopy(result)
