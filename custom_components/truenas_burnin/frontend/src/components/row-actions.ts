import { mdiDotsVertical, mdiFire, mdiPause, mdiPlay, mdiReplay } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import { APPLIES } from "../data/actions";
import type { DriveRow } from "../data/protocol";
import { emit } from "../element";
import { icon } from "./icon";

export type DriveAction =
  | "start"
  | "pause"
  | "resume"
  | "cancel"
  | "retry"
  | "short_test"
  | "long_test"
  | "cancel_test"
  | "open";

/** Fired by whatever has drives and buttons; the Drives page knows what to do. */
export interface ActionRequest {
  action: DriveAction;
  drives: readonly DriveRow[];
}

export function request(from: EventTarget, detail: ActionRequest): void {
  emit(from, "drive-action", detail);
}

const FIRST = [
  ["pause", mdiPause, APPLIES.pause],
  ["resume", mdiPlay, APPLIES.resume],
  ["retry", mdiReplay, APPLIES.retry],
  ["start", mdiFire, APPLIES.start],
] as const;

/** Say why an action that overwrites a drive would be refused; "" where it would not. */
export function refusalOf({ t }: App, action: DriveAction, drive: DriveRow): string {
  const erases =
    action === "start" || (action === "retry" && drive.burn_in?.destructive);
  const reason = erases ? t.why(drive.against) : "";
  const name = t.text(`action.${action}`);
  return reason && t.text("action.refused", { action: name, reason });
}

/** The nearest action on a drive, and a button for all others. */
export function rowActions(app: App, drive: DriveRow): TemplateResult {
  const first = FIRST.find(([, , applies]) => applies(drive));
  const button = (action: DriveAction, path: string): TemplateResult => {
    const refusal = refusalOf(app, action, drive);
    const title = refusal || app.t.text(`action.${action}`);
    // A disabled button cannot be reached by keyboard: nobody could hear why.
    return html`<button
      type="button"
      class="round"
      data-action=${action}
      aria-label="${title}: ${drive.name}"
      aria-disabled=${refusal ? "true" : nothing}
      title=${title}
      ?disabled=${action !== "open" && drive.device_id === null}
      @click=${(event: Event) => {
        if (refusal) app.say(refusal, "info");
        else if (event.currentTarget) {
          request(event.currentTarget, { action, drives: [drive] });
        }
      }}
    >
      ${icon(path)}
    </button>`;
  };
  return html`<span class="row-actions">
    ${first ? button(first[0], first[1]) : nothing} ${button("open", mdiDotsVertical)}
  </span>`;
}
