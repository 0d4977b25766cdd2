import type {
  AuditReply,
  BurnInDetail,
  DriveRow,
  HistoryReply,
  PanelConfig,
  PlanReply,
  ProfileSample,
  StageKind,
} from "../src/data/protocol";
import { FULL } from "./fleet";
import { STATISTICS } from "./statistics";

interface Command {
  type: string;
  [key: string]: unknown;
}
type Drives = ReadonlyMap<string, DriveRow>;

const CONFIG: PanelConfig = {
  v: 1,
  version: "0.1.0",
  profiles: {
    full: [...FULL],
    quick: ["precheck", "short_smart", "io_validate", "final_check"],
    surface: ["precheck", "surface_validate", "final_check"],
    smart: ["precheck", "short_smart", "long_smart", "final_check"],
    thorough: [
      "precheck",
      "short_smart",
      "conveyance_smart",
      "long_smart",
      "surface_validate",
      "long_smart",
      "final_check",
    ],
  },
  stages: [
    { kind: "short_smart", destructive: false },
    { kind: "conveyance_smart", destructive: false },
    { kind: "long_smart", destructive: false },
    { kind: "io_validate", destructive: true },
    { kind: "surface_validate", destructive: true },
  ],
};

/** Answer a websocket command as the integration would. */
export function answer(drives: Drives, command: Command): unknown {
  switch (command.type.replace("truenas_burnin/", "")) {
    case "config":
      return CONFIG;
    case "plan":
      return plan(drives, command);
    case "burn_in":
      return { burn_in: detail(drives, String(command.burn_in_id)) };
    case "history":
      return history(drives, command);
    case "statistics":
      return STATISTICS;
    case "audit":
      return audit(command);
    case "audit/verify":
      return { intact: true, first_broken: null };
    case "auth/sign_path":
      return { path: `${String(command.path)}?authSig=pretended` };
    default:
      throw new Error(`unknown command ${command.type}`);
  }
}

function plan(drives: Drives, command: Command): PlanReply {
  const stages =
    (command.stages as StageKind[] | undefined) ??
    CONFIG.profiles[String(command.profile)] ??
    [];
  const own = stages.filter((kind) => kind !== "precheck" && kind !== "final_check");
  if (own.length === 0) {
    throw new Error("Name at least one stage beside precheck and final_check");
  }
  const destructive = own.some((kind) => kind.endsWith("_validate"));
  const planned = (command.drives as string[]).map((id) => {
    const drive = drives.get(id);
    const refusals = drive?.pool
      ? [
          {
            key: "drive_in_pool",
            text: `${drive.name} belongs to the pool ${drive.pool}`,
          },
        ]
      : [];
    return {
      id,
      seconds: ((drive?.size ?? 0) / 180e6) * 9,
      destructive,
      content: destructive ? [] : null,
      warnings: [],
      refusals,
    };
  });
  return { drives: planned, stages };
}

function samples(size: number, share: number): ProfileSample[] {
  const steps = 256;
  let seconds = 0;
  return Array.from({ length: Math.floor(steps * share) }, (_, index) => {
    const where = index / steps;
    const dip = index === 90 ? 60e6 : 0;
    const speed = (250 - 130 * where ** 1.6 + 6 * Math.sin(index * 1.7)) * 1e6 - dip;
    seconds += (size / steps / speed) * 8;
    return {
      bytes: (size / steps) * (index + 1),
      seconds,
      speed,
      temperature: Math.round(
        36 + 7 * (1 - Math.exp(-index / 30)) + Math.sin(index / 9),
      ),
    };
  });
}

function detail(drives: Drives, id: string): BurnInDetail {
  const drive = [...drives.values()].find(({ burn_in }) => burn_in?.id === id);
  const row = drive?.burn_in;
  if (!drive || !row)
    throw Object.assign(new Error("not found"), { code: "not_found" });
  const failed = row.state === "failed";
  const at = FULL.indexOf(row.stage ?? "surface_validate");
  return {
    ...row,
    ...facts(drive),
    firmware: "SC60",
    manufacturer: "Seagate",
    build: "7200 rpm, 3.5 inches",
    entry_id: drive.entry_id,
    drive_id: drive.id,
    findings: failed
      ? [
          {
            key: "ata_5",
            severity: "fail",
            text: "reallocated sectors grew from 0 to 12",
            reason: {
              key: "counter_grew",
              placeholders: { counter: "ata_5", before: "0", after: "12" },
            },
            before: 0,
            after: 12,
          },
          {
            key: "ata_197",
            severity: "warn",
            text: "pending sectors stand at 8",
            reason: {
              key: "counter_stands",
              placeholders: { counter: "ata_197", value: "8" },
            },
            before: 0,
            after: 8,
          },
        ]
      : [],
    stages: FULL.map((kind, index) => ({
      kind,
      state:
        row.state === "passed" || index < at
          ? "passed"
          : index > at
            ? failed || row.state === "cancelled"
              ? "skipped"
              : "pending"
            : row.state === "queued"
              ? "pending"
              : row.state === "cancelling"
                ? "running"
                : row.state,
      percent:
        index < at || row.state === "passed"
          ? 100
          : index === at
            ? row.stage_percent
            : 0,
      attempt: index <= at ? 1 : 0,
      weight: kind === "surface_validate" ? (drive.size / 180e6) * 8 : 120,
      started: index <= at ? row.started : null,
      finished: index < at ? row.started : row.finished,
      reason: failed && index === at ? row.reason : null,
      reasons: failed && index === at ? row.reasons : [],
      result: null,
      errors:
        failed && index === at ? { read: 0, write: 12, compare: 0, kernel: 0 } : null,
    })),
    profile_samples: samples(
      drive.size,
      failed ? 0.3 : Math.max(0.35, row.stage_percent / 100),
    ),
    smart: {
      rows: [
        {
          key: "power_on_hours",
          name: "Power-on hours",
          own_name: null,
          before: 31,
          after: 122,
          verdict: "info",
        },
        {
          key: "reallocated",
          name: "Reallocated sectors (5)",
          own_name: null,
          before: 0,
          after: 0,
          verdict: "same",
        },
        {
          key: "pending",
          name: "Pending sectors (197)",
          own_name: null,
          before: 0,
          after: failed ? 8 : 0,
          verdict: failed ? "fail" : "same",
        },
        {
          key: "crc",
          name: "Interface CRC errors (199)",
          own_name: null,
          before: 0,
          after: failed ? 2 : 0,
          verdict: failed ? "warn" : "same",
        },
      ],
    },
    events: [
      {
        at: row.created,
        event: "queued",
        actor: "Mia",
        detail: { profile: "full" },
      },
      {
        at: row.started ?? row.created,
        event: "burn_in_started",
        actor: null,
        detail: {},
      },
    ],
    live: row.finished === null,
  };
}

function facts(drive: DriveRow) {
  const { id, name, serial, model, size } = drive;
  const lunid = "5000c500a1b2c3d4";
  return { disk: name, identifier: id, serial, lunid, model, size, nas: "tank" };
}

function history(drives: Drives, command: Command): HistoryReply {
  const rows = [...drives.values()].flatMap((drive) =>
    drive.burn_in ? [{ ...drive.burn_in, ...facts(drive) }] : [],
  );
  const search = ((command.search as string | undefined) ?? "").toLowerCase();
  const found = rows.filter(
    ({ state, serial, model }) =>
      (!command.state || command.state === state) &&
      `${serial} ${model}`.toLowerCase().includes(search),
  );
  const offset = Number(command.offset);
  return {
    total: found.length,
    burn_ins: found.slice(offset, offset + Number(command.limit)),
  };
}

function audit(command: Command): AuditReply {
  const events = ["queued", "started", "stage_passed", "cancel_requested", "held"];
  const total = 230;
  const rows = Array.from({ length: Number(command.limit) }, (_, index) => ({
    id: total - index,
    at: new Date(Date.now() - index * 900_000).toISOString(),
    nas: "tank",
    serial: index % 5 === 4 ? null : `ST${100 + index}`,
    burn_in_id: null,
    event: events[index % events.length] ?? "",
    actor: index % 3 === 0 ? "Mia" : null,
    detail: index % 5 === 2 ? { stage: "long_smart", state: "running" } : {},
    hash: (index * 7919 + 1).toString(16).padStart(64, "0"),
  }));
  return { total, rows: rows.slice(0, total) };
}
