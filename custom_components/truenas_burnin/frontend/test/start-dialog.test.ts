// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";

import { drives } from "../dev/fleet";
import type { App } from "../src/app";
import { StartDialog } from "../src/components/start-dialog";
import type { DriveRow, PanelConfig, PlanReply } from "../src/data/protocol";
import { app, there } from "./drawn";

// Browsers have it, the Node of older development systems has not.
Map.groupBy = <K, V>(items: Iterable<V>, by: (item: V, index: number) => K) => {
  const groups = new Map<K, V[]>();
  [...items].forEach((item, index) => {
    const key = by(item, index);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  });
  return groups;
};

const [drive] = drives("one", 1) as [DriveRow];
const config: PanelConfig = {
  v: 1,
  version: "0.1.0",
  profiles: { full: ["short_smart", "surface_validate"], smart: ["short_smart"] },
  stages: [
    { kind: "short_smart", destructive: false },
    { kind: "surface_validate", destructive: true },
  ],
};

function reply(seconds: number): PlanReply {
  const { id } = drive;
  const planned = {
    id,
    seconds,
    destructive: false,
    content: [],
    refusals: [],
    warnings: [],
  };
  return { drives: [planned], stages: ["short_smart"] };
}

describe("the start dialog", () => {
  it("shows no estimate of another choice", async () => {
    const waiting: ((found: PlanReply) => void)[] = [];
    const plan = vi.fn(() => new Promise<PlanReply>((done) => waiting.push(done)));
    const dialog = new StartDialog();
    const asked = { api: { plan }, config: () => Promise.resolve(config) };
    dialog.app = Object.assign(Object.create(app), asked) as App;
    document.body.append(dialog);
    await dialog.start([drive]);
    const text = async (): Promise<string> => {
      await new Promise((done) => setTimeout(done));
      await dialog.updateComplete;
      return there(dialog.shadowRoot).textContent;
    };
    waiting[0]?.(reply(7200));
    expect(await text()).toContain("2h");
    const smart = there(
      dialog.shadowRoot?.querySelector<HTMLInputElement>("input[value=smart]"),
    );
    smart.dispatchEvent(new Event("change"));
    expect(await text()).toContain("Estimating");
    expect(await text()).not.toContain("2h");
    waiting[1]?.(reply(120));
    expect(await text()).toContain("2m");
  });
});
