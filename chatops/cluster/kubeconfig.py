"""Where the address and the credentials of a cluster come from: kubeconfig files, or the pod's service account.

It knows files and environment variables, and sends no request.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from kubernetes import config as kube_config
from kubernetes.client.configuration import Configuration
from kubernetes.config import ConfigException

from chatops.cluster.errors import clean
from chatops.core.failures import Permanent, Reason

# Unannotated in the library: named here once, so that the rest of this package is checked strictly.
_load_file: Any = kube_config.load_kube_config
_load_service_account: Any = kube_config.load_incluster_config


_CREDENTIALS = frozenset(
    ("token", "password", "client-key-data", "id-token", "refresh-token", "access-token", "client-secret", "value")
)
"""Keys under `users` whose values are credentials; `value` is that of a variable of an exec plugin."""


class _Named(msgspec.Struct):
    name: str = ""
    user: Any = None


class _File(msgspec.Struct):
    """The part of a kubeconfig that is read here; the kubernetes package reads the rest."""

    contexts: list[_Named] | None = None
    users: list[_Named] | None = None
    current: Any = msgspec.field(name="current-context", default=None)


class Kubeconfig:
    """The kubeconfig files in force, read anew on every call.

    `path` None means `$KUBECONFIG`, else `~/.kube/config`. Like kubectl it takes several files separated by the path
    separator and skips those that do not exist.
    """

    def __init__(self, path: str | None = None, *, environ: Mapping[str, str] = os.environ) -> None:
        self._path = path
        self._environ = environ

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that exist, in order of precedence."""
        listed = self._path or self._environ.get("KUBECONFIG") or str(Path("~/.kube/config"))
        paths = (Path(part).expanduser() for part in listed.split(os.pathsep) if part)
        return tuple(path for path in paths if path.is_file())

    @property
    def in_pod(self) -> bool:
        """Whether this process runs in a pod that was given a service account."""
        return bool(self._environ.get("KUBERNETES_SERVICE_HOST"))

    def signature(self) -> tuple[object, ...]:
        """A value that changes when a file appears, goes, or is written."""
        seen: list[object] = [self.in_pod]
        for path in self.files:
            try:
                stat = path.stat()
            except OSError:
                continue
            seen.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(seen)

    def contexts(self) -> tuple[str, ...]:
        """Names of all contexts, the current one first. Raises Permanent(NOT_CONFIGURED) for a file that is none."""
        current = ""
        names: dict[str, None] = {}
        for path in self.files:
            content = _read(path)
            # Of several files the first to say it decides (kubectl's merge order).
            current = current or (content.current if isinstance(content.current, str) else "")
            names.update(dict.fromkeys(entry.name for entry in content.contexts or ()))
        return tuple(sorted(names, key=lambda name: name != current))

    def load(self, context: str | None) -> Configuration:
        """Everything needed to reach `context`; None is the current context, or the service account inside a pod.

        Raises Permanent(NOT_CONFIGURED) with what to mend, never with a credential.
        """
        files = self.files
        if not files and self.in_pod and context is None:
            return self._from_service_account()
        if not files:
            wanted = self._path or self._environ.get("KUBECONFIG") or "~/.kube/config"
            raise Permanent(Reason.NOT_CONFIGURED, f"no kubeconfig at {wanted}, and not in a pod")
        names = self.contexts()
        if context is not None and context not in names:
            raise Permanent(
                Reason.NOT_CONFIGURED,
                clean(f"no context {context} in the kubeconfig (it has: {', '.join(names)})"),
            )
        configuration = Configuration()
        try:
            _load_file(
                config_file=os.pathsep.join(map(str, files)),
                context=context,
                client_configuration=configuration,
                # The files belong to their owner; refreshed tokens stay in memory.
                persist_config=False,
            )
        except Exception as error:
            # The library names the offending entry by its whole content, credentials included.
            words = clean(f"{type(error).__name__}: {error}", self.secrets())
            raise Permanent(Reason.NOT_CONFIGURED, f"the kubeconfig cannot be used: {words}") from None
        _trim_tokens(configuration)
        return configuration

    def _from_service_account(self) -> Configuration:
        configuration = Configuration()
        try:
            _load_service_account(client_configuration=configuration)
        except (ConfigException, OSError) as error:
            raise Permanent(Reason.NOT_CONFIGURED, clean(f"service account: {error}")) from None
        return configuration

    def credentials(self) -> frozenset[str]:
        """What the files' users log in with, also where it stands in a file of its own; no command and no path."""
        found: set[str] = set()
        for user in self._users():
            found.update(_under(user, _CREDENTIALS))
            for named in _under(user, frozenset(("tokenFile", "token-file"))):
                with contextlib.suppress(OSError, UnicodeError):
                    found.add(Path(named).read_text().strip())
        return frozenset(found)

    def secrets(self) -> frozenset[str]:
        """Every string in the files' `users`: none of them may ever be shown."""
        return frozenset(text for user in self._users() for text in _strings(user))

    def _users(self) -> Iterator[Any]:
        for path in self.files:
            with contextlib.suppress(Permanent):
                yield from (entry.user for entry in _read(path).users or ())


def _trim_tokens(configuration: Any) -> None:
    """A token's file ends in a line end as most files do; the library keeps it, and no header may carry it."""
    refresh = configuration.refresh_api_key_hook

    def refreshed(asking: Any) -> None:
        if refresh is not None:
            refresh(asking)
        asking.api_key = {name: value.strip() for name, value in asking.api_key.items()}
        # The library's own puts itself back.
        asking.refresh_api_key_hook = refreshed

    configuration.refresh_api_key_hook = refreshed


# Met here, by one thread: see chatops.decoders.
msgspec.json.Decoder(_File)


def _read(path: Path) -> _File:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise Permanent(Reason.NOT_CONFIGURED, f"{path}: {error.strerror}") from None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # The parser's message quotes the file, so it is not passed on.
        raise Permanent(Reason.NOT_CONFIGURED, f"{path} is not a kubeconfig") from None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _under(value: Any, keys: frozenset[str]) -> Iterator[str]:
    """Strings that stand under one of these keys, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                yield from (inner,) if key in keys else ()
            else:
                yield from _under(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from _under(inner, keys)
