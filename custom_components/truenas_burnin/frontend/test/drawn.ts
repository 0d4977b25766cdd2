import { render, type TemplateResult } from "lit";
import { vi } from "vitest";

import type { App } from "../src/app";
import { FleetStore } from "../src/data/store";
import { Format } from "../src/i18n/format";
import { Translate } from "../src/i18n/translate";

/** What the panel says at the bottom of the page. */
export const say = vi.fn();

/** The panel in English, without Home Assistant. */
export const app = {
  t: new Translate("en"),
  f: new Format(
    {
      language: "en",
      number_format: "language",
      time_format: "24",
      date_format: "language",
      time_zone: "local",
    },
    "UTC",
    "°C",
  ),
  say,
  store: new FleetStore(),
} as unknown as App;

/** Draw a part of the panel; return what holds it. */
export function drawn(of: TemplateResult): HTMLElement {
  const place = document.createElement("div");
  render(of, place);
  return place;
}

/** Return what there must be. */
export function there<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw new Error("there is none");
  return found;
}
