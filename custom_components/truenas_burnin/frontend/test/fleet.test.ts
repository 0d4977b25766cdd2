import { describe, expect, it } from "vitest";

import { burnIn, drives, system } from "../dev/fleet";
import { apply, EMPTY, transitions, collator, nameKey } from "../src/data/fleet";
import type { Delta, DriveRow } from "../src/data/protocol";

const FLEET = apply(EMPTY, {
  v: 1,
  kind: "snapshot",
  systems: [system("one", "tank")],
  drives: drives("one", 15),
});
const [FIRST, SECOND] = [...FLEET.drives.values()] as [DriveRow, DriveRow];

function delta(change: Partial<Delta>): Delta {
  return {
    v: 1,
    kind: "delta",
    systems: [],
    removed_systems: [],
    drives: [],
    removed: [],
    ...change,
  };
}

describe("apply", () => {
  it("replaces the drives that a delta names and keeps the others as they are", () => {
    const changed = { ...FIRST, temperature: 50 };
    const after = apply(FLEET, delta({ drives: [changed] }));
    expect(after.drives.get(FIRST.id)).toBe(changed);
    expect(after.drives.get(SECOND.id)).toBe(SECOND);
    expect(FLEET.drives.get(FIRST.id)).toBe(FIRST);
  });

  it("drops what is removed", () => {
    const after = apply(
      FLEET,
      delta({ removed: [FIRST.id], removed_systems: ["one"] }),
    );
    expect(after.drives.has(FIRST.id)).toBe(false);
    expect(after.systems.size).toBe(0);
  });

  it("forgets everything before a snapshot", () => {
    const after = apply(FLEET, {
      v: 1,
      kind: "snapshot",
      systems: [],
      drives: [FIRST],
    });
    expect([...after.drives.keys()]).toEqual([FIRST.id]);
    expect(after.systems.size).toBe(0);
  });
});

describe("transitions", () => {
  it("tells of a burn-in that ended", () => {
    const before = apply(
      FLEET,
      delta({ drives: [{ ...FIRST, burn_in: burnIn("x") }] }),
    );
    const after = { ...FIRST, burn_in: burnIn("x", { state: "failed" }) };
    expect(transitions(before, delta({ drives: [after] }))).toEqual([
      { drive: after, from: "queued", to: "failed" },
    ]);
  });

  it("does not take the state of another burn-in for the one before", () => {
    const before = apply(
      FLEET,
      delta({ drives: [{ ...FIRST, burn_in: burnIn("x") }] }),
    );
    const after = { ...FIRST, burn_in: burnIn("y") };
    expect(transitions(before, delta({ drives: [after] }))).toEqual([
      { drive: after, from: null, to: "queued" },
    ]);
  });

  it("keeps quiet where only the progress moved", () => {
    const before = apply(
      FLEET,
      delta({ drives: [{ ...FIRST, burn_in: burnIn("x") }] }),
    );
    const after = { ...FIRST, burn_in: burnIn("x", { percent: 3 }) };
    expect(transitions(before, delta({ drives: [after] }))).toEqual([]);
  });
});

describe("nameKey", () => {
  it("counts as Linux does", () => {
    const names = [
      "sdaa",
      "sdz",
      "nvme10n1",
      "ada10",
      "sda",
      "nvme9n1",
      "ada9",
      "sdab",
    ];
    const sorted = names.toSorted((a, b) => collator.compare(nameKey(a), nameKey(b)));
    expect(sorted).toEqual([
      "ada9",
      "ada10",
      "nvme9n1",
      "nvme10n1",
      "sda",
      "sdz",
      "sdaa",
      "sdab",
    ]);
  });
});
