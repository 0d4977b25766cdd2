"""The agent that this integration runs on a NAS, seen from here (docs/protocol.md)."""

from .verbs import Agent

__all__ = ["Agent"]
