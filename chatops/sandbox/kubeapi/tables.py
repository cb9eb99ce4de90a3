"""Objects as `meta.k8s.io/v1` Tables, the form kubectl asks for."""

from __future__ import annotations

import re
from datetime import datetime

from chatops.sandbox.kubeapi.cells import Column
from chatops.sandbox.kubeapi.columns import columns_of
from chatops.sandbox.kubeapi.errors import ApiError, bad_request
from chatops.sandbox.kubeapi.kinds import Obj, Resource

_INCLUDES = ("None", "Metadata", "Object")


def wants_table(accept: str) -> bool:
    """Whether the client's first choice is a v1 Table."""
    first = _first_choice(accept)
    return "as=Table" in first and "v=v1;" in first + ";"


def wants_metadata(accept: str, *, of_list: bool) -> bool:
    """Whether the client's first choice is metadata only; ApiError 406 where it asks for the other number of it."""
    asked = re.search(r"as=(PartialObjectMetadata(?:List)?)(?:;|$)", _first_choice(accept))
    if asked is None:
        return False
    if (asked[1] == "PartialObjectMetadataList") is not of_list:
        found = "a list" if of_list else "not a list"
        raise ApiError(406, "NotAcceptable", f"you requested {asked[1]}, but the requested object is {found}")
    return True


def _first_choice(accept: str) -> str:
    return accept.split(",")[0].replace(" ", "")


def _definition(column: Column) -> Obj:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": "",
        "priority": 1 if column.wide else 0,
    }


def metadata_only(obj: Obj) -> Obj:
    """The object as PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def table(resource: Resource, objects: list[Obj], meta: Obj, *, include: str, now: datetime, head: bool = True) -> Obj:
    """The Table of these objects; `head` False leaves out the columns, as later watch events do."""
    include = include or "Metadata"
    if include not in _INCLUDES:
        raise bad_request(f'unrecognized includeObject value: "{include}"')
    columns = columns_of(resource)
    rows = []
    for obj in objects:
        row: Obj = {"cells": [column.cell(obj, now) for column in columns]}
        if include == "Object":
            row["object"] = obj
        elif include == "Metadata":
            row["object"] = metadata_only(obj)
        rows.append(row)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": meta,
        "columnDefinitions": [_definition(column) for column in columns] if head else None,
        "rows": rows,
    }
