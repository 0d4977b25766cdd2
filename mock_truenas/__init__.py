"""A TrueNAS that behaves like the real one, for development and tests.

Binds to loopback only. Commands that the API is asked to run are run for real.
"""
