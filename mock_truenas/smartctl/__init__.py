"""The NAS's smartctl: what it says of a mocked drive, as JSON and in words."""
