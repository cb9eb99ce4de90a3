"""A report: what one look at an object (or the cluster) told, sized for a phone, with the rest as a file."""

from dataclasses import dataclass, field

from chatops.core.resources import Health, ObjectRef


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section. `health` puts its icon in front; None leaves it plain."""

    text: str
    health: Health | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """`title` is a message id for texts or the name of an object; lines are in kubectl's own words."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about the report in a sentence: `code` names one of screens.report, `detail` fills it."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Made by `cluster.reports` and `upstream`, shown by `screens.report`. Every text in it is already masked."""

    action: str
    """The id of the action that reads it."""
    ref: ObjectRef
    health: Health = Health.UNKNOWN
    facts: tuple[tuple[str, str], ...] = ()
    """Label and value, most telling first. Labels are kubectl's own words."""
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    related: tuple[ObjectRef, ...] = ()
    """Objects worth a button, most telling first."""
    file_name: str = ""
    full_text: str = ""
    """For a file, when there is more than fits; empty when the screen says all."""
    size: int = 0
    """Bytes that were read for it, where it says what a program said."""
    picture: bytes = field(default=b"", repr=False)
    """A PNG that shows what the sections say in characters; empty where there is none."""
