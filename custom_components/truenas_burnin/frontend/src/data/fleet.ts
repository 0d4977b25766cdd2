import type { BurnInState, DriveRow, FleetMessage, System } from "./protocol";

/** All systems and drives as last told, by their ids. */
export interface Fleet {
  readonly systems: ReadonlyMap<string, System>;
  readonly drives: ReadonlyMap<string, DriveRow>;
}

/** A burn-in that changed its state between two messages. */
export interface Transition {
  readonly drive: DriveRow;
  readonly from: BurnInState | null;
  readonly to: BurnInState;
}

export const EMPTY: Fleet = { systems: new Map(), drives: new Map() };

/** Return the fleet after a message; drives that it does not name stay the same objects. */
export function apply(fleet: Fleet, message: FleetMessage): Fleet {
  const base = message.kind === "snapshot" ? EMPTY : fleet;
  const systems = new Map(base.systems);
  const drives = new Map(base.drives);
  for (const system of message.systems) systems.set(system.entry_id, system);
  for (const drive of message.drives) drives.set(drive.id, drive);
  if (message.kind === "delta") {
    for (const entry of message.removed_systems) systems.delete(entry);
    for (const id of message.removed) drives.delete(id);
  }
  return { systems, drives };
}

/** Return which burn-ins of the named drives changed their state. */
export function transitions(before: Fleet, message: FleetMessage): Transition[] {
  if (message.kind === "snapshot") return [];
  return message.drives.flatMap((drive) => {
    const was = before.drives.get(drive.id)?.burn_in ?? null;
    const now = drive.burn_in;
    if (now === null || (was?.id === now.id && was.state === now.state)) return [];
    return [{ drive, from: was?.id === now.id ? was.state : null, to: now.state }];
  });
}
