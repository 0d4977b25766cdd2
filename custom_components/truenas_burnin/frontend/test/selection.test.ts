import { describe, expect, it } from "vitest";

import { pick } from "../src/data/selection";

const IDS = ["a", "b", "c", "d"];

describe("pick", () => {
  it("adds and removes one", () => {
    expect([...pick(new Set(), IDS, "b", true, null)]).toEqual(["b"]);
    expect([...pick(new Set(["a", "b"]), IDS, "b", false, null)]).toEqual(["a"]);
  });

  it("follows with all between it and the one before, in either direction", () => {
    expect([...pick(new Set(["a"]), IDS, "c", true, "a")]).toEqual(["a", "b", "c"]);
    expect([...pick(new Set(["d"]), IDS, "b", true, "d")].sort()).toEqual([
      "b",
      "c",
      "d",
    ]);
    expect([...pick(new Set(IDS), IDS, "c", false, "b")]).toEqual(["a", "d"]);
  });

  it("takes one alone where the one before is no longer shown", () => {
    expect([...pick(new Set(), IDS, "c", true, "gone")]).toEqual(["c"]);
  });

  it("leaves the selection it was given as it was", () => {
    const before = new Set(["a"]);
    pick(before, IDS, "b", true, null);
    expect([...before]).toEqual(["a"]);
  });
});
