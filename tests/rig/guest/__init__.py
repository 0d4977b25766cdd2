"""The machine that the rig boots, and the line to it."""
