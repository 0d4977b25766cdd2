import type { Fleet } from "./fleet";
import type { DriveRow } from "./protocol";
import { isUnderWay } from "./view";

export interface Counts {
  drives: number;
  running: number;
  queued: number;
  passed: number;
  failed: number;
  hottest: DriveRow | null;
}

/** Count the drives of one system, or of all. */
export function count(fleet: Fleet, entry: string): Counts {
  const counts: Counts = {
    drives: 0,
    running: 0,
    queued: 0,
    passed: 0,
    failed: 0,
    hottest: null,
  };
  for (const drive of fleet.drives.values()) {
    if (entry && drive.entry_id !== entry) continue;
    counts.drives += 1;
    const state = drive.burn_in?.state;
    if (isUnderWay(state)) counts.running += 1;
    else if (state === "queued" || state === "passed" || state === "failed") {
      counts[state] += 1;
    }
    const hottest = counts.hottest?.temperature ?? -Infinity;
    if (drive.temperature !== null && drive.temperature > hottest)
      counts.hottest = drive;
  }
  return counts;
}
