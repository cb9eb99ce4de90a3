"""chatops: Kubernetes incidents, from alert to fix, in Telegram."""

__version__ = "0.1.0"
