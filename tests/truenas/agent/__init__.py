"""The agent itself, run for real under every shell, with the real badblocks."""
