"""What whoever runs the service decided about what people are offered. Read once at start, the same in every chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """`language` is spoken where a user or chat has none; `protected` are patterns of namespaces (see safeguards)."""

    language: str = "en"
    protected: tuple[str, ...] = ()
