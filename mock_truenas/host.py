"""One NAS as its protocols know it, whatever its drives are."""

from dataclasses import dataclass, field
import hashlib
from pathlib import Path
from typing import Any
import uuid

from .audit import Audit
from .callers import Key
from .clock import Clock
from .events import Events
from .faults import Faults
from .profile import Profile
from .storage import Storage
from .tokens import Tokens


@dataclass(kw_only=True)
class Host:
    """What it is, who may use it, what it keeps; `root` is a folder of this machine."""

    profile: Profile
    clock: Clock
    root: Path
    key: Key
    storage: Storage
    host_id: str = ""
    boot_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    faults: Faults = field(default_factory=Faults)
    events: Events = field(default_factory=Events)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)
    certificate: bytes | None = None
    """SHA-256 of the certificate that is served."""
    rest_calls: int = 0
    """How often the deprecated REST API was used with success."""
    tokens: Tokens = field(default_factory=Tokens)
    audit: Audit = field(init=False)

    def __post_init__(self) -> None:
        """Begin its audit log."""
        self.host_id = (
            self.host_id or hashlib.sha256(str(self.root).encode()).hexdigest()
        )
        self.audit = Audit(self.profile, self.clock, self.root / "sudo.log")
