"""What is wrong with a setting, in a sentence that ends in its mend. It knows nothing of what a value may be.

No sentence holds a value, because a value may be a secret.
"""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError


def problem(sentence: str) -> PydanticCustomError:
    """To be raised where a value is looked at; the setting's name is put before the sentence."""
    # As a value and not as the template: a brace in it would be taken for a place to fill.
    return PydanticCustomError("setting", "{sentence}", {"sentence": sentence})


def sentences(error: ValidationError) -> Iterator[str]:
    """One for each problem, its setting's name first."""
    for detail in error.errors(include_url=False, include_context=True, include_input=False):
        name = str(detail["loc"][0]).upper() if detail["loc"] else ""
        yield f"{name} {_said(detail)}".strip()


def _said(detail: ErrorDetails) -> str:
    limits = detail.get("ctx", {})
    match detail["type"]:
        case "setting":
            return detail["msg"]
        case "missing":
            return "is not set: talk to @BotFather, send /newbot, and put the token it answers into .env"
        case "int_parsing" | "int_type" | "int_from_float":
            return "must be a whole number"
        case "greater_than_equal":
            return f"must be at least {limits.get('ge')}"
        case "less_than_equal":
            return f"must be at most {limits.get('le')}"
        case "bool_parsing" | "bool_type":
            return "must be true or false"
        case "literal_error":
            return f"must be {limits.get('expected')}"
        case kind:
            return f"cannot be understood ({kind})"
