"""Show the main job: a batch of burn-ins in a real Home Assistant, on a mock NAS."""

import argparse
import asyncio
from collections import Counter
import json
from pathlib import Path
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.live.home import Home
from scripts.live.nas import Nas, start_nas
from scripts.live.wait import until

FAILING = "FAIL001"
FINAL = {"passed", "failed", "cancelled", "inconclusive"}
SHOWN = {"burn_in", "stage", "progress"}
SILENCE = 180.0
"""Seconds without news of any drive after which nothing more is expected.

How long all of it takes says something about the machine alone.
"""


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="end after the batch, with its verdict"
    )
    parser.add_argument("--profile", default="core-13.0", help="which TrueNAS to mock")
    parser.add_argument("--port", type=int, help="port of Home Assistant (8199)")
    parser.add_argument("--speed", type=float, default=60.0, help="mock's time factor")
    parser.add_argument("--folder", type=Path, help="keep everything in this folder")
    return parser.parse_args()


async def choose(home: Home, nas: Nas) -> dict[str, str]:
    """Return serial and device id of FAIL001 and of three drives that are free."""
    drives = await until(home.drives, 60, "the drives to appear")
    state = await nas.debug("state")
    taken = {drive["serial"] for drive in state["drives"] if drive["pool"]}
    free = [serial for serial in drives if serial not in taken and serial != FAILING]
    return {serial: drives[serial] for serial in [*sorted(free)[:3], FAILING]}


async def follow(home: Home, batch: dict[str, str]) -> None:
    """Print the progress of each drive until all of the batch have ended.

    Raise TimeoutError when nothing has been heard of any of them for long.
    """
    serials = {device: serial for serial, device in batch.items()}
    kinds = await home.entities()
    shown: dict[str, dict[str, str]] = {serial: {} for serial in batch}
    clock = asyncio.get_running_loop().time
    async with asyncio.timeout(SILENCE) as silence:
        async for change in home.changes():
            device, kind = kinds.get(change["entity_id"], ("", ""))
            serial = serials.get(device)
            sensor = change["entity_id"].startswith("sensor.")
            if serial is None or kind not in SHOWN or not sensor:
                continue
            if change["new_state"] is None:
                continue
            silence.reschedule(clock() + SILENCE)
            line = shown[serial]
            line[kind] = change["new_state"]["state"]
            show(serial, line)
            if all(values.get("burn_in") in FINAL for values in shown.values()):
                return


def show(serial: str, line: dict[str, str]) -> None:
    """Print where one drive stands."""
    print(
        f"  {time.strftime('%H:%M:%S')}  {serial:<10}"
        f" {line.get('burn_in', ''):<10} {line.get('stage', ''):<18}"
        f" {line.get('progress', ''):>6} %",
        flush=True,
    )


def verdict(burn_ins: list[dict[str, Any]]) -> bool:
    """Print what became of each drive; tell whether it is what it should be."""
    good = len(burn_ins) == 4
    for burn_in in burn_ins:
        reason = burn_in["reason"] or ""
        print(f"  {burn_in['serial']:<10} {burn_in['state']:<8} {reason}")
        if burn_in["serial"] != FAILING:
            good &= burn_in["state"] == "passed"
            continue
        failed = [item for item in burn_in["stages"] if item["state"] == "failed"]
        good &= burn_in["state"] == "failed"
        good &= [item["kind"] for item in failed] == ["surface_validate"]
        # It takes no writes from 30 % on, and the writing is half of the stage.
        good &= all(12 <= item["percent"] <= 18 for item in failed)
        good &= burn_in["reasons"][0]["key"] == "surface_errors"
    return good


async def keeps_the_key(home: Home, nas: Nas) -> bool:
    """Print what the NAS's audit log got; tell whether the API key is in no log."""
    rows = await nas.debug("audit")
    services = Counter(row["service"] for row in rows)
    told = ", ".join(f"{count} {name}" for name, count in sorted(services.items()))
    print(f"audit log of the NAS: {told or 'none kept'}")
    secrets = {nas.key, nas.key.partition("-")[2]} - {""}
    logs = {"the NAS's audit log": json.dumps(rows)}
    for log in home.logs():
        logs[log.name] = await asyncio.to_thread(log.read_text, errors="replace")
    found = [name for name, text in logs.items() if any(one in text for one in secrets)]
    for name in found:
        print(f"the API key is in {name}")
    return not found


async def run(options: argparse.Namespace, folder: Path) -> int:
    """Run the demo in a folder; return the exit status."""
    nas = await start_nas(folder, options.profile, options.speed)
    print(f"mock TrueNAS {options.profile} at {nas.url}, key {nas.key}", flush=True)
    port = options.port or (None if options.once else 8199)
    home = Home(folder / "homeassistant", port)
    try:
        await home.start()
        print(f"Home Assistant at {home.url}", flush=True)
        result = await home.add_nas(nas.url, nas.key)
        if result["type"] != "create_entry":
            print(f"the NAS could not be added: {result.get('errors')}")
            return 1
        print(f"added {result['title']} through the config flow", flush=True)
        batch = await choose(home, nas)
        began = time.monotonic()
        following = asyncio.create_task(follow(home, batch))
        started = await home.action(
            "start_burn_in",
            device_id=list(batch.values()),
            profile="full",
            confirm_serials=list(batch),
        )
        ids = {item["id"] for item in started["burn_ins"]}
        print(f"started {len(ids)} burn-ins, profile full", flush=True)
        await following
        reply = await home.action("get_burn_ins", limit=50)
        print(f"after {time.monotonic() - began:.0f} s:")
        good = verdict([item for item in reply["burn_ins"] if item["id"] in ids])
        good &= await keeps_the_key(home, nas)
        print("as it should be" if good else "NOT as it should be", flush=True)
        if not options.once:
            print(f"open {home.url}/config/integrations/integration/truenas_burnin")
            print("(no login needed from this machine; Ctrl-C ends it)", flush=True)
            await asyncio.Event().wait()
        return 0 if good else 1
    except Exception:
        if home.process is not None:
            print(home.process.tail(), file=sys.stderr)
        raise
    finally:
        await home.close()
        await nas.stop()


def main() -> int:
    """Run the demo in a folder of its own."""
    options = arguments()
    try:
        if options.folder is not None:
            return asyncio.run(run(options, options.folder.resolve()))
        with tempfile.TemporaryDirectory(prefix="burn-in-demo-") as folder:
            return asyncio.run(run(options, Path(folder)))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
