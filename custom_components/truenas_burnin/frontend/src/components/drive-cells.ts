import { mdiAlert, mdiCheck, mdiHelpCircleOutline, mdiLockOutline } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import { deviceHref, href, navigate, type App } from "../app";
import type { BurnInRow, DriveRow } from "../data/protocol";
import { elapsedSeconds, isActive } from "../data/view";
import { icon } from "./icon";
import { burnInMeter } from "./meter";
import { selfTestBadge, verdictBadge } from "./state";

/** Link to a page of Home Assistant without loading it anew. */
export function link(
  path: string,
  content: unknown,
  look: { className?: string; label?: string; current?: boolean } = {},
): TemplateResult {
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    navigate(path);
  };
  return html`<a
    href=${path}
    class=${look.className ?? nothing}
    title=${look.label ?? nothing}
    aria-label=${look.label ?? nothing}
    aria-current=${look.current ? "page" : nothing}
    @click=${go}
    >${content}</a
  >`;
}

/** The drive's name, leading to its burn-in, or to its device. */
export function nameLink(drive: DriveRow): TemplateResult {
  if (drive.burn_in) return link(href(`burn-in/${drive.burn_in.id}`), drive.name);
  if (drive.device_id) return link(deviceHref(drive.device_id), drive.name);
  return html`${drive.name}`;
}

/** What tells the drive from all others. */
export function identity({ serial, unit }: DriveRow): string {
  return unit ? `${serial} · ${unit}` : serial;
}

/** What the drive is used for, where that keeps it from being burnt in. */
export function use({ t }: App, drive: DriveRow): string {
  if (!drive.present) return t.text("use.absent");
  if (drive.boot) return t.text("use.boot");
  if (drive.pool) return t.text("use.pool", { pool: drive.pool });
  if (drive.exported_pool) {
    return t.text("use.exported_pool", { pool: drive.exported_pool });
  }
  return drive.unused ? t.why(drive.against) : t.text("use.in_use");
}

const SMART = {
  ok: [mdiCheck, "good"],
  failing: [mdiAlert, "bad"],
  unknown: [mdiHelpCircleOutline, "idle"],
  none: [mdiHelpCircleOutline, "idle"],
} as const;

/** What SMART says of itself; where no column says that it is SMART, that instead. */
export function smart({ t }: App, drive: DriveRow, brief = false): TemplateResult {
  const [path, tone] = SMART[drive.smart];
  if (brief) {
    return html`<span class="badge ${tone}">
      ${icon(path)}<span>${t.text("column.smart")}</span>
      <span class="hidden-text">${t.text(`smart.${drive.smart}`)}</span>
    </span>`;
  }
  return html`<span class="badge ${tone}">
    ${icon(path)}<span>${t.text(`smart.${drive.smart}`)}</span>
  </span>`;
}

/** A failing drive says so beside its name too: not every table has a SMART column. */
export function smartAlarm(
  { t }: App,
  drive: DriveRow,
): TemplateResult | typeof nothing {
  if (drive.smart !== "failing") return nothing;
  const text = `${t.text("column.smart")}: ${t.text("smart.failing")}`;
  return html`<span class="badge bad" title=${text}>${icon(mdiAlert, text)}</span>`;
}

export function selfTests({ t }: App, drive: DriveRow): TemplateResult {
  return html`<span class="tests">
    ${selfTestBadge(t, t.text("self_test.short"), drive.short)}
    ${selfTestBadge(t, t.text("self_test.long"), drive.long)}
  </span>`;
}

/** What keeps a drive from being burnt in, where something does. */
export function useBadge(app: App, drive: DriveRow): TemplateResult | null {
  const text = use(app, drive);
  if (!text) return null;
  const why = app.t.why(drive.against) || text;
  return html`<span class="badge idle use" title=${why}>
    ${icon(mdiLockOutline)}<span>${text}</span>
  </span>`;
}

function notRun({ t }: App): TemplateResult {
  return html`<span class="muted">${t.text("state.not_run")}</span>`;
}

/** State, stage and progress of the newest burn-in. */
export function burnIn(app: App, drive: DriveRow): TemplateResult {
  if (drive.burn_in === null) {
    return useBadge(app, drive) ?? notRun(app);
  }
  return html`<span class="burn-in">
    <span class="line">
      ${verdictBadge(app.t, drive.burn_in, drive.burn_in.state === "running")}
      <span class="stage" title=${detail(app, drive.burn_in)}>
        ${detail(app, drive.burn_in)}
      </span>
    </span>
    ${burnInMeter(app, drive.burn_in)}
  </span>`;
}

/** What is to be said of a burn-in beside its state. */
export function detail({ t }: App, burnIn: BurnInRow): string {
  if (burnIn.stalled) return t.text("burn_in.stalled");
  if (burnIn.state === "paused" && burnIn.pause_reason) {
    return t.text(`pause.${burnIn.pause_reason}`);
  }
  if (burnIn.pause_reason) return t.text("pause.later");
  if (isActive(burnIn.state)) {
    if (burnIn.state === "queued" || !burnIn.stage) return "";
    return t.name("stage", burnIn.stage);
  }
  if (burnIn.state === "passed" && burnIn.warnings > 0) {
    return t.count("burn_in.warnings", burnIn.warnings);
  }
  return t.why(burnIn);
}

/** How long the burn-in has taken, and what is left; null where it has not begun. */
export function times(
  { t, f }: App,
  drive: DriveRow,
  now: number,
): TemplateResult | null {
  const elapsed = elapsedSeconds(drive.burn_in, now);
  if (elapsed === null) return null;
  const finish = drive.burn_in?.finish_time ?? null;
  return html`<span>${f.duration(elapsed)}</span> ${
      finish
        ? html`<span class="muted" title=${f.time(finish)}>
            ${t.text("time.left", { time: f.until(finish, now) })}
          </span>`
        : nothing
    }`;
}
