import type { BurnInState, DriveRow, FleetMessage, System } from "./protocol";

/** Compares texts as a person counts: sd9 before sd10. */
export const collator = new Intl.Collator(undefined, {
  numeric: true,
  sensitivity: "base",
});

const LETTERS = /^(sd|hd|vd|xvd)([a-z]+)$/;

/** Return what names are sorted by: Linux counts sda … sdz, sdaa. */
export function nameKey(name: string): string {
  return name.replace(
    LETTERS,
    (_, kind: string, letters: string) => `${kind}${letters.length}${letters}`,
  );
}

/**
 * All systems and drives as last told, by their ids.
 *
 * Drives stand by name, those that came later at the end: what is in order already
 * is quickly sorted again, and comparing names is slow.
 */
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
  const told =
    message.kind === "delta"
      ? message.drives
      : message.drives
          .map((drive) => [nameKey(drive.name), drive] as const)
          .sort(([a], [b]) => collator.compare(a, b))
          .map(([, drive]) => drive);
  for (const drive of told) drives.set(drive.id, drive);
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
