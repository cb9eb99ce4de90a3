"""Whose requests are made, and the client that makes them with their address and TLS. It sends none."""

from typing import Any

from kubernetes.client.api_client import ApiClient

from chatops.cluster.kubeconfig import Kubeconfig
from chatops.fenced import fence_in


class Credentials:
    """Those of one context. Not for sharing between threads.

    Nothing is read before they are first used, and files that appear or change later are read then.
    """

    def __init__(self, kubeconfig: Kubeconfig, context: str | None) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._client: Any = None
        self._signature: tuple[object, ...] | None = None
        self.secrets: frozenset[str] = frozenset()
        """What of them may never be shown, as far as they were read."""
        self.acting_as = ""
        """The Kubernetes user that requests are made as, where that is not the credentials' own."""

    def client(self) -> Any:
        """The kubernetes package's client, made anew where a file changed. Raises Permanent(NOT_CONFIGURED)."""
        signature = self._kubeconfig.signature()
        if self._client is None or signature != self._signature:
            self.close()
            configuration: Any = self._kubeconfig.load(self._context)
            # urllib3 would repeat a DELETE whose answer was lost, and follow redirects with our token.
            configuration.retries = False
            configuration.connection_pool_maxsize = 1
            self.secrets = self._kubeconfig.secrets()
            self._client = ApiClient(configuration)
            self._client.user_agent = "chatops"
            fence_in(self._client.rest_client.pool_manager)
            self._signature = signature
        return self._client

    def close(self) -> None:
        """Give up the client with its connections; the next one reads the files again."""
        if self._client is not None:
            self._client.close()
        self._client = self._signature = None
