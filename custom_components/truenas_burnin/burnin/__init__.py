"""Decide what happens to a drive, and when; know nothing of Home Assistant."""
