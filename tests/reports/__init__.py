"""Tests of papers, tables and summaries."""
