"""Tests of how data move."""
