import type { DriveRow, HealthReply } from "./protocol";
import { isUnderWay } from "./view";

/** The drives that are being asked, and what each had said before. */
export type Reading = ReadonlyMap<string, string | null>;

/** Return the drives to ask: those chosen, else all that are not busy. */
export function askable(
  chosen: readonly DriveRow[],
  shown: readonly DriveRow[],
): DriveRow[] {
  return (chosen.length > 0 ? chosen : shown).filter(
    ({ present, device_id, burn_in }) =>
      present && device_id !== null && !isUnderWay(burn_in?.state),
  );
}

/** Begin to ask drives. */
export function begun(drives: readonly DriveRow[]): Reading {
  return new Map(drives.map(({ id, health }) => [id, health?.read ?? null]));
}

/** Return how many of the drives have answered by now. */
export function answered(
  reading: Reading,
  drives: ReadonlyMap<string, DriveRow>,
): number {
  return [...reading].filter(([id, before]) => {
    const now = drives.get(id)?.health?.read ?? null;
    return now !== before;
  }).length;
}

/** Return how many drives said something, slept on, and what went wrong by drive. */
export function outcome({ drives }: HealthReply): {
  read: number;
  asleep: number;
  failed: string[];
} {
  const count = (asked: string): number =>
    drives.filter((drive) => drive.asked === asked).length;
  return {
    read: count("read"),
    asleep: count("asleep"),
    failed: drives.flatMap(({ asked, device, error }) =>
      asked === "failed" ? [`${device}: ${error ?? ""}`] : [],
    ),
  };
}
