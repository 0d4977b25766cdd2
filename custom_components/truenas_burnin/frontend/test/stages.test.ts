import { describe, expect, it } from "vitest";

import type { PanelConfig } from "../src/data/protocol";
import { choiceOf, choicesOf, CUSTOM, moved, profileOf } from "../src/data/stages";

const CONFIG: PanelConfig = {
  v: 1,
  version: "1",
  profiles: {
    full: ["short_smart", "long_smart", "surface_validate"],
    framed: ["precheck", "surface_validate", "final_check"],
    twice: ["long_smart", "surface_validate", "long_smart"],
  },
  stages: [
    { kind: "short_smart", destructive: false },
    { kind: "long_smart", destructive: false },
    { kind: "surface_validate", destructive: true },
  ],
};

describe("choicesOf", () => {
  it("ticks a profile's stages and adds the others", () => {
    const found = choicesOf(CONFIG, "framed").map(({ kind, on }) => [kind, on]);
    expect(found).toEqual([
      ["surface_validate", true],
      ["short_smart", false],
      ["long_smart", false],
    ]);
  });

  it("tells a stage that comes twice from itself", () => {
    const ids = choicesOf(CONFIG, "twice").map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("profileOf", () => {
  it("knows a profile by its stages and their order", () => {
    const stages = choicesOf(CONFIG, "full");
    expect(profileOf(CONFIG, stages)).toBe("full");
    expect(profileOf(CONFIG, moved(stages, 0, 2))).toBe(CUSTOM);
  });

  it("does not mind where unticked stages stand", () => {
    const stages = choicesOf(CONFIG, "framed");
    expect(profileOf(CONFIG, moved(stages, 0, 2))).toBe("framed");
  });
});

describe("choiceOf", () => {
  it("names the profile, or the ticked stages in their order", () => {
    const stages = moved(choicesOf(CONFIG, "full"), 0, 2);
    expect(choiceOf("full", stages)).toEqual({ profile: "full" });
    expect(choiceOf(CUSTOM, stages)).toEqual({
      stages: ["long_smart", "surface_validate", "short_smart"],
    });
  });
});

describe("moved", () => {
  it.each([
    [0, 2, "bca"],
    [2, 0, "cab"],
    [1, 1, "abc"],
  ])("moves %i to %i", (from, to, expected) => {
    expect(moved(["a", "b", "c"], from, to).join("")).toBe(expected);
  });
});
