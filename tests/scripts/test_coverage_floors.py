"""A module that is tested too little is named."""

import pytest

from scripts.coverage_floors import too_low

PACKAGE = "custom_components/truenas_burnin"


@pytest.mark.parametrize(
    ("module", "percent", "fine"),
    [
        (f"{PACKAGE}/burnin/stages/base.py", 100.0, True),
        (f"{PACKAGE}/burnin/stages/base.py", 99.99, False),
        (f"{PACKAGE}/ledger/sqlite.py", 99.99, False),
        (f"{PACKAGE}/config_flow.py", 99.99, False),
        (f"{PACKAGE}/sensor.py", 95.01, True),
        (f"{PACKAGE}/sensor.py", 95.0, False),
        (f"{PACKAGE}/truenas/jobs.py", 0.0, False),
        ("mock_truenas/programs/shim.py", 0.0, True),
    ],
)
def test_floors(module: str, percent: float, fine: bool) -> None:
    """Some have to be tested whole, others nearly, the mock not at all."""
    report = {"files": {module: {"summary": {"percent_covered": percent}}}}
    lines = too_low(report)
    assert bool(lines) is not fine
    assert all(line.startswith(f"error: {module} ") for line in lines)
