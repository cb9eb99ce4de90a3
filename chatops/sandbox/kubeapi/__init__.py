"""A loopback Kubernetes API server with its controllers. It knows nothing of the service that calls it."""

from chatops.sandbox.kubeapi.behaviours import Behaviour, LogLine
from chatops.sandbox.kubeapi.clock import StepClock, WallClock
from chatops.sandbox.kubeapi.exec import Command
from chatops.sandbox.kubeapi.server import KubeApiServer

__all__ = ["Behaviour", "Command", "KubeApiServer", "LogLine", "StepClock", "WallClock"]
