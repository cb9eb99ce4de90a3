"""Loopback stand-ins of the outside systems, speaking their real wire protocols."""
