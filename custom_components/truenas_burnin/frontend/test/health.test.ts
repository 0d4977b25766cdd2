import { describe, expect, it, vi } from "vitest";

import { drives } from "../dev/fleet";
import { place } from "../src/components/columns";
import { Actions } from "../src/data/actions";
import { answered, askable, begun, outcome } from "../src/data/health";
import type { Hass } from "../src/data/hass";
import type { DriveRow, Health, HealthReply } from "../src/data/protocol";
import { EVERYTHING, view } from "../src/data/view";
import { Translate } from "../src/i18n/translate";

const [DRIVE, OTHER, THIRD] = drives("one", 3).map((drive) => ({
  ...drive,
  burn_in: null,
})) as [DriveRow, DriveRow, DriveRow];

function health(changes: Partial<Health>): Health {
  return {
    read: "2026-11-27T20:00:00+00:00",
    grade: "good",
    reasons: [],
    power_on_hours: 10,
    farm_hours: null,
    reallocated: 0,
    pending: 0,
    crc: null,
    percent_used: null,
    last_self_test: null,
    content: null,
    ...changes,
  };
}

describe("reading the health of drives", () => {
  it("asks those that are chosen, else all that are not busy", () => {
    const gone = { ...THIRD, present: false };
    const [busy] = drives("one", 1) as [DriveRow];
    const running = {
      ...busy,
      burn_in: { ...busy.burn_in, state: "running" },
    } as DriveRow;
    expect(askable([], [DRIVE, gone, running])).toEqual([DRIVE]);
    expect(askable([OTHER, gone], [DRIVE])).toEqual([OTHER]);
  });

  it("counts those that have answered since", () => {
    const before = { ...OTHER, health: health({ read: "then" }) };
    const reading = begun([DRIVE, before, THIRD]);
    const now = (...rows: DriveRow[]): Map<string, DriveRow> =>
      new Map(rows.map((row) => [row.id, row]));
    expect(answered(reading, now(DRIVE, before, THIRD))).toBe(0);
    const after = { ...before, health: health({ read: "now" }) };
    expect(answered(reading, now({ ...DRIVE, health: health({}) }, after))).toBe(2);
  });

  it("wakes only where it is told to, and returns what came of it", async () => {
    const reply: HealthReply = {
      drives: [
        { device: "sda", asked: "read", error: null },
        { device: "sdb", asked: "asleep", error: null },
        { device: "sdc", asked: "failed", error: "it hangs" },
      ],
    };
    const callService = vi.fn().mockResolvedValue({ response: reply });
    const actions = new Actions(
      () => ({ callService }) as unknown as Hass,
      new Translate("en"),
    );
    const said = await actions.readHealth([DRIVE], true);
    expect(callService).toHaveBeenCalledWith(
      "truenas_burnin",
      "read_drive_health",
      { device_id: [DRIVE.device_id], wake: true },
      undefined,
      false,
      true,
    );
    expect(outcome(said)).toEqual({ read: 1, asleep: 1, failed: ["sdc: it hangs"] });
  });
});

describe("the columns of health", () => {
  it("fit into every width", () => {
    for (let width = 700; width < 2000; width++) {
      const placed = place(width, "health");
      const total = placed.reduce((sum, { pixels }) => sum + pixels, 0);
      expect(total, `${width} pixels`).toBeLessThanOrEqual(width);
      const names = placed.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(["grade", "hours", "pending"]));
    }
    expect(place(1300, "health").map(({ name }) => name)).toEqual([
      "select",
      "device",
      "drive",
      "grade",
      "hours",
      "reallocated",
      "pending",
      "crc",
      "used",
      "last_test",
      "farm_hours",
      "content",
      "actions",
    ]);
  });

  it("sort what was not read last", () => {
    const fleet = {
      systems: new Map(),
      drives: new Map(
        [
          { ...DRIVE, health: null },
          { ...OTHER, health: health({ grade: "warn", power_on_hours: 70_000 }) },
          { ...THIRD, health: health({ power_on_hours: 12 }) },
        ].map((row) => [row.id, row]),
      ),
    };
    const serials = (sort: "hours" | "grade", descending: boolean): string[] =>
      view(fleet as never, { ...EVERYTHING, sort, descending }).map(
        ({ serial }) => serial,
      );
    expect(serials("hours", true)).toEqual([OTHER.serial, THIRD.serial, DRIVE.serial]);
    expect(serials("grade", false)).toEqual([OTHER.serial, THIRD.serial, DRIVE.serial]);
  });
});
