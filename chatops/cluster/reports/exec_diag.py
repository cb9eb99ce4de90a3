"""exec_diag: one command of a fixed list, run inside a container. It needs the setting that allows it."""

from datetime import datetime

from chatops.cluster.exec import LIMIT, SECONDS, Ran, run
from chatops.cluster.models import listed
from chatops.cluster.plain import plain_line
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import container_views, pod_ref
from chatops.cluster.reader import Reader
from chatops.core.diagnostics import ACTION, CUT, DIAGNOSTICS, EXIT_CODE, NO_OUTPUT, fitting
from chatops.core.failures import Permanent, Reason
from chatops.core.masking import mask_lines
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef

_FITS = 2_500
"""Characters that surely fit a screen; what is longer comes as a file too."""

_NO_PROGRAM = ("executable file not found", "no such file or directory", "not found in $path")
_EXIT_NOT_RUN = 126
_EXIT_NOT_FOUND = 127


def exec_diag(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """`params` are `container` and `command`, the id of a diagnostic. Anything else is refused, and nothing run."""
    if not reader.diagnostics:
        raise Permanent(Reason.REFUSED, "diagnostics in containers are switched off: EXEC_DIAGNOSTICS=true allows them")
    command = DIAGNOSTICS.get(params.get("command", ""))
    if command is None or ref.kind != "Pod":
        raise Permanent(Reason.REFUSED, "that is no diagnostic of a pod")
    pod = reader.fetch(ref, Pod)
    seen, name = pod_ref(pod, reader.name), params.get("container", "")
    spec = next((each for each in listed(pod.spec.containers) if each.name == name), None)
    spec = spec or next((each for each in listed(pod.spec.init_containers) if each.name == name), None)
    if spec is None:
        return _not_run(seen, "no_container", name)
    if command not in fitting(spec.name, spec.image):
        raise Permanent(Reason.REFUSED, f"{command.words} is for containers of {command.only_in} only")
    if not any(each.name == name and each.state == "running" for each in container_views(pod)):
        return _not_run(seen, "not_running", name)
    return _told(seen, name, command.argv[0], run(reader.connection, seen, name, command.argv))


def _not_run(ref: ObjectRef, code: str, detail: str) -> Report:
    return Report(ACTION, ref, Health.UNKNOWN, notes=(Note(code, detail),))


def _told(ref: ObjectRef, container: str, program: str, ran: Ran) -> Report:
    said = _lines(ran)
    words = " ".join([ran.problem, *said]).lower()
    if ran.exit_code == _EXIT_NOT_FOUND or (ran.exit_code in (None, _EXIT_NOT_RUN) and _no_program(words)):
        return _not_run(ref, "no_program", program)
    if ran.exit_code == _EXIT_NOT_RUN or (ran.exit_code is None and "permission denied" in words):
        return _not_run(ref, "not_permitted", program)
    if ran.exit_code is None and "container not found" in words:
        return _not_run(ref, "not_running", container)
    if ran.exit_code is None and ran.problem:
        raise Permanent(Reason.REFUSED, ran.problem)
    notes = []
    if ran.timed_out:
        notes.append(Note("timed_out", str(int(SECONDS))))
    if ran.cut:
        notes.append(Note(CUT, str(LIMIT // 1024)))
    if not said:
        notes.append(Note(NO_OUTPUT))
    text = "\n".join(said)
    return Report(
        ACTION,
        ref,
        Health.GOOD if ran.exit_code == 0 else Health.WARN,
        facts=((EXIT_CODE, str(ran.exit_code)),) if ran.exit_code is not None else (),
        sections=(Section("Output", tuple(Line(line) for line in said)),) if said else (),
        notes=tuple(notes),
        file_name=f"{ref.name}-{container}-{program}.txt",
        full_text=text + "\n" if len(text) > _FITS else "",
        size=len(ran.out) + len(ran.err),
    )


def _lines(ran: Ran) -> tuple[str, ...]:
    """Both outputs, cleaned and masked. Where it was cut, the last word is left out: half a secret has no shape."""
    found: list[str] = []
    for data in (ran.out, ran.err):
        lines = data.decode(errors="replace").split("\n")
        if ran.cut and lines[-1]:
            lines[-1] = lines[-1].rpartition(" ")[0]
        if not lines[-1]:
            lines.pop()
        found += (plain_line(line).expandtabs() for line in lines)
    return mask_lines(found)


def _no_program(words: str) -> bool:
    return any(sign in words for sign in _NO_PROGRAM)
