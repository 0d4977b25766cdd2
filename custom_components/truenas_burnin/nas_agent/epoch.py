"""Which ledger this NAS obeys, and how far it has come.

A ledger that shows a lower number was restored from a backup; one with another id is a
copy, or another Home Assistant. Neither may start anything before a person decided.
"""

from __future__ import annotations

import threading

from . import durable
from .errors import Code, Refused
from .paths import Paths
from .plan import Ledger


class Epoch:
    """The kept epoch of a NAS."""

    def __init__(self, paths: Paths) -> None:
        """Keep where it is kept."""
        self._file = paths.epoch
        self._lock = threading.Lock()

    def kept(self) -> Ledger | None:
        """Return what is kept, None before the first start; raise Refused.

        One that cannot be read does not look like a first start.
        """
        if not self._file.exists():
            return None
        try:
            return Ledger.read(durable.read(self._file))
        except Refused as error:
            raise Refused(Code.LEDGER_OTHER, {"obeys": None}) from error

    def admit(self, ledger: Ledger) -> None:
        """Let a ledger start something, and remember how far it is; raise Refused.

        The same number again is the same start, asked for once more.
        """
        with self._lock:
            kept = self.kept()
            if kept is not None and kept.id != ledger.id:
                raise Refused(Code.LEDGER_OTHER, {"obeys": kept.as_json()})
            if kept is not None and ledger.number < kept.number:
                raise Refused(Code.LEDGER_OLDER, {"obeys": kept.as_json()})
            if ledger != kept:
                self._keep(ledger)

    def obey(self, ledger: Ledger) -> None:
        """Take over what a person decided; raise Refused."""
        with self._lock:
            self._keep(ledger)

    def _keep(self, ledger: Ledger) -> None:
        try:
            durable.replace(self._file, ledger.as_json())
        except OSError as error:
            raise Refused(Code.NO_SPACE, {}, str(error)) from error
