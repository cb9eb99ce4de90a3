"""Answers to access reviews. It reads the rules and changes nothing."""

from __future__ import annotations

from chatops.sandbox.kubeapi.access import Access, attributes_of
from chatops.sandbox.kubeapi.kinds import Obj, Resource


def answer_review(resource: Resource, body: Obj, access: Access, user: str) -> Obj:
    """The review with its status filled in."""
    review: Obj = {
        "kind": resource.kind,
        "apiVersion": resource.api_version,
        "metadata": {"creationTimestamp": None},
        "spec": body.get("spec") or {},
    }
    match resource.kind:
        case "SelfSubjectReview":
            del review["spec"]
            review["status"] = {"userInfo": {"username": user, "groups": ["system:authenticated"]}}
        case "SelfSubjectRulesReview":
            review["status"] = _rules(access, user, str(review["spec"].get("namespace", "")))
        case _:
            subject = user
            if resource.kind == "SubjectAccessReview":
                subject = str(review["spec"].get("user", ""))
            allowed = access.may(subject, attributes_of(review["spec"]))
            review["status"] = {"allowed": allowed}
            if allowed:
                review["status"]["reason"] = "RBAC: allowed by the sandbox's rules"
    return review


def _rules(access: Access, user: str, namespace: str) -> Obj:
    resources, paths = [], []
    for rule in access.rules_of(user):
        if rule.paths:
            paths.append({"verbs": list(rule.verbs), "nonResourceURLs": list(rule.paths)})
        elif not rule.namespaces or namespace in rule.namespaces:
            found: Obj = {
                "verbs": list(rule.verbs),
                "apiGroups": list(rule.groups),
                "resources": list(rule.resources),
            }
            if rule.names:
                found["resourceNames"] = list(rule.names)
            resources.append(found)
    return {"resourceRules": resources, "nonResourceRules": paths, "incomplete": access.incomplete}
