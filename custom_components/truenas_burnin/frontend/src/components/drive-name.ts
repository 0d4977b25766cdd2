import type { App } from "../app";
import type { DriveRow } from "../data/protocol";

type Named = Pick<DriveRow, "entry_id" | "name" | "serial">;

/** What the drive's system is called; "" where there is only one. */
export function nasOf({ store }: App, { entry_id }: Pick<Named, "entry_id">): string {
  const { systems } = store.fleet;
  return systems.size > 1 ? (systems.get(entry_id)?.title ?? "") : "";
}

/** A drive as a person can tell it from all others: sda (SERIAL), of which system. */
export function driveName(app: App, drive: Named): string {
  const name = `${drive.name} (${drive.serial})`;
  const nas = nasOf(app, drive);
  return nas ? `${name} · ${nas}` : name;
}
