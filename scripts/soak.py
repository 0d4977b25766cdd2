"""Kill a real Home Assistant again and again; the verdicts must not change."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import random
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mock_truenas.profile import PROFILES
from scripts.live.home import Home
from scripts.live.nas import Nas, start_nas
from scripts.live.wait import until

FAILING = "FAIL001"
FINAL = {"passed", "failed", "cancelled", "inconclusive"}
WHILE_STARTING = 0.25
"""Share of the kills that hit a Home Assistant that still starts."""

AT_WORK = 14.0
"""Seconds for which it works before it is killed, at most."""

BATCH_SECONDS = 3200.0
"""How long a batch takes at speed 1: two good drives at once, then the failing one."""

UNDISTURBED_SPEED = 60.0


@dataclass(frozen=True)
class Outcome:
    """How a burn-in ended and what it wrote, in bytes of the size the drive claims."""

    state: str
    stages: tuple[tuple[str, str], ...]
    written: int


@dataclass(frozen=True)
class Batch:
    """Burn-ins of two good drives and a failing one, by their serials."""

    outcomes: dict[str, Outcome]
    strays: int


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how often (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")
    parser.add_argument(
        "--profile",
        choices=sorted(PROFILES),
        default="core-13.0",
        help="which TrueNAS to mock",
    )
    parser.add_argument(
        "--speed", type=float, help="mock's time factor: as slow as the kills need"
    )
    return parser.parse_args()


class Soak:
    """One Home Assistant with one NAS and its batch."""

    def __init__(self, home: Home, nas: Nas) -> None:
        """Begin with nothing started."""
        self.home = home
        self.nas = nas
        self.serials: list[str] = []
        self.starts_in = 0.0

    async def begin(self) -> None:
        """Start burn-ins of two good drives and the failing one."""
        began = time.monotonic()
        await self.home.start()
        self.starts_in = time.monotonic() - began
        result = await self.home.add_nas(self.nas.url, self.nas.key)
        if result["type"] != "create_entry":
            raise RuntimeError(str(result))
        drives = await until(self.home.drives, 60, "the drives to appear")
        await until(self._is_stored, 60, "Home Assistant to store the NAS")
        state = await self.nas.debug("state")
        taken = {item["serial"] for item in state["drives"] if item["pool"]}
        self.serials = [*sorted(set(drives) - taken - {FAILING})[:2], FAILING]
        await self.home.action(
            "start_burn_in",
            device_id=[drives[serial] for serial in self.serials],
            profile="full",
            confirm_serials=self.serials,
        )

    async def _is_stored(self) -> bool:
        """Tell whether the NAS survives a kill: Home Assistant stores with delay."""
        entries = self.home.folder / ".storage/core.config_entries"
        return entries.exists() and '"truenas_burnin"' in entries.read_text()

    async def burn_ins(self) -> list[dict[str, Any]]:
        """Return all burn-ins; none while the NAS is not set up yet."""
        try:
            reply = await self.home.action("get_burn_ins", limit=100)
        except RuntimeError:
            return []
        found: list[dict[str, Any]] = reply["burn_ins"]
        return found

    async def die_starting(self, seconds: float) -> str:
        """Start Home Assistant and kill it after so long, if it still starts."""
        starting = asyncio.ensure_future(self.home.start())
        done, _ = await asyncio.wait({starting}, timeout=seconds)
        if done:
            await starting
        else:
            starting.cancel()
            await asyncio.wait({starting})
        await self.home.kill()
        return "starting"

    async def die_at_work(self, seconds: float) -> str:
        """Start Home Assistant and kill it after so long; return what it was doing."""
        await self.home.start()
        await asyncio.sleep(seconds)
        states = [item["state"] for item in await self.burn_ins()]
        await self.home.kill()
        return ", ".join(states)

    async def kill_often(self, kills: int, moments: random.Random) -> int:
        """Kill Home Assistant at random moments; return how often it was at work."""
        await self.home.kill()
        at_work = 0
        for number in range(1, kills + 1):
            if moments.random() < WHILE_STARTING:
                doing = await self.die_starting(moments.uniform(0.5, self.starts_in))
            else:
                doing = await self.die_at_work(moments.uniform(0.0, AT_WORK))
                at_work += not set(doing.split(", ")) <= FINAL
            print(f"  kill {number}/{kills}: {doing}", flush=True)
        await self.home.start()
        return at_work

    async def end(self) -> Batch:
        """Return the outcomes once all have ended."""

        async def look() -> list[dict[str, Any]]:
            found = await self.burn_ins()
            return found if all(item["state"] in FINAL for item in found) else []

        found = await until(look, 3600, "the burn-ins to end")
        writes: dict[str, int] = await self.nas.debug("writes")
        if sorted(item["serial"] for item in found) != sorted(self.serials):
            raise RuntimeError(f"{len(found)} burn-ins of {len(self.serials)} drives")
        outcomes = {
            item["serial"]: Outcome(
                state=item["state"],
                stages=tuple((one["kind"], one["state"]) for one in item["stages"]),
                written=writes[item["serial"]],
            )
            for item in found
        }
        return Batch(outcomes, sum(writes.values()) - _written(outcomes))


def _written(outcomes: dict[str, Outcome]) -> int:
    return sum(outcome.written for outcome in outcomes.values())


@asynccontextmanager
async def soaking(folder: Path, profile: str, speed: float) -> AsyncIterator[Soak]:
    """Start a NAS and begin a batch on it; end everything afterwards."""
    nas = await start_nas(folder, profile, speed)
    home = Home(folder / "homeassistant")
    try:
        soak = Soak(home, nas)
        await soak.begin()
        yield soak
    except Exception:
        if home.process is not None:
            print(home.process.tail(), file=sys.stderr)
        raise
    finally:
        await home.close()
        await nas.stop()


def compare(undisturbed: Batch, killed: Batch) -> bool:
    """Print both; tell whether not a verdict, not a stage, not a byte differs."""
    for serial, expected in undisturbed.outcomes.items():
        found = killed.outcomes.get(serial)
        print(f"  {serial:<10} undisturbed {expected.state}, {expected.written} bytes")
        if found != expected:
            print(f"  {'':<10} killed      {found}, not {expected}")
    print(f"  {killed.strays} bytes written to other drives")
    return killed == undisturbed and not killed.strays


async def run(options: argparse.Namespace, folder: Path) -> int:
    """Run the same batch undisturbed and with kills; return the exit status."""
    profile, kills = options.profile, options.kills
    began = time.monotonic()
    print("undisturbed", flush=True)
    async with soaking(folder / "undisturbed", profile, UNDISTURBED_SPEED) as soak:
        undisturbed = await soak.end()
        killing = kills * (soak.starts_in + AT_WORK)
    # The batch must take as long as its kills.
    fitting = min(UNDISTURBED_SPEED, BATCH_SECONDS / max(1.0, killing))
    speed = options.speed or fitting
    print(f"killed, at speed {speed:.1f}", flush=True)
    async with soaking(folder / "killed", profile, speed) as soak:
        at_work = await soak.kill_often(kills, random.Random(options.seed))  # noqa: S311
        killed = await soak.end()
    same = compare(undisturbed, killed)
    idle = "" if 2 * at_work >= kills else ", which is too few"
    print(
        f"soak {profile}: {kills} kills, {at_work} of them at work{idle}, in "
        f"{time.monotonic() - began:.0f} s: "
        f"{'as undisturbed' if same else 'NOT as undisturbed'}",
        flush=True,
    )
    return 0 if same and not idle else 1


def main() -> int:
    """Run the soak in a folder of its own."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="burn-in-soak-") as folder:
        return asyncio.run(run(options, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
