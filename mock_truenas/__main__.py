"""`python -m mock_truenas`: a mocked NAS until it is told to end."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys
import tempfile

from .profile import PROFILES
from .real.line import MachineError
from .real.server import REAL_PROFILES, RealTrueNAS
from .server import MockTrueNAS


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m mock_truenas", description=__doc__)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="core-13.0")
    parser.add_argument(
        "--real", action="store_true", help="the drives of the machine behind --line"
    )
    parser.add_argument("--line", type=Path, help="its bridge.sock of tests/rig")
    parser.add_argument("--port", type=int, default=0, help="any free one by default")
    parser.add_argument("--speed", type=float, default=60.0, help="time factor")
    parser.add_argument("--drives", type=int, default=15, help="how many")
    parser.add_argument("--api-key", help="a new one by default")
    parser.add_argument("--root", type=Path, help="keep its files in this folder")
    parser.add_argument("--roles", default="FULL_ADMIN", help="of the key's owner: A,B")
    parser.add_argument("--owner", default="truenas_admin", help="of the key")
    parser.add_argument(
        "--tls",
        action=argparse.BooleanOptionalAction,
        help="https, which generations with JSON-RPC serve on their own",
    )
    options = parser.parse_args()
    if options.real is not (options.line is not None):
        parser.error("--real and --line belong together")
    if options.real and options.profile not in REAL_PROFILES:
        parser.error(f"--real needs a profile of {', '.join(REAL_PROFILES)}")
    return options


def nas_of(options: argparse.Namespace, root: Path) -> MockTrueNAS | RealTrueNAS:
    """Return what was asked for."""
    roles = options.roles.split(",")
    if options.real:
        return RealTrueNAS(
            options.profile,
            root,
            options.line,
            port=options.port,
            key=options.api_key,
            tls=options.tls,
            roles=roles,
            owner=options.owner,
        )
    return MockTrueNAS(
        options.profile,
        root,
        port=options.port,
        speed=options.speed,
        drives=options.drives,
        key=options.api_key,
        tls=options.tls,
        roles=roles,
        owner=options.owner,
    )


async def serve(options: argparse.Namespace, root: Path) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    nas = nas_of(options, root)
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    async with nas:
        print(
            f"mock_truenas {options.profile} on {nas.url} key {nas.key}"
            f" debug {nas.debug_url or '-'} fingerprint {nas.fingerprint or '-'}",
            flush=True,
        )
        await over.wait()


def main() -> None:
    """Serve from a folder that is kept or thrown away."""
    options = arguments()
    try:
        if options.root is not None:
            asyncio.run(serve(options, options.root))
            return
        with tempfile.TemporaryDirectory(prefix="mock-truenas-") as folder:
            asyncio.run(serve(options, Path(folder)))
    except MachineError as err:
        sys.exit(f"nothing can be done with the machine behind {options.line}: {err!r}")


if __name__ == "__main__":
    main()
