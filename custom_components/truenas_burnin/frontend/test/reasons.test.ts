import { describe, expect, it } from "vitest";

import { common as backendDe } from "../../translations/de.json";
import { eventDetail } from "../src/components/event-text";
import type { Explained, Finding, Reason, SmartRow } from "../src/data/protocol";
import { Translate } from "../src/i18n/translate";

const en = new Translate("en");
const de = new Translate("de-AT");

const POOL: Reason = {
  key: "drive_in_pool",
  placeholders: { device: "{pool}", pool: "$& {device} <b>" },
};
const GREW: Reason = {
  key: "counter_grew",
  placeholders: { counter: "ata_197", before: "0", after: "8" },
};
const FUTURE: Reason = { key: "of_another_version", placeholders: {} };

function explained(reasons: Reason[], reason: string | null = "words"): Explained {
  return { reasons, reason };
}

describe("a reason", () => {
  it("is said in the reader's language, with values as they are", () => {
    expect(en.why(explained([POOL]))).toBe(
      "{pool} belongs to the pool $& {device} <b>",
    );
    expect(de.why(explained([POOL]))).toBe("{pool} gehört zum Pool $& {device} <b>");
  });

  it("is said with all others", () => {
    const two = explained([{ key: "nas_on_hold", placeholders: {} }, POOL]);
    expect(en.why(two)).toMatch(/on hold; \{pool\} belongs/);
    expect(en.why(explained([], null))).toBe("");
  });

  it("of another version is said in the words of the server", () => {
    expect(de.why(explained([POOL, FUTURE]))).toBe("words");
    expect(de.why(explained([FUTURE], null))).toBe("");
  });
});

describe("a finding", () => {
  const finding: Finding = {
    key: "ata_197",
    severity: "fail",
    text: "words",
    reason: GREW,
    before: 0,
    after: 8,
  };

  it("names its counter", () => {
    expect(en.finding(finding)).toBe("pending sectors grew from 0 to 8");
    expect(de.finding(finding)).toContain(backendDe.counter_ata_197);
  });

  it("keeps a counter without a name, and words without a key", () => {
    const odd = { ...GREW, placeholders: { ...GREW.placeholders, counter: "odd" } };
    expect(en.finding({ ...finding, reason: odd })).toBe("odd grew from 0 to 8");
    expect(en.finding({ ...finding, reason: FUTURE })).toBe("words");
  });
});

describe("a value of the SMART record", () => {
  const row: SmartRow = {
    key: "nvme_media_errors",
    name: "words",
    own_name: null,
    before: 0,
    after: 0,
    verdict: "same",
  };

  it("has the drive's name, ours, or the server's", () => {
    expect(de.smart({ ...row, own_name: "Seek Error Rate" })).toBe("Seek Error Rate");
    expect(de.smart(row)).toBe(backendDe.counter_nvme_media_errors);
    expect(de.smart({ ...row, key: "odd" })).toBe("words");
  });
});

describe("the detail of an event", () => {
  it("says reasons, old sentences and everything else", () => {
    const text = (detail: unknown): string => eventDetail({ t: en }, detail);
    expect(text({ reasons: [GREW], stage: null, device: "ada1" })).toBe(
      "reasons: pending sectors grew from 0 to 8 · device: ada1",
    );
    expect(text({ reasons: [] })).toBe("");
    expect(text({ reasons: ["on hold"], reason: "a_b" })).toBe(
      "reasons: on hold · reason: a b",
    );
    expect(text({ reasons: [FUTURE], seconds: 7 })).toContain("of_another_version");
    expect(text(null)).toBe("");
    expect(text("words")).toBe("words");
  });
});
