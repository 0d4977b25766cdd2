"""Papers."""

from custom_components.truenas_burnin.burnin.model import BurnIn
from custom_components.truenas_burnin.reports.certificate import Paper

from ..builders import a_passed_one

URL = "https://ha.example/drive-burn-in/burn-in/burn-in-00001"
HASH = "0123456789abcdef" * 4


def a_paper(burn_in: BurnIn | None = None, url: str | None = URL) -> Paper:
    """Return a paper of a burn-in."""
    return Paper(
        burn_in=burn_in or a_passed_one(), nas="tank", url=url, audit_hash=HASH
    )
