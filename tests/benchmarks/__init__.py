"""What may not become slow."""
