// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

import { drives } from "../dev/fleet";
import { burnIn } from "../src/components/drive-cells";
import { rowActions } from "../src/components/row-actions";
import type { DriveRow } from "../src/data/protocol";
import { app, drawn, say, there } from "./drawn";

const fleet = drives("one", 15);
const pooled = there(fleet.find(({ pool }) => pool === "tank"));
const free = there(fleet.find((drive) => drive.burn_in === null && !drive.pool));

function start(drive: DriveRow): [HTMLElement, HTMLButtonElement] {
  const place = drawn(rowActions(app, drive));
  const button = place.querySelector<HTMLButtonElement>("[data-action=start]");
  return [place, there(button)];
}

beforeEach(() => say.mockClear());

describe("a drive in a pool", () => {
  it("says so instead of that it was not burnt in", () => {
    expect(drawn(burnIn(app, pooled)).textContent).toContain("In pool tank");
    expect(drawn(burnIn(app, free)).textContent).toContain("Not run");
  });

  it("of the system itself is called the boot drive", () => {
    const boot = { ...pooled, boot: true, pool: "boot-pool" };
    expect(drawn(burnIn(app, boot)).textContent).toContain("Boot drive");
  });

  it("cannot be started, and says why by tooltip, to screen readers and at a press", () => {
    const [place, button] = start(pooled);
    const asked = vi.fn();
    place.addEventListener("drive-action", asked);
    const why = /Start burn-in is not possible: sd\w belongs to the pool tank/;
    expect(button.title).toMatch(why);
    expect(button.getAttribute("aria-label")).toMatch(why);
    expect(button.getAttribute("aria-disabled")).toBe("true");
    button.click();
    expect(asked).not.toHaveBeenCalled();
    expect(say).toHaveBeenCalledWith(expect.stringMatching(why), "info");
  });
});

describe("a free drive", () => {
  it("can be started", () => {
    const [place, button] = start(free);
    const asked = vi.fn();
    place.addEventListener("drive-action", asked);
    expect(button.hasAttribute("aria-disabled")).toBe(false);
    button.click();
    expect(asked).toHaveBeenCalledOnce();
  });
});

describe("a running burn-in", () => {
  it("has one percentage", () => {
    const running = there(fleet.find((drive) => drive.burn_in?.state === "running"));
    expect(drawn(burnIn(app, running)).textContent.match(/%/g)).toHaveLength(1);
  });
});
