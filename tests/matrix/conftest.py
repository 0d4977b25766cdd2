"""Fixtures of the matrix."""

import logging

import pytest


@pytest.fixture(autouse=True)
def less_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave SQL and event loop out of the reports, and try again without a pause."""
    for name in ("sqlalchemy.engine", "asyncio", "aiohttp"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.ERROR)
