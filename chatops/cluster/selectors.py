"""Label selectors as the API's query strings. It knows no kind of object."""

from chatops.cluster.models import Selector, listed, mapped


def selector_text(selector: Selector) -> str | None:
    """The `labelSelector` for a workload's `spec.selector`; None for one that selects nothing or is not understood.

    An empty selector is None and not "everything": a workload never means all pods of its namespace.
    """
    parts = [f"{key}={value}" for key, value in sorted(mapped(selector.match_labels).items())]
    for requirement in listed(selector.match_expressions):
        values = ",".join(sorted(listed(requirement.values)))
        match requirement.operator:
            case "In":
                parts.append(f"{requirement.key} in ({values})")
            case "NotIn":
                parts.append(f"{requirement.key} notin ({values})")
            case "Exists":
                parts.append(requirement.key)
            case "DoesNotExist":
                parts.append(f"!{requirement.key}")
            case _:
                return None
    return ",".join(parts) or None
