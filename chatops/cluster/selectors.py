"""Label selectors: as the API's query strings, and judged here. It knows no kind of object."""

from collections.abc import Mapping

from chatops.cluster.models import Requirement, Selector, listed, mapped


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


def selects(selector: Selector | None, labels: Mapping[str, str]) -> bool:
    """Whether a `metav1.LabelSelector` means an object of these labels: null means none, an empty one means all.

    A requirement that is not understood selects nothing.
    """
    if selector is None:
        return False
    pairs = mapped(selector.match_labels).items()
    return all(labels.get(key) == value for key, value in pairs) and all(
        _meets(requirement, labels) for requirement in listed(selector.match_expressions)
    )


def _meets(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    present, values = requirement.key in labels, listed(requirement.values)
    match requirement.operator:
        case "In":
            return present and labels[requirement.key] in values
        case "NotIn":
            return not present or labels[requirement.key] not in values
        case "Exists":
            return present
        case "DoesNotExist":
            return not present
        case _:
            return False
