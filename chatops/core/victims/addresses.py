"""Addresses as labels carry them: URLs, host and port, names of the cluster's DNS."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@\s]*@)?(?P<rest>[^/?#\s]*)(?P<path>/[^?#\s]*)?.*", re.S
)
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_IN_CLUSTER = re.compile(rf"(?:(?P<pod>{_LABEL})\.)?(?P<name>{_LABEL})\.(?P<namespace>{_LABEL})\.svc(\..*)?")


@dataclass(frozen=True, slots=True)
class Address:
    """`host` without brackets; `port` may be empty; `scheme` and `path` are a URL's."""

    host: str = ""
    port: str = ""
    scheme: str = ""
    path: str = ""

    @classmethod
    def of(cls, text: str) -> "Address":
        """Take `https://host:port/path`, `host:port`, `[v6]:port`, a bare name or address apart."""
        if found := _URL.fullmatch(text):
            host, port = _split(found["rest"])
            return cls(host.lower(), port, found["scheme"].lower(), found["path"] or "")
        return cls(*_split(text.partition("/")[0]))

    @property
    def numeric(self) -> bool:
        """Whether the host is an IP address."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def service(self) -> tuple[str, str] | None:
        """(namespace, name) for a name of the cluster's DNS: `name.namespace.svc`, what may follow, or a pod of it."""
        found = _IN_CLUSTER.fullmatch(self.host)
        return (found["namespace"], found["name"]) if found else None

    @property
    def pod(self) -> tuple[str, str] | None:
        """(namespace, name) of the pod before its Service's name, for one that has a name of its own."""
        found = _IN_CLUSTER.fullmatch(self.host)
        return (found["namespace"], found["pod"]) if found and found["pod"] else None


def _split(text: str) -> tuple[str, str]:
    """`worker-3:9100`, `[fd00::7]:9100`; an IPv6 address without brackets has no port."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    return host, port
