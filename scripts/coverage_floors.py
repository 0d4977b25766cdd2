"""Fail if a module of the integration is tested less than it has to be.

Reads what `coverage json` says from standard input.
"""

import json
from pathlib import PurePosixPath
import sys
from typing import Any, Final

PACKAGE: Final = PurePosixPath("custom_components/truenas_burnin")

WHOLE: Final = ("burnin", "config_flow.py", "ledger")
"""What decides, what remembers and what asks for the key: every line and branch."""

FLOOR: Final = 95.0
"""Percent that all others have to exceed, by the rule `test-coverage` of the quality
scale."""


AGENT: Final = "nas_agent"
AGENT_FLOOR: Final = 90.0
"""Of what runs on the NAS: its tests kill processes, which then tell of nothing."""


def enough(module: PurePosixPath, percent: float) -> bool:
    """Tell whether a module, by its path in the package, is tested enough."""
    if module.parts[0] in WHOLE:
        return percent >= 100.0
    return percent > (AGENT_FLOOR if module.parts[0] == AGENT else FLOOR)


def too_low(report: dict[str, Any]) -> list[str]:
    """Return a line for every module that is not."""
    lines = []
    for path, found in sorted(report["files"].items()):
        module = PurePosixPath(path)
        percent: float = found["summary"]["percent_covered"]
        if not module.is_relative_to(PACKAGE):
            continue
        if not enough(module.relative_to(PACKAGE), percent):
            lines.append(f"error: {path} is tested to {percent:.2f} % only")
    return lines


if __name__ == "__main__":
    sys.exit("\n".join(too_low(json.load(sys.stdin))) or None)
