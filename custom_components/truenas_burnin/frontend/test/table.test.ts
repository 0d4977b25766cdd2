import { describe, expect, it } from "vitest";

import { summarize, ticks, TIME_STEPS } from "../src/charts/scale";
import { place } from "../src/components/columns";
import { agreed } from "../src/components/erase-consent";
import { inView } from "../src/components/row-window";

describe("inView", () => {
  it("draws what is in view and a little around it", () => {
    expect(inView({ count: 1350, height: 60 }, 6000, 900)).toEqual({
      first: 95,
      last: 120,
    });
  });

  it("stays within the rows", () => {
    expect(inView({ count: 10, height: 60 }, -500, 900)).toEqual({
      first: 0,
      last: 10,
    });
    expect(inView({ count: 10, height: 60 }, 90_000, 900)).toEqual({
      first: 10,
      last: 10,
    });
  });
});

describe("place", () => {
  it("fits into every width", () => {
    for (let width = 700; width < 2000; width++) {
      const total = place(width).reduce((sum, { pixels }) => sum + pixels, 0);
      expect(total, `${width} pixels`).toBeLessThanOrEqual(width);
      expect(place(width).map(({ name }) => name)).toContain("burn_in");
    }
  });

  it("shows every column where there is room", () => {
    expect(place(1300)).toHaveLength(11);
  });
});

describe("agreed", () => {
  const one = [{ serial: "ABC1" }];
  const two = [{ serial: "ABC1" }, { serial: "ABC2" }];

  it("takes one serial only exactly typed", () => {
    expect(agreed(one, "ABC1", false)).toEqual(["ABC1"]);
    expect(agreed(one, " ABC1 ", false)).toEqual(["ABC1"]);
    expect(agreed(one, "abc1", true)).toEqual([]);
    expect(agreed(one, "", true)).toEqual([]);
  });

  it("takes several by the tick alone", () => {
    expect(agreed(two, "", true)).toEqual(["ABC1", "ABC2"]);
    expect(agreed(two, "ABC1", false)).toEqual([]);
  });

  it("takes nothing for no drives", () => {
    expect(agreed([], "", true)).toEqual([]);
  });
});

describe("ticks", () => {
  it("are round and span the values", () => {
    expect(ticks(0, 256, 4)).toEqual([0, 100, 200, 300]);
    expect(ticks(36, 43, 4)).toEqual([36, 38, 40, 42, 44]);
    expect(ticks(40, 40, 4)).toContain(40);
  });

  it("are round times", () => {
    expect(ticks(0, 100_000, 4, TIME_STEPS)).toEqual([0, 43_200, 86_400, 129_600]);
  });
});

describe("summarize", () => {
  it("tells least, mean and greatest", () => {
    expect(summarize([1, 2, 6])).toEqual({ min: 1, average: 3, max: 6 });
    expect(summarize([])).toBeNull();
  });
});
