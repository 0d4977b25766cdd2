// @vitest-environment happy-dom
import { html, type TemplateResult } from "lit";
import { afterEach, describe, expect, it } from "vitest";

import { drives, system } from "../dev/fleet";
import { failedBanner } from "../src/components/banners";
import { driveCard } from "../src/components/drive-card";
import { driveName } from "../src/components/drive-name";
import { apply, EMPTY } from "../src/data/fleet";
import type { DriveRow } from "../src/data/protocol";
import { app, drawn } from "./drawn";

const [drive] = drives("one", 1) as [DriveRow];

function withSystems(...titles: string[]): void {
  const systems = titles.map((title, index) =>
    system(index ? `n${index}` : "one", title),
  );
  app.store.fleet = apply(EMPTY, { v: 1, kind: "snapshot", systems, drives: [drive] });
}

afterEach(() => (app.store.fleet = EMPTY));

describe("a drive", () => {
  it("is told with its system where there are several", () => {
    withSystems("tank");
    expect(driveName(app, drive)).toBe(`sda (${drive.serial})`);
    withSystems("truenas", "truenas (10.0.0.2)");
    expect(driveName(app, drive)).toBe(`sda (${drive.serial}) · truenas`);
  });

  it("says its system on a phone and in the banner of failures", () => {
    withSystems("cellar", "attic");
    const banner = failedBanner(app, [drive]) as TemplateResult;
    expect(drawn(banner).textContent).toContain("cellar");
    const parts = { pick: html``, location: html`` };
    expect(
      drawn(driveCard(app, drive, Date.now(), "burn_ins", parts)).textContent,
    ).toContain("cellar");
  });
});
