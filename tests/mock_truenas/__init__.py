"""Tests of the pretended TrueNAS."""
