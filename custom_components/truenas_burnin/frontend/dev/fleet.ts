import type { BurnInRow, DriveRow, StageKind, System } from "../src/data/protocol";

type Model = readonly [
  model: string,
  terabytes: number,
  count: number,
  type: DriveRow["type"],
];

const MODELS: readonly [Model, ...Model[]] = [
  ["ST12000NM0008", 12, 3, "hdd"],
  ["WD80EFAX", 8, 3, "hdd"],
  ["ST16000NM001G", 16, 2, "hdd"],
  ["ST4000VN008", 4, 2, "hdd"],
  ["TOSHIBA MG06ACA10TE", 10, 2, "hdd"],
  ["HGST HUS728T8TAL5200", 8, 1, "hdd"],
  ["ST6000DM003", 6, 1, "hdd"],
  ["FAIL001", 8, 1, "hdd"],
];

const HOUR = 3600_000;

/** The stages of the profile "full". */
export const FULL: readonly StageKind[] = [
  "precheck",
  "short_smart",
  "long_smart",
  "surface_validate",
  "final_check",
];

function ago(hours: number): string {
  return new Date(Date.now() - hours * HOUR).toISOString();
}

export function system(
  entry_id: string,
  title: string,
  more: Partial<System> = {},
): System {
  return {
    entry_id,
    title,
    version: "25.10.0",
    online: true,
    last_success: ago(0),
    stale: false,
    key_refused: false,
    hold: false,
    max_parallel: 2,
    exported_pools: true,
    commands: true,
    url: "https://tank.example",
    ...more,
  };
}

export function burnIn(id: string, more: Partial<BurnInRow> = {}): BurnInRow {
  return {
    id,
    attempt: 1,
    retry_of: null,
    state: "queued",
    profile: "full",
    destructive: true,
    verified: true,
    extent: "every_sector",
    stage: "precheck",
    stage_percent: 0,
    percent: 0,
    activity: null,
    sweep: null,
    sweeps: null,
    pause_reason: null,
    stalled: false,
    created: ago(100),
    started: null,
    finished: null,
    finish_time: null,
    reason: null,
    reasons: [],
    warnings: 0,
    operator: "Mia",
    ...more,
  };
}

/** Where a pass of one write and one read-back is. */
export function sweepAt(
  percent: number,
): Pick<BurnInRow, "activity" | "sweep" | "sweeps"> {
  return percent < 50
    ? { activity: "write", sweep: 1, sweeps: 2 }
    : { activity: "verify", sweep: 2, sweeps: 2 };
}

export function running(id: string, percent: number): BurnInRow {
  return burnIn(id, {
    state: "running",
    stage: "surface_validate",
    stage_percent: percent,
    percent: 10 + percent * 0.9,
    ...sweepAt(percent),
    started: ago(20 + percent / 3),
    finish_time: ago(-(100 - percent) * 0.7),
  });
}

/** States that drives of the fleet are in, in turn. */
const KINDS: readonly ((id: string, index: number) => BurnInRow | null)[] = [
  (id) => running(id, 34.6),
  (id, index) =>
    burnIn(id, {
      state: "passed",
      stage: null,
      percent: 100,
      started: ago(90),
      finished: ago(4),
      warnings: index % 3 === 0 ? 1 : 0,
    }),
  (id) => burnIn(id),
  () => null,
  (id) =>
    ({ ...running(id, 61), state: "paused", pause_reason: "heat" }) satisfies BurnInRow,
  (id) =>
    burnIn(id, {
      state: "cancelled",
      stage: null,
      percent: 12,
      started: ago(50),
      finished: ago(48),
    }),
  (id) =>
    ({
      ...running(id, 18),
      state: "cancelling",
      finish_time: null,
    }) satisfies BurnInRow,
];

function failed(id: string): BurnInRow {
  return burnIn(id, {
    state: "failed",
    stage: null,
    percent: 37.2,
    started: ago(31),
    finished: ago(2),
    reason: "errors at 20 %: 0 read, 12 write, 0 compare",
    reasons: [
      {
        key: "surface_errors",
        placeholders: { read: "0", write: "12", compare: "0", percent: "20" },
      },
    ],
  });
}

function drive(entry: string, index: number, model: Model): DriveRow {
  const [name, terabytes, , type] = model;
  const failing = name === "FAIL001";
  const letters = letter(index);
  const pooled = index % 15 === 3 || index % 15 === 4;
  const id = `${entry}-b${index}`;
  const kind = KINDS[index % KINDS.length];
  const serial = failing
    ? index < 15
      ? "FAIL001"
      : `FAIL${String(index).padStart(4, "0")}`
    : `${name.slice(0, 2)}${(index * 7919 + 100003).toString(36).toUpperCase()}`;
  return {
    id: `${entry}:{serial_lunid}${serial}`,
    device_id: `device-${entry}-${index}`,
    entry_id: entry,
    name: `sd${letters}`,
    serial,
    unit: null,
    manufacturer: "Seagate",
    firmware: "SC60",
    build: "7200 rpm, 3.5 inches",
    asked_as: "",
    model: name,
    size: terabytes * 1e12,
    type,
    pool: pooled ? "tank" : null,
    exported_pool: null,
    boot: index % 15 === 14 && index > 14,
    unused: !pooled,
    present: true,
    temperature: failing ? 46 : 31 + ((index * 5) % 12),
    location:
      index % 3 === 0
        ? `Shelf ${1 + Math.floor(index / 24)} bay ${1 + (index % 24)}`
        : "",
    notes: "",
    smart: failing ? "failing" : "ok",
    health: null,
    short: { state: "passed", percent: null, at: ago(60) },
    long: index % 4 === 1 ? { state: "running", percent: 40, at: ago(2) } : null,
    against: pooled ? inPool(`sd${letters}`) : { reasons: [], reason: null },
    burn_in: pooled ? null : failing ? failed(id) : (kind?.(id, index) ?? null),
  };
}

function inPool(device: string): DriveRow["against"] {
  return {
    reasons: [{ key: "drive_in_pool", placeholders: { device, pool: "tank" } }],
    reason: `${device} belongs to the pool tank`,
  };
}

function letter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

/** Return `count` drives of one system, in the proportions of the mock's fleet. */
export function drives(entry: string, count: number): DriveRow[] {
  const shelf = MODELS.flatMap((model) =>
    Array.from({ length: model[2] }, () => model),
  );
  return Array.from({ length: count }, (_, index) =>
    drive(entry, index, shelf[index % shelf.length] ?? MODELS[0]),
  );
}
