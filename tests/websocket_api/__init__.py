"""Tests of what the panel asks and is told."""
