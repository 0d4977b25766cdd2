"""What a machine behind a line is to the protocols."""

from dataclasses import dataclass

from ..host import Host
from .line import Machine


@dataclass(kw_only=True)
class RealHost(Host):
    """A NAS whose drives and files are the machine's."""

    machine: Machine
