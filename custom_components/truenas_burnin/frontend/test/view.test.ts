import { describe, expect, it } from "vitest";

import { burnIn, drives, running, system } from "../dev/fleet";
import { apply, EMPTY, type Fleet } from "../src/data/fleet";
import type { DriveRow } from "../src/data/protocol";
import { count } from "../src/data/counts";
import { elapsedSeconds, EVERYTHING, view, type Query } from "../src/data/view";

function fleetOf(...changes: Partial<DriveRow>[]): Fleet {
  const base = drives("one", changes.length);
  return apply(EMPTY, {
    v: 1,
    kind: "snapshot",
    systems: [system("one", "tank")],
    drives: base.map((drive, index) => ({
      ...drive,
      id: `one:${index}`,
      name: `sd${index}`,
      burn_in: null,
      location: "",
      ...changes[index],
    })),
  });
}

function names(fleet: Fleet, query: Partial<Query>): string[] {
  return view(fleet, { ...EVERYTHING, ...query }).map(({ name }) => name);
}

describe("view", () => {
  it("shows first what failed, then what runs", () => {
    const fleet = fleetOf(
      {},
      { burn_in: running("a", 5) },
      { burn_in: burnIn("b", { state: "failed" }) },
      { burn_in: burnIn("c", { state: "passed" }) },
    );
    expect(names(fleet, {})).toEqual(["sd2", "sd1", "sd3", "sd0"]);
  });

  it("finds by every word, in any of the texts", () => {
    const fleet = fleetOf({ serial: "ABC1", location: "Shelf 2" }, { serial: "ABC2" });
    expect(names(fleet, { text: "abc shelf" })).toEqual(["sd0"]);
    expect(names(fleet, { text: "abc nothing" })).toEqual([]);
  });

  it.each([
    ["not_run", ["sd0"]],
    ["under_way", ["sd1", "sd3", "sd4"]],
    ["queued", ["sd2"]],
    ["cancelling", ["sd4"]],
    ["", ["sd0", "sd1", "sd2", "sd3", "sd4"]],
  ] as const)("filters by state %s", (state, expected) => {
    const fleet = fleetOf(
      {},
      { burn_in: running("a", 5) },
      { burn_in: burnIn("b") },
      { burn_in: burnIn("c", { state: "paused" }) },
      { burn_in: burnIn("d", { state: "cancelling" }) },
    );
    expect(names(fleet, { state, sort: "name" })).toEqual(expected);
  });

  it.each([
    ["unused", ["sd0"]],
    ["in_use", ["sd1"]],
    ["absent", ["sd2"]],
  ] as const)("filters by use %s", (use, expected) => {
    const fleet = fleetOf(
      { unused: true },
      { unused: false, pool: "tank" },
      { unused: true, present: false },
    );
    expect(names(fleet, { use })).toEqual(expected);
  });

  it("sorts names as a person counts", () => {
    const fleet = fleetOf({ name: "sd10" }, { name: "sd9" }, { name: "sd1" });
    expect(names(fleet, {})).toEqual(["sd1", "sd9", "sd10"]);
  });

  it("puts what is not known last in both directions", () => {
    const fleet = fleetOf(
      { temperature: null },
      { temperature: 30 },
      { temperature: 40 },
    );
    expect(names(fleet, { sort: "temperature" })).toEqual(["sd1", "sd2", "sd0"]);
    expect(names(fleet, { sort: "temperature", descending: true })).toEqual([
      "sd2",
      "sd1",
      "sd0",
    ]);
  });

  it("sorts burn-ins by state, then by progress", () => {
    const fleet = fleetOf(
      { burn_in: burnIn("a", { state: "passed", percent: 100 }) },
      { burn_in: running("b", 20) },
      { burn_in: running("c", 80) },
      { burn_in: burnIn("d", { state: "failed" }) },
      {},
    );
    expect(names(fleet, { sort: "burn_in" })).toEqual([
      "sd3",
      "sd2",
      "sd1",
      "sd0",
      "sd4",
    ]);
  });
});

describe("count", () => {
  it("counts all that is under way as running and names the hottest drive", () => {
    const fleet = fleetOf(
      { burn_in: running("a", 1), temperature: 41 },
      { burn_in: burnIn("b", { state: "paused" }), temperature: 44 },
      { burn_in: burnIn("c", { state: "failed" }), temperature: null },
      { burn_in: burnIn("d", { state: "cancelling" }), temperature: null },
    );
    const counts = count(fleet, "");
    expect(counts).toMatchObject({ drives: 4, running: 3, failed: 1, queued: 0 });
    expect(counts.hottest?.name).toBe("sd1");
  });

  it("keeps to one system", () => {
    expect(count(fleetOf({}, {}), "another").drives).toBe(0);
  });
});

describe("elapsedSeconds", () => {
  it("counts to the end, or to now", () => {
    const started = "2026-11-25T10:00:00Z";
    const now = Date.parse("2026-11-25T11:00:00Z");
    expect(elapsedSeconds(burnIn("a", { started }), now)).toBe(3600);
    const finished = "2026-11-25T10:01:00Z";
    expect(elapsedSeconds(burnIn("a", { started, finished }), now)).toBe(60);
    expect(elapsedSeconds(burnIn("a"), now)).toBeNull();
    expect(elapsedSeconds(null, now)).toBeNull();
  });
});
