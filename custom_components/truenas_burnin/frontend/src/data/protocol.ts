/**
 * Messages of the websocket API `truenas_burnin/*`, version 1.
 *
 * Times are ISO 8601 in UTC, sizes bytes, percents 0-100, temperatures °C.
 */

export const DOMAIN = "truenas_burnin";

export const BURN_IN_STATES = [
  "queued",
  "running",
  "paused",
  "cancelling",
  "passed",
  "failed",
  "cancelled",
  "inconclusive",
] as const;
export type BurnInState = (typeof BURN_IN_STATES)[number];

export type StageState =
  Exclude<BurnInState, "queued" | "cancelling"> | "pending" | "skipped";

export type StageKind =
  | "precheck"
  | "short_smart"
  | "conveyance_smart"
  | "long_smart"
  | "io_validate"
  | "surface_validate"
  | "final_check";

export type Activity = "capacity_check" | "write" | "verify" | "discard" | "done";

export const EXTENTS = [
  "every_sector",
  "zones",
  "not_read_back",
  "not_written",
] as const;
export type Extent = (typeof EXTENTS)[number];

export type PauseReason = "person" | "heat" | "quiet_hours" | "scrub";

export interface System {
  entry_id: string;
  title: string;
  version: string | null;
  online: boolean;
  last_success: string | null;
  stale: boolean;
  /** The NAS answers, and does not take the API key any more. */
  key_refused: boolean;
  hold: boolean;
  max_parallel: number;
  /** May the API key run commands on the NAS? */
  commands: boolean;
  /** Whether drives of exported pools are recognised. */
  exported_pools: boolean;
  url: string;
}

export interface SelfTestCell {
  state:
    | "running"
    | "passed"
    | "failed"
    | "aborted"
    | "interrupted"
    | "inconclusive"
    | "unknown";
  percent: number | null;
  at: string | null;
}

/** Why something is so; the texts are in the backend's translations, under `reason_`. */
export interface Reason {
  key: string;
  placeholders: Record<string, string>;
}

/** The same twice: for us to say, and in words of Home Assistant's language. */
export interface Explained {
  reasons: Reason[];
  reason: string | null;
}

/** How a burn-in stands (docs/api.md has every field). */
export interface BurnInRow extends Explained {
  id: string;
  /** From 1; those above are retries, each a burn-in of its own. */
  attempt: number;
  /** The burn-in that this one is a retry of. */
  retry_of: string | null;
  state: BurnInState;
  profile: string;
  destructive: boolean;
  /** False where a write-only stage stands in for a surface pass. */
  verified: boolean;
  /** How much of the drive is written and read back: a pass says no more than that. */
  extent: Extent;
  stage: StageKind | null;
  stage_percent: number;
  percent: number;
  /** What the surface pass does; null outside of one and before it has begun. */
  activity: Activity | null;
  /** One write or one read of all ranges, from 1; 0 during the capacity check. */
  sweep: number | null;
  sweeps: number | null;
  pause_reason: PauseReason | null;
  stalled: boolean;
  created: string;
  started: string | null;
  finished: string | null;
  finish_time: string | null;
  warnings: number;
  operator: string | null;
}

/** What a drive says of itself, and whether it is worth a burn-in. */
export interface Health {
  read: string;
  grade: "good" | "warn" | "fail" | "blocked" | "silent";
  reasons: string[];
  power_on_hours: number | null;
  /** Of a Seagate's own log. */
  farm_hours: number | null;
  reallocated: number | null;
  pending: number | null;
  crc: number | null;
  percent_used: number | null;
  last_self_test: { state: SelfTestCell["state"]; hours: number | null } | null;
  /** What lies on the drive; null where nobody could look. */
  content: string[] | null;
}

/** How asking one drive went. */
export interface HealthReply {
  drives: {
    device: string;
    asked: "read" | "asleep" | "burning_in" | "absent" | "failed";
    error: string | null;
  }[];
}

export interface DriveRow {
  /** `<entry_id>:<identifier>` */
  id: string;
  device_id: string | null;
  entry_id: string;
  name: string;
  serial: string;
  /** The logical unit, where other drives have the same serial number. */
  unit: string | null;
  manufacturer: string;
  firmware: string;
  /** Rotation and form factor, in few words. */
  build: string;
  /** The `-d` of smartctl that the drive needs. */
  asked_as: string;
  model: string;
  size: number;
  type: "hdd" | "ssd" | "nvme" | "unknown";
  pool: string | null;
  exported_pool: string | null;
  boot: boolean;
  unused: boolean;
  present: boolean;
  temperature: number | null;
  location: string;
  notes: string;
  /** `none` where the drive has no SMART. */
  smart: "ok" | "failing" | "unknown" | "none";
  /** Null until its SMART record was read. */
  health: Health | null;
  short: SelfTestCell | null;
  long: SelfTestCell | null;
  burn_in: BurnInRow | null;
  /** Why it may not be overwritten, whoever confirms it. */
  against: Explained;
}

export interface Snapshot {
  v: 1;
  kind: "snapshot";
  systems: System[];
  drives: DriveRow[];
}

export interface Delta {
  v: 1;
  kind: "delta";
  systems: System[];
  /** Entry ids. */
  removed_systems: string[];
  drives: DriveRow[];
  /** Drive ids. */
  removed: string[];
}

export type FleetMessage = Snapshot | Delta;

export interface PanelConfig {
  v: 1;
  version: string;
  profiles: Record<string, StageKind[]>;
  stages: { kind: StageKind; destructive: boolean }[];
}

/** What to do to the drives: a ready-made profile, or a person's own stages. */
export type Choice = { profile: string } | { stages: StageKind[] };

export interface PlannedDrive {
  id: string;
  seconds: number;
  destructive: boolean;
  /** What lies on the drive, which is lost; null where nobody could look. */
  content: string[] | null;
  /** What the newest record of the drive says against it, in words. */
  warnings: string[];
  refusals: { key: string; text: string }[];
}

export interface PlanReply {
  drives: PlannedDrive[];
  stages: StageKind[];
}

export interface StageDetail extends Explained {
  kind: StageKind;
  state: StageState;
  percent: number;
  attempt: number;
  /** Expected duration, in seconds. */
  weight: number;
  started: string | null;
  finished: string | null;
  result: string | null;
  errors: { read: number; write: number; compare: number; kernel: number } | null;
}

export interface Finding {
  key: string;
  severity: "fail" | "warn";
  text: string;
  reason: Reason;
  before: number | null;
  after: number | null;
}

export interface ProfileSample {
  bytes: number;
  /** Since the surface pass began. */
  seconds: number;
  /** Bytes per second. */
  speed: number;
  temperature: number | null;
}

export interface SmartRow {
  key: string;
  name: string;
  /** What the drive calls it, null where it has no name of its own. */
  own_name: string | null;
  before: number | string | null;
  after: number | string | null;
  verdict: "same" | "not_read" | "warn" | "fail" | "info";
}

export interface AuditEvent {
  at: string;
  event: string;
  actor: string | null;
  detail: unknown;
}

export interface BurnInDetail extends HistoryRow {
  firmware: string | null;
  manufacturer: string;
  build: string;
  entry_id: string | null;
  drive_id: string | null;
  findings: Finding[];
  stages: StageDetail[];
  profile_samples: ProfileSample[];
  smart: { rows: SmartRow[] };
  events: AuditEvent[];
  live: boolean;
}

export interface HistoryRow extends BurnInRow {
  /** What the kernel of the NAS calls the drive, such as `sda`. */
  disk: string;
  identifier: string;
  serial: string;
  lunid: string | null;
  model: string;
  size: number;
  nas: string;
}

export interface HistoryQuery {
  limit: number;
  offset: number;
  state?: BurnInState;
  search?: string;
  entry_id?: string;
}

export interface HistoryReply {
  total: number;
  burn_ins: HistoryRow[];
}

export interface Rate {
  total: number;
  passed: number;
  failed: number;
  /** Share of passed among passed and failed, 0-1; null where there are none. */
  rate: number | null;
}

export interface Statistics {
  total: number;
  passed: number;
  failed: number;
  inconclusive: number;
  cancelled: number;
  by_model: (Rate & { model: string })[];
  by_size: (Rate & { size: number })[];
  daily: { day: string; passed: number; failed: number; other: number }[];
  seconds_per_tb: number | null;
  failures_by_stage: { stage: StageKind; count: number }[];
}

export interface AuditRow extends AuditEvent {
  id: number;
  nas: string;
  serial: string | null;
  burn_in_id: string | null;
  hash: string;
}

export interface AuditReply {
  total: number;
  rows: AuditRow[];
}

export interface AuditVerdict {
  intact: boolean;
  first_broken: number | null;
}

export type CertificateFormat = "pdf" | "html" | "json" | "csv";
