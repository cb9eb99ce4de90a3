"""Surveys as they are kept with their incidents."""

import msgspec

from chatops.core.surveys import Survey
from chatops.db.columns import from_json


def survey_of(text: str) -> Survey | None:
    """None where another version of the service wrote what this one cannot read: the cluster is simply asked again."""
    try:
        return from_json(text, Survey)
    except msgspec.MsgspecError:
        return None
