"""Speak to a TrueNAS system; know nothing of Home Assistant."""
