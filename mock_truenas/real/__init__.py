"""A NAS whose drives are those of a machine behind a line (tests/rig/README.md)."""
