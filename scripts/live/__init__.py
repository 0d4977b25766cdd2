"""A real Home Assistant and a mock TrueNAS as processes, for demo and tests."""
