import { css, html, type TemplateResult } from "lit";

import type { App } from "../app";
import type { DriveRow } from "../data/protocol";
import {
  burnIn,
  identity,
  nameLink,
  selfTests,
  smart,
  times,
  use,
} from "./drive-cells";
import type { Columns } from "./columns";
import { nasOf } from "./drive-name";
import { healthCell } from "./health-cells";
import { rowActions } from "./row-actions";

const FACTS = ["grade", "hours", "reallocated", "pending"] as const;

function health(app: App, drive: DriveRow): TemplateResult {
  const fact = (name: (typeof FACTS)[number]): TemplateResult =>
    html`<span
      ><span class="muted">${app.t.text(`column.${name}`)}</span>
      ${healthCell(app, name, drive)}</span
    >`;
  return html`<p class="facts">${FACTS.map(fact)}</p>`;
}

/** A drive on a narrow screen. */
export function driveCard(
  app: App,
  drive: DriveRow,
  now: number,
  columns: Columns,
  parts: { pick: TemplateResult; location: TemplateResult },
): TemplateResult {
  const { f } = app;
  return html`<article class="drive-card ${drive.burn_in?.state ?? ""}">
    <header>
      ${parts.pick}
      <span class="name">${nameLink(drive)}</span>
      <span class="place">${parts.location}</span>
      ${rowActions(app, drive)}
    </header>
    <p class="cut">
      ${drive.model} · <span class="mono">${identity(drive)}</span> ·
      ${f.size(drive.size)}
    </p>
    <p class="facts">
      <span>${f.temperature(drive.temperature)}</span>
      ${smart(app, drive, true)} ${selfTests(app, drive)}
    </p>
    ${columns === "health" ? health(app, drive) : burnIn(app, drive)}
    <p class="facts times">
      ${times(app, drive, now)} <span class="muted cut">${place(app, drive)}</span>
    </p>
  </article>`;
}

/** What the drive is used for, and where it is: both decide what may be done. */
function place(app: App, drive: DriveRow): string {
  const used = drive.burn_in ? use(app, drive) : "";
  return [used, nasOf(app, drive)].filter(Boolean).join(" · ");
}

export const cardStyles = css`
  li {
    padding-bottom: 8px;
  }
  .drive-card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 4px;
    height: 100%;
    padding: 4px 12px 10px;
    overflow: hidden;
    border: 1px solid var(--tnb-line);
    border-radius: var(--tnb-radius);
    background: var(--tnb-card);
  }
  .drive-card.failed {
    box-shadow: inset 4px 0 var(--tnb-bad);
  }
  .drive-card header {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .drive-card .name {
    max-width: 45%;
    overflow: hidden;
    font-weight: 500;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .drive-card .place {
    flex: 1;
    min-width: 0;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .facts {
    display: flex;
    align-items: center;
    gap: 14px;
  }
  .drive-card .tests {
    display: flex;
    gap: 12px;
  }
`;
