"""What a report says, in the short form tests compare."""

from chatops.core.reports import Report


def facts(report: Report) -> dict[str, str]:
    return dict(report.facts)


def lines(report: Report, title: str) -> list[str]:
    """The lines of the section, none where there is no such section."""
    return [line.text for section in report.sections if section.title == title for line in section.lines]


def titles(report: Report) -> list[str]:
    return [section.title for section in report.sections]


def notes(report: Report) -> list[str]:
    return [note.code for note in report.notes]


def related(report: Report) -> list[str]:
    return [f"{ref.kind} {ref.path}" for ref in report.related]
