"""The agent as the integration sees it."""
