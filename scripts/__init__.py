"""Scripts of the project; see README.md."""
