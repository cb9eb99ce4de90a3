"""Text of strangers made safe to show, as every door needs it: see `core.plain`."""

from chatops.core.plain import plain_line, safe_text

__all__ = ["plain_line", "safe_text"]
