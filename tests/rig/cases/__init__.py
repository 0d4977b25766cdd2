"""Tests that need the guest: scripts/rig runs them."""
