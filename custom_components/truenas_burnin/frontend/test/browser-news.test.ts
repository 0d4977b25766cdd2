// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { possible, tell, unwant, want, wanted } from "../src/data/browser-news";

const shown = vi.fn();
let answer: NotificationPermission = "granted";

const FakeNotification = Object.assign(
  function (title: string, options: NotificationOptions): void {
    shown(title, options);
  },
  {
    permission: "default",
    requestPermission(): Promise<NotificationPermission> {
      FakeNotification.permission = answer;
      return Promise.resolve(answer);
    },
  },
);

beforeEach(() => {
  vi.stubGlobal("Notification", FakeNotification);
  FakeNotification.permission = "default";
  answer = "granted";
  shown.mockClear();
});

afterEach(() => {
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("notifications in the browser", () => {
  it("are shown to who asked for them and does not look", async () => {
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    tell("sda: Failed", "Drive burn-in", "one");
    expect(shown).not.toHaveBeenCalled();
    expect(await want()).toBe(true);
    tell("sda: Failed", "Drive burn-in", "one");
    expect(shown).toHaveBeenCalledWith("Drive burn-in", {
      body: "sda: Failed",
      tag: "one",
    });
    hidden.mockReturnValue(false);
    tell("sdb: Passed", "Drive burn-in", "two");
    expect(shown).toHaveBeenCalledOnce();
    unwant();
    expect(wanted()).toBe(false);
  });

  it("are not forced on a browser that says no", async () => {
    answer = "denied";
    expect(await want()).toBe(false);
    expect(wanted()).toBe(false);
    expect(possible()).toBe(true);
  });
});
