"""The survey of what alerts point at: which objects that comes down to, and how those are. It changes nothing."""

from chatops.cluster.survey.surveyor import Surveyor
from chatops.cluster.survey.workloads import see_workload

__all__ = ["Surveyor", "see_workload"]
