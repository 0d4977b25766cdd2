"""Kill a real Home Assistant again and again; the verdicts must not change."""

import argparse
import asyncio
from pathlib import Path
import random
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.live.home import Home
from scripts.live.nas import Nas, start_nas
from scripts.live.wait import until

FAILING = "FAIL001"
FINAL = {"passed", "failed", "cancelled", "unknown"}
PATTERNS = 4
RANGES = 256


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how often (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")
    parser.add_argument("--profile", default="core-13.0", help="which TrueNAS to mock")
    parser.add_argument("--speed", type=float, default=10.0, help="mock's time factor")
    return parser.parse_args()


async def begin(home: Home, nas: Nas) -> list[str]:
    """Start burn-ins of two good drives and the failing one; return their serials."""
    await home.start()
    result = await home.add_nas(nas.url, nas.key)
    if result["type"] != "create_entry":
        raise RuntimeError(str(result))
    drives = await until(home.drives, 60, "the drives to appear")
    state = await nas.debug("state")
    taken = {item["serial"] for item in state["drives"] if item["pool"]}
    serials = [*sorted(set(drives) - taken - {FAILING})[:2], FAILING]
    await home.action(
        "start_burn_in",
        device_id=[drives[serial] for serial in serials],
        profile="full",
        confirm_serials=serials,
    )
    return serials


async def burn_ins(home: Home) -> list[dict[str, Any]]:
    """Return all burn-ins."""
    reply = await home.action("get_burn_ins", limit=100)
    found: list[dict[str, Any]] = reply["burn_ins"]
    return found


async def kill_often(home: Home, kills: int, moments: random.Random) -> int:
    """Kill Home Assistant at random moments; return how often it was at work."""
    at_work = 0
    for number in range(1, kills + 1):
        await asyncio.sleep(moments.uniform(0.0, 14.0))
        await home.kill()
        began = time.monotonic()
        await home.start()
        states = [item["state"] for item in await burn_ins(home)]
        at_work += any(state not in FINAL for state in states)
        took = time.monotonic() - began
        print(f"  kill {number}/{kills}, back in {took:.0f} s: {states}", flush=True)
    return at_work


async def ended(home: Home) -> list[dict[str, Any]]:
    """Return the burn-ins once all have ended."""

    async def look() -> list[dict[str, Any]]:
        found = await burn_ins(home)
        return found if all(item["state"] in FINAL for item in found) else []

    return await until(look, 3600, "the burn-ins to end")


async def judge(nas: Nas, serials: list[str], found: list[dict[str, Any]]) -> bool:
    """Print and judge verdicts and bytes written; a kill writes nothing twice."""
    writes = await nas.debug("writes")
    state = await nas.debug("state")
    sizes = {item["serial"]: item["size"] for item in state["drives"]}
    good = sorted(item["serial"] for item in found) == sorted(serials)
    for item in found:
        serial = item["serial"]
        share = writes[serial] / (PATTERNS * sizes[serial])
        expected = "failed" if serial == FAILING else "passed"
        print(f"  {serial:<10} {item['state']:<8} {share:.4f} of the plan written")
        good &= item["state"] == expected
        good &= share == 1.0 if serial != FAILING else share <= 0.30 + 1 / RANGES
    others = sum(writes[serial] for serial in writes if serial not in serials)
    print(f"  {others} bytes written to other drives")
    return good and others == 0


async def run(options: argparse.Namespace, folder: Path) -> int:
    """Run the soak in a folder; return the exit status."""
    nas = await start_nas(folder, options.profile, options.speed)
    home = Home(folder / "homeassistant")
    try:
        serials = await begin(home, nas)
        moments = random.Random(options.seed)  # noqa: S311
        at_work = await kill_often(home, options.kills, moments)
        good = await judge(nas, serials, await ended(home))
        print(f"{options.kills} kills, {at_work} of them at work: ", end="")
        print("as undisturbed" if good else "NOT as undisturbed", flush=True)
        return 0 if good else 1
    except Exception:
        if home.process is not None:
            print(home.process.tail(), file=sys.stderr)
        raise
    finally:
        await home.close()
        await nas.stop()


def main() -> int:
    """Run the soak in a folder of its own."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="burn-in-soak-") as folder:
        return asyncio.run(run(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
