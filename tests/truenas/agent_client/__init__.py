"""The second agent, seen from the integration."""
