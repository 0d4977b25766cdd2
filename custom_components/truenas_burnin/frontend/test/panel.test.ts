// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";

import { drives, system } from "../dev/fleet";
import { systemBanner } from "../src/components/banners";
import type { Transition } from "../src/data/fleet";
import { newsOf, place } from "../src/panel";
import { app, drawn, there } from "./drawn";

afterEach(() => history.replaceState(null, "", "/"));

describe("the page that is shown", () => {
  it("is the one of the route", () => {
    expect(place({ prefix: "/drive-burn-in", path: "/burn-in/one" })).toEqual([
      "burn-in",
      "one",
    ]);
    expect(place({ prefix: "/drive-burn-in", path: "" })).toEqual(["", ""]);
  });

  it("stays the same while a restarted Home Assistant has told no route yet", () => {
    history.replaceState(null, "", "/drive-burn-in/burn-in/one");
    expect(place(undefined)).toEqual(["burn-in", "one"]);
  });
});

describe("a system", () => {
  it("whose key was revoked is not said to be silent", () => {
    const silent = { online: false, stale: true, last_success: null };
    const said = (more: object): string =>
      drawn(there(systemBanner(app, system("one", "tank", { ...silent, ...more }))))
        .textContent;
    expect(said({ key_refused: true })).toContain("no longer accepts the API key");
    expect(said({ key_refused: false })).toContain("responded yet");
  });
});

describe("what happens to a batch", () => {
  it("is one message", () => {
    const news = drives("one", 12).map((drive): Transition => ({
      drive,
      from: null,
      to: "queued",
    }));
    expect(newsOf(app, news)).toBe("12 drives: Queued");
    expect(newsOf(app, news.slice(0, 1))).toMatch(/^sda \(\w+\): Queued$/);
  });
});
