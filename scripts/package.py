"""Pack the integration as HACS and the Marketplace install it."""

import argparse
from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

REPOSITORY = Path(__file__).resolve().parents[1]
INTEGRATION = "truenas_burnin"

_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same sources make the same archive, whenever it is made."""


class Unfit(Exception):
    """There is nothing here that could be released."""


def pack(repository: Path, wanted: str | None) -> Path:
    """Return the archive of a repository; raise Unfit.

    `wanted` is a version or a tag of it, which manifest.json must agree with.
    """
    source = repository / "custom_components" / INTEGRATION
    version: str = json.loads((source / "manifest.json").read_text())["version"]
    if not _VERSION.fullmatch(version):
        raise Unfit(f"manifest.json: {version} is not a version")
    if wanted is not None and wanted.removeprefix("v") != version:
        raise Unfit(f"manifest.json says {version}, not {wanted.removeprefix('v')}")
    built = source / "frontend" / "dist"
    if not (built / "manifest.json").is_file():
        raise Unfit("the panel has not been built")
    hacs = json.loads((repository / "hacs.json").read_text())
    target = repository / "dist" / str(hacs["filename"])
    target.parent.mkdir(exist_ok=True)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in _files(source):
            info = ZipInfo(path.relative_to(source).as_posix(), _EPOCH)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())
    return target


def _files(source: Path) -> Iterator[Path]:
    """Yield what Home Assistant needs: of the panel only what was built."""
    for path in sorted(source.rglob("*")):
        place = path.relative_to(source).parts
        left_out = place[0] == "frontend" and place[:2] != ("frontend", "dist")
        if path.is_file() and not left_out and "__pycache__" not in place:
            yield path


def main() -> None:
    """Pack this repository."""
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("version", nargs="?", help="what is released, such as v1.2.3")
    try:
        target = pack(REPOSITORY, parser.parse_args().version)
    except Unfit as err:
        sys.exit(f"error: {err}")
    print(target.relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
