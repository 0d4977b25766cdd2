"""Let `nas_agent` be imported where Home Assistant is not: it needs none of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import sys
from types import ModuleType

REPOSITORY = Path(__file__).parents[2]
_PACKAGE = "custom_components.truenas_burnin"


def stand_alone() -> None:
    """Put a package without code in place of the integration's own."""
    if _PACKAGE not in sys.modules:
        package = ModuleType(_PACKAGE)
        package.__path__ = [str(REPOSITORY / _PACKAGE.replace(".", "/"))]
        sys.modules[_PACKAGE] = package


def stand_alone_if_needed() -> None:
    """Do so only where the integration itself cannot be imported."""
    if importlib.util.find_spec("homeassistant") is None:
        stand_alone()
