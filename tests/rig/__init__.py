"""A real kernel with real drives: see README.md."""
