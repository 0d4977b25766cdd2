// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";

import { burnIn } from "../dev/fleet";
import { verdictBadge, verdictText } from "../src/components/state";
import { Translate } from "../src/i18n/translate";
import { verdict } from "../src/lovelace/card";
import { drawn, there } from "./drawn";

const en = new Translate("en");
const de = new Translate("de");
const full = burnIn("one", { state: "passed" });
const quick = burnIn("two", { state: "passed", extent: "zones" });

function badge(of: typeof full): Element {
  return there(drawn(verdictBadge(en, of)).firstElementChild);
}

describe("a pass", () => {
  it("of less than every sector says so, and looks unlike one of all", () => {
    expect(verdictText(en, full)).toBe("Passed");
    expect(verdictText(en, quick)).toBe("Passed (three zones only)");
    expect(verdictText(de, quick)).toBe("Bestanden (nur drei Zonen)");
    expect(badge(full).classList.contains("good")).toBe(true);
    expect(badge(quick).classList.contains("good")).toBe(false);
    expect(badge(quick).textContent).toContain("three zones only");
  });

  it("on a retry says so", () => {
    expect(verdictText(en, { ...quick, attempt: 2 })).toBe(
      "Passed (three zones only, attempt 2)",
    );
    expect(verdictText(en, { ...quick, state: "failed" })).toBe("Failed");
  });
});

describe("the card", () => {
  const state = { entity_id: "sensor.a", state: "passed", last_changed: "" };

  it("reads what a pass is of from the sensor", () => {
    const attributes = { extent: "not_written", attempt: 3 };
    expect(verdict({ ...state, attributes })).toEqual({
      state: "passed",
      extent: "not_written",
      attempt: 3,
    });
    expect(verdict({ ...state, attributes: {} }).attempt).toBe(1);
  });
});
