"""Packs `nas_agent/` as the one file that is put on a NAS.

The same sources give the same bytes, wherever and whenever they are packed: nothing is
compressed (that depends on the zlib), no time and no mode of a file is kept. So the name of
the file, which its hash gives, says exactly what runs.
"""

from dataclasses import dataclass
from functools import cache
import hashlib
import io
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_SOURCE = Path(__file__).parents[1] / "nas_agent"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAIN = b"""\
import sys

from nas_agent.__main__ import leave, main
from nas_agent.paths import installed

leave(main(sys.argv[1:], installed(sys.argv[0])))
"""


@dataclass(frozen=True)
class Packed:
    """The agent as one file.

    `version` is the first 12 hexadecimal digits of its SHA-256.
    """

    content: bytes
    version: str

    @property
    def name(self) -> str:
        """Return the name of the file on the NAS."""
        return f"agent-{self.version}.pyz"


@cache
def pack_agent() -> Packed:
    """Return the agent of this release; reads files."""
    return pack(_SOURCE)


def pack(source: Path) -> Packed:
    """Return a folder of Python files packed as one program."""
    files = {
        f"{source.name}/{path.relative_to(source).as_posix()}": path.read_bytes()
        for path in source.rglob("*.py")
    }
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name, content in sorted({"__main__.py": _MAIN, **files}.items()):
            info = ZipInfo(name, _EPOCH)
            info.create_system = 3  # otherwise the system that packs it
            archive.writestr(info, content)
    content = buffer.getvalue()
    return Packed(content, hashlib.sha256(content).hexdigest()[:12])
