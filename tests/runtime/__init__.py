"""Tests of a NAS that is set up."""
