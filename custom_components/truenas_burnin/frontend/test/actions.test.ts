import { describe, expect, it, vi } from "vitest";

import { burnIn, drives, running } from "../dev/fleet";
import { Actions, APPLIES } from "../src/data/actions";
import type { Hass } from "../src/data/hass";
import { messageOf } from "../src/data/errors";
import type { BurnInRow, DriveRow } from "../src/data/protocol";
import { Translate } from "../src/i18n/translate";

const [DRIVE, OTHER] = drives("one", 2) as [DriveRow, DriveRow];

function home(): { actions: Actions; hass: Hass } {
  const hass = {
    callService: vi.fn().mockResolvedValue({}),
    loadBackendTranslation: vi.fn().mockResolvedValue(undefined),
    localize: vi.fn().mockReturnValue(""),
  } as unknown as Hass;
  return { hass, actions: new Actions(() => hass, new Translate("en")) };
}

describe("Actions", () => {
  it("starts with exactly the serials that were confirmed", async () => {
    const { actions, hass } = home();
    const content = { [DRIVE.serial]: ["ext4 photos"], [OTHER.serial]: [] };
    await actions.start([DRIVE, OTHER], { profile: "full" }, [DRIVE.serial], content);
    expect(hass.callService).toHaveBeenCalledWith(
      "truenas_burnin",
      "start_burn_in",
      {
        device_id: [DRIVE.device_id, OTHER.device_id],
        profile: "full",
        confirm_serials: [DRIVE.serial],
        confirm_content: content,
      },
      undefined,
      false,
    );
  });

  it("confirms nothing when it retries what erases nothing", async () => {
    const { actions, hass } = home();
    await actions.retry([DRIVE], []);
    expect(vi.mocked(hass.callService).mock.calls[0]?.[2]).toEqual({
      device_id: [DRIVE.device_id],
    });
  });

  it("leaves out drives that Home Assistant has no device of", async () => {
    const { actions, hass } = home();
    await actions.simple("cancel_burn_in", [DRIVE, { ...OTHER, device_id: null }]);
    expect(vi.mocked(hass.callService).mock.calls[0]?.[2]).toEqual({
      device_id: [DRIVE.device_id],
    });
  });

  it("says an error in the person's language", async () => {
    const { actions, hass } = home();
    vi.mocked(hass.localize).mockReturnValue("sda gehört zum Pool tank");
    const error = {
      message: "sda belongs to the pool tank",
      translation_domain: "truenas_burnin",
      translation_key: "drive_in_pool",
      translation_placeholders: { device: "sda", pool: "tank" },
    };
    vi.mocked(hass.callService).mockRejectedValue(error);
    await expect(actions.cancelAll("")).rejects.toThrow("sda gehört zum Pool tank");
    expect(hass.localize).toHaveBeenCalledWith(
      "component.truenas_burnin.exceptions.drive_in_pool.message",
      { device: "sda", pool: "tank" },
    );
  });

  it("says in words that Home Assistant went away", async () => {
    const { actions, hass } = home();
    const lost = { code: 3, message: "Connection lost" };
    for (const error of [{ type: "result", success: false, error: lost }, lost, 3]) {
      vi.mocked(hass.callService).mockRejectedValue(error);
      await expect(actions.cancelAll("")).rejects.toThrow(
        /cannot be reached right now/,
      );
    }
    expect(messageOf({ type: "result", error: { code: "unknown_command" } })).toBe(
      "unknown_command",
    );
    expect(messageOf({})).toBe("Unknown error");
  });

  it("says an error in its own words where there is no translation", async () => {
    const { actions, hass } = home();
    vi.mocked(hass.callService).mockRejectedValue({ message: "Unknown error" });
    await expect(actions.cancelAll("")).rejects.toThrow("Unknown error");
  });
});

describe("APPLIES", () => {
  const named = (burn_in: BurnInRow | null): string[] =>
    Object.entries(APPLIES)
      .filter(([, applies]) =>
        applies({ ...DRIVE, burn_in, present: true, short: null, long: null }),
      )
      .map(([name]) => name);

  it.each([
    [null, ["start", "selfTest"]],
    [burnIn("a"), ["cancel"]],
    [running("a", 3), ["pause", "cancel"]],
    [burnIn("a", { state: "paused", pause_reason: "heat" }), ["resume", "cancel"]],
    [{ ...running("a", 3), pause_reason: "person" as const }, ["resume", "cancel"]],
    [burnIn("a", { state: "cancelling" }), ["cancel"]],
    [burnIn("a", { state: "failed" }), ["start", "retry", "selfTest"]],
    [burnIn("a", { state: "passed" }), ["start", "selfTest"]],
  ])("knows what can be asked for", (state, expected) => {
    expect(named(state)).toEqual(expected);
  });

  it("cancels only self-tests that are not a burn-in's", () => {
    const long = { state: "running", percent: 3, at: null } as const;
    const drive = { ...DRIVE, long, burn_in: null };
    expect(APPLIES.cancelSelfTest(drive)).toBe(true);
    expect(APPLIES.cancelSelfTest({ ...drive, burn_in: running("a", 3) })).toBe(false);
    expect(APPLIES.selfTest(drive)).toBe(false);
  });
});
