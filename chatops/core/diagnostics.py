"""What may be run inside a container to look at it: a fixed list, of which nothing is typed by anybody.

No shell is in it. `env` is not among them: it holds secrets and little else.
"""

from dataclasses import dataclass

from chatops.core.reports import Report
from chatops.core.texts import mark

ACTION = "exec_diag"
"""The action's id."""

ETCD = "etcd"

EXIT_CODE = "exit code"
"""Label of the fact that tells it."""

CUT, NO_OUTPUT = "cut", "no_output"
_REMARKS = frozenset({CUT, NO_OUTPUT})
"""Notes of a command that ran to its end: what it said was cut, or was nothing."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One command. `title` is a message id for texts; `only_in` is the program whose containers alone have it."""

    id: str
    argv: tuple[str, ...]
    title: str
    only_in: str = ""

    @property
    def words(self) -> str:
        """As people would type it."""
        return " ".join(self.argv)


_KUBEADM_CERTIFICATES = (
    "--endpoints=https://127.0.0.1:2379",
    "--cacert=/etc/kubernetes/pki/etcd/ca.crt",
    "--cert=/etc/kubernetes/pki/etcd/server.crt",
    "--key=/etc/kubernetes/pki/etcd/server.key",
)
"""Where kubeadm puts them; an etcd of another origin has them in its environment."""

DIAGNOSTICS = {
    each.id: each
    for each in (
        Diagnostic("disk", ("df", "-h"), mark("Disk space")),
        Diagnostic("inodes", ("df", "-i"), mark("Inodes")),
        Diagnostic("processes", ("ps", "aux"), mark("Processes")),
        Diagnostic("sockets", ("ss", "-s"), mark("Sockets")),
        Diagnostic("resolver", ("cat", "/etc/resolv.conf"), mark("Resolver")),
        Diagnostic("dns", ("nslookup", "kubernetes.default"), mark("Cluster DNS")),
        Diagnostic("etcd", ("etcdctl", "endpoint", "status"), mark("etcd status"), ETCD),
        Diagnostic(
            "etcd_kubeadm", ("etcdctl", *_KUBEADM_CERTIFICATES, "endpoint", "status"), mark("etcd (kubeadm)"), ETCD
        ),
    )
}


def fitting(container: str, image: str) -> tuple[Diagnostic, ...]:
    """The commands that can tell something in a container of this name and image."""
    repository = image.rpartition("@")[0] or image
    program = repository.rpartition("/")[2].partition(":")[0]
    return tuple(each for each in DIAGNOSTICS.values() if each.only_in in ("", container, program))


def outcome(report: Report) -> dict[str, str]:
    """What came of one, for the log: `exit_code` where it ended by itself, `bytes` it said, `problem` else."""
    code = dict(report.facts).get(EXIT_CODE, "")
    problem = next((note for note in report.notes if note.code not in _REMARKS), None)
    said = problem.detail if problem else "" if code in ("", "0") else f"exit code {code}"
    told = {
        "outcome": "succeeded" if code == "0" and problem is None else "failed",
        "exit_code": code,
        "bytes": str(report.size),
        "problem": problem.code if problem else "",
        "detail": said,
        "cut": "1" if any(note.code == CUT for note in report.notes) else "",
    }
    return {name: value for name, value in told.items() if value}
