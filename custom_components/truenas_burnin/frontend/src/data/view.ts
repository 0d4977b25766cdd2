import { collator, nameKey, type Fleet } from "./fleet";
import { BURN_IN_STATES, type BurnInState, type DriveRow } from "./protocol";

export const SORTS = [
  "name",
  "location",
  "model",
  "serial",
  "size",
  "temperature",
  "smart",
  "self_tests",
  "burn_in",
  "elapsed",
  "finish_time",
  "grade",
  "hours",
  "farm_hours",
  "reallocated",
  "pending",
  "crc",
  "used",
  "last_test",
  "content",
] as const;
export type SortKey = (typeof SORTS)[number];

export const STATES = ["under_way", "not_run", ...BURN_IN_STATES] as const;
export type StateFilter = "" | (typeof STATES)[number];

export const USES = ["unused", "in_use", "absent"] as const;
export type UseFilter = "" | (typeof USES)[number];

export const TYPES = ["hdd", "ssd", "nvme"] as const;
export type TypeFilter = "" | (typeof TYPES)[number];

/** Which drives a person wants to see, and in which order. */
export interface Query {
  entry: string;
  text: string;
  state: StateFilter;
  use: UseFilter;
  type: TypeFilter;
  sort: SortKey;
  descending: boolean;
}

export const EVERYTHING: Query = {
  entry: "",
  text: "",
  state: "",
  use: "",
  type: "",
  // What failed or runs is what a person comes for.
  sort: "burn_in",
  descending: false,
};

/** Return the drives that a query asks for, sorted. */
export function view(fleet: Fleet, query: Query): DriveRow[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...fleet.drives.values()].filter(
    (drive) =>
      (!query.entry || drive.entry_id === query.entry) &&
      (!query.type || drive.type === query.type) &&
      hasState(drive, query.state) &&
      hasUse(drive, query.use) &&
      (words.length === 0 || says(drive, words)),
  );
  return sorted(found, query);
}

/** Tell whether a burn-in has begun or waits to, and has not ended. */
export function isActive(state: BurnInState | undefined): boolean {
  return state === "queued" || isUnderWay(state);
}

/** Tell whether a burn-in has begun and not ended. */
export function isUnderWay(state: BurnInState | undefined): boolean {
  return state === "running" || state === "paused" || state === "cancelling";
}

function hasState(drive: DriveRow, state: StateFilter): boolean {
  if (!state) return true;
  if (state === "not_run") return drive.burn_in === null;
  const now = drive.burn_in?.state;
  if (state === "under_way") return isUnderWay(now);
  return now === state;
}

const IN_USE: Record<Exclude<UseFilter, "">, (drive: DriveRow) => boolean> = {
  unused: (drive) => drive.present && drive.unused,
  in_use: (drive) => drive.present && !drive.unused,
  absent: (drive) => !drive.present,
};

function hasUse(drive: DriveRow, use: UseFilter): boolean {
  return !use || IN_USE[use](drive);
}

function says(drive: DriveRow, words: readonly string[]): boolean {
  const { name, serial, model, location, notes, pool } = drive;
  const text = [name, serial, model, location, notes, pool ?? ""]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

const SMART_RANK = { failing: 0, unknown: 1, none: 2, ok: 3 };
const GRADE_RANK = { fail: 0, blocked: 1, warn: 2, silent: 3, good: 4 };
const TEST_RANK = {
  running: 0,
  failed: 1,
  interrupted: 2,
  aborted: 3,
  inconclusive: 4,
  unknown: 5,
  passed: 6,
};
const STATE_RANK: Record<BurnInState, number> = {
  failed: 0,
  running: 1,
  paused: 2,
  cancelling: 3,
  queued: 4,
  inconclusive: 5,
  cancelled: 6,
  passed: 7,
};

/** What a drive is sorted by; null stands last in both directions. */
const SORTED_BY: Record<SortKey, (drive: DriveRow) => string | number | null> = {
  name: (drive) => nameKey(drive.name),
  location: (drive) => drive.location || null,
  model: (drive) => drive.model,
  serial: (drive) => drive.serial,
  size: (drive) => drive.size,
  temperature: (drive) => drive.temperature,
  smart: (drive) => SMART_RANK[drive.smart],
  self_tests: (drive) => {
    const ranks = [drive.short, drive.long].flatMap((test) =>
      test ? [TEST_RANK[test.state]] : [],
    );
    return ranks.length === 0 ? null : Math.min(...ranks);
  },
  burn_in: ({ burn_in }) =>
    burn_in && STATE_RANK[burn_in.state] + (100 - burn_in.percent) / 101,
  elapsed: ({ burn_in }) => elapsedSeconds(burn_in, Date.now()),
  finish_time: ({ burn_in }) =>
    burn_in?.finish_time ? Date.parse(burn_in.finish_time) : null,
  grade: ({ health }) => (health ? GRADE_RANK[health.grade] : null),
  hours: ({ health }) => health?.power_on_hours ?? null,
  farm_hours: ({ health }) => health?.farm_hours ?? null,
  reallocated: ({ health }) => health?.reallocated ?? null,
  pending: ({ health }) => health?.pending ?? null,
  crc: ({ health }) => health?.crc ?? null,
  used: ({ health }) => health?.percent_used ?? null,
  last_test: ({ health }) =>
    health?.last_self_test ? TEST_RANK[health.last_self_test.state] : null,
  content: ({ health }) => (health?.content?.length ? health.content.join(", ") : null),
};

/** Sort; where two are equal, their order in the fleet stays. */
function sorted(drives: DriveRow[], { sort, descending }: Query): DriveRow[] {
  const by = SORTED_BY[sort];
  const sign = descending ? -1 : 1;
  const keyed = drives.map((drive) => [by(drive), drive] as const);
  keyed.sort(([a], [b]) => compare(a, b, sign));
  return keyed.map(([, drive]) => drive);
}

type SortValue = string | number | null;

function compare(a: SortValue, b: SortValue, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  return sign * collator.compare(String(a), String(b));
}

/** Return how long a burn-in has taken by `now` (ms), in seconds. */
export function elapsedSeconds(
  burnIn: DriveRow["burn_in"],
  now: number,
): number | null {
  if (!burnIn?.started) return null;
  const end = burnIn.finished ? Date.parse(burnIn.finished) : now;
  return Math.max(0, (end - Date.parse(burnIn.started)) / 1000);
}
