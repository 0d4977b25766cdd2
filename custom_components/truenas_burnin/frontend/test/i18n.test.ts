import { describe, expect, it } from "vitest";

import { Format } from "../src/i18n/format";
import { Translate } from "../src/i18n/translate";
import de from "../src/translations/de.json";
import en from "../src/translations/en.json";

const holes = (text: string): string[] =>
  [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe("the languages", () => {
  it("have the same keys, sorted", () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
    expect(Object.keys(en)).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(en) as (keyof typeof en)[])("say the same of %s", (key) => {
    expect(holes(de[key])).toEqual(holes(en[key]));
    expect(de[key]).not.toBe("");
  });
});

describe("Translate", () => {
  it("falls back to the language, then to English", () => {
    expect(new Translate("de-CH").text("page.drives")).toBe("Laufwerke");
    expect(new Translate("nl").text("page.drives")).toBe("Drives");
  });

  it("fills in values and counts", () => {
    const t = new Translate("en");
    expect(t.count("banner.failed", 1)).toBe("1 drive failed its burn-in");
    expect(t.count("banner.failed", 1200)).toBe("1,200 drives failed their burn-in");
    expect(t.text("use.pool", { pool: "{tank}" })).toBe("In pool {tank}");
  });

  it("takes a name it does not know as it is", () => {
    expect(new Translate("en").name("event", "something_new")).toBe("something new");
  });
});

function format(locale = {}, unit = "°C"): Format {
  const base = {
    language: "en",
    number_format: "language",
    time_format: "24",
    date_format: "language",
    time_zone: "server",
  };
  return new Format({ ...base, ...locale }, "Europe/Berlin", unit);
}

describe("Format", () => {
  it.each([
    ["DMY", "4/11/2026, 00:05"],
    ["MDY", "11/4/2026, 00:05"],
    ["YMD", "2026/11/4, 00:05"],
    ["language", "Nov 4, 2026, 00:05"],
  ])("writes the day in the order %s that the person set", (date_format, expected) => {
    expect(format({ date_format }).time("2026-11-03T23:05:00Z")).toBe(expected);
  });

  it("writes the hour as the person set it", () => {
    const midnight = "2026-11-03T23:05:00Z";
    expect(format({ time_format: "12" }).time(midnight)).toMatch(/12:05\sAM$/);
    expect(format({ time_format: "24" }).exactTime(midnight)).toMatch(/00:05:00$/);
  });

  it.each([
    [12e12, "12 TB"],
    [500_107_862_016, "500 GB"],
    [1.92e12, "1.9 TB"],
    [0, "0 B"],
  ])("writes %i bytes", (bytes, expected) => {
    expect(format().size(bytes)).toBe(expected);
  });

  it.each([
    [5, "5s"],
    [59.9 * 60, "1h"],
    [3 * 3600 + 240, "3h 4m"],
    [86_400 * 3 + 3600 * 4, "3d 4h"],
    [86_400 * 2 - 60, "2d"],
  ])("writes %i seconds", (seconds, expected) => {
    expect(format().duration(seconds)).toBe(expected);
  });

  it("follows the number format of the person", () => {
    expect(format({ number_format: "decimal_comma" }).percent(41.25)).toBe("41,3 %");
    expect(format({ number_format: "none" }).number(12345)).toBe("12345");
    expect(format().percent(100)).toBe("100 %");
  });

  it("follows the time zone and the clock of the person", () => {
    const text = format().time("2026-11-25T12:30:00+00:00");
    expect(text).toContain("13:30");
  });

  it("converts temperatures", () => {
    expect(format({}, "°F").temperature(40)).toBe("104 °F");
    expect(format().temperature(null)).toBe("–");
  });
});
