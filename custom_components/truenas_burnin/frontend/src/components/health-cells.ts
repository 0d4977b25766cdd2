import {
  mdiAlert,
  mdiCheck,
  mdiCloseCircle,
  mdiHelpCircleOutline,
  mdiLockOutline,
} from "@mdi/js";
import { html, type TemplateResult } from "lit";

import type { App } from "../app";
import type { DriveRow, Health } from "../data/protocol";
import type { HealthColumn } from "./columns";
import { icon } from "./icon";
import { selfTestBadge } from "./state";

const GRADES = {
  good: [mdiCheck, "good"],
  warn: [mdiAlert, "warn"],
  fail: [mdiCloseCircle, "bad"],
  blocked: [mdiLockOutline, "warn"],
  silent: [mdiHelpCircleOutline, "idle"],
} as const;

/** Whether the drive is worth a burn-in; what speaks against it stands behind that. */
export function grade({ t }: App, { grade: worth, reasons }: Health): TemplateResult {
  const [path, tone] = GRADES[worth];
  return html`<span class="badge ${tone}" title=${reasons.join("; ")}>
    ${icon(path)}<span>${t.text(`grade.${worth}`)}</span>
    <span class="hidden-text">${reasons.join("; ")}</span>
  </span>`;
}

/** One cell of what the drive says of itself, a dash where it says nothing. */
export function healthCell(app: App, name: HealthColumn, drive: DriveRow): unknown {
  const { health } = drive;
  const { f, t } = app;
  const number = (value: number | null | undefined, unit = ""): unknown =>
    value === null || value === undefined ? dash() : `${f.number(value)}${unit}`;
  switch (name) {
    case "grade":
      return health ? grade(app, health) : dash();
    case "hours":
      return number(health?.power_on_hours);
    case "farm_hours":
      return number(health?.farm_hours);
    case "reallocated":
      return number(health?.reallocated);
    case "pending":
      return number(health?.pending);
    case "crc":
      return number(health?.crc);
    case "used":
      return number(health?.percent_used, " %");
    case "last_test": {
      const test = health?.last_self_test;
      if (!test) return dash();
      const cell = { state: test.state, percent: null, at: null };
      return selfTestBadge(t, t.text(`self_test.${test.state}`), cell);
    }
    case "content": {
      if (!health?.content) return dash();
      const found = health.content.join(", ") || t.text("health.empty");
      return html`<span class="second" title=${found}>${found}</span>`;
    }
  }
}

function dash(): TemplateResult {
  return html`<span class="muted">–</span>`;
}
