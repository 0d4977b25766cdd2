import { mdiAlert, mdiCloseCircle } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import type { BurnInDetail, Finding, SmartRow, StageDetail } from "../data/protocol";
import { eventDetail } from "./event-text";
import { icon } from "./icon";
import { stateBadge } from "./state";

/** What speaks against the drive, in plain words. */
export function findingList(
  app: App,
  { findings }: BurnInDetail,
): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  return html`<section class="card">
    <h3>${app.t.text("burn_in.findings")}</h3>
    <ul class="findings">
      ${findings.map((finding) => findingItem(app, finding))}
    </ul>
  </section>`;
}

function findingItem({ t, f }: App, finding: Finding): TemplateResult {
  const { severity, before, after } = finding;
  const fails = severity === "fail";
  return html`<li>
    <span class="badge ${fails ? "bad" : "warn"}">
      ${icon(fails ? mdiCloseCircle : mdiAlert, t.text(`severity.${severity}`))}
    </span>
    <span>${t.finding(finding)}</span>
    ${
      before !== null && after !== null
        ? html`<span class="muted">
            ${t.text("burn_in.change", { before: f.number(before), after: f.number(after) })}
          </span>`
        : nothing
    }
  </li>`;
}

/** The stages, with when they ran and how long they took. */
export function stageTable(
  app: App,
  { stages }: BurnInDetail,
  now: number,
): TemplateResult {
  const { t } = app;
  return html`<section class="card">
    <h3>${t.text("burn_in.stages")}</h3>
    <div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${t.text("burn_in.stages")}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">${t.text("burn_in.stage")}</th>
            <th scope="col">${t.text("filter.state")}</th>
            <th scope="col">${t.text("burn_in.progress")}</th>
            <th scope="col">${t.text("burn_in.started")}</th>
            <th scope="col" class="number">${t.text("burn_in.took")}</th>
            <th scope="col" class="number">${t.text("burn_in.expected")}</th>
            <th scope="col">${t.text("burn_in.reason")}</th>
          </tr>
        </thead>
        <tbody>
          ${stages.map((stage) => stageRow(app, stage, now))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function stageRow(app: App, stage: StageDetail, now: number): TemplateResult {
  const { t, f } = app;
  const name = t.name("stage", stage.kind);
  const end = stage.finished ? Date.parse(stage.finished) : now;
  const took = stage.started ? (end - Date.parse(stage.started)) / 1000 : null;
  const known = stage.state !== "pending" && stage.state !== "skipped";
  return html`<tr class=${stage.state} data-stage=${stage.kind}>
    <th scope="row">
      ${name}
      ${
        stage.attempt > 1
          ? html`<span class="muted"
              >${t.text("burn_in.attempt", { n: stage.attempt })}</span
            >`
          : nothing
      }
    </th>
    <td>${stateBadge(t, stage.state)}</td>
    <td>
      ${
        known
          ? html`<span class="meter ${stage.state}">
              <span
                class="bar"
                role="progressbar"
                aria-label=${name}
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=${stage.percent}
              >
                <span style="width:${stage.percent}%"></span>
              </span>
              <span class="value">${f.percent(stage.percent)}</span>
            </span>`
          : nothing
      }
    </td>
    <td class="time">${f.time(stage.started)}</td>
    <td class="number">${known ? f.duration(took) : "–"}</td>
    <td class="number">${f.duration(stage.weight)}</td>
    <td class="reason">
      ${t.why(stage) || [errorText(app, stage), stage.result].filter(Boolean).join(" · ")}
    </td>
  </tr>`;
}

function errorText({ t, f }: App, { errors }: StageDetail): string {
  if (!errors || errors.read + errors.write + errors.compare === 0) return "";
  return t.text("burn_in.errors", {
    read: f.number(errors.read),
    write: f.number(errors.write),
    compare: f.number(errors.compare),
  });
}

/** What SMART said before and after. */
export function smartTable(
  app: App,
  { smart }: BurnInDetail,
): TemplateResult | typeof nothing {
  const { t } = app;
  if (smart.rows.length === 0) return nothing;
  return html`<section class="card">
    <h3>${t.text("burn_in.smart")}</h3>
    <div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${t.text("burn_in.smart")}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">${t.text("smart.attribute")}</th>
            <th scope="col" class="number">${t.text("smart.before")}</th>
            <th scope="col" class="number">${t.text("smart.after")}</th>
            <th scope="col">${t.text("smart.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          ${smart.rows.map((row) => smartRow(app, row))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function smartRow(app: App, row: SmartRow): TemplateResult {
  const { t } = app;
  const { before, after, verdict } = row;
  return html`<tr class=${verdict}>
    <th scope="row">${t.smart(row)}</th>
    <td class="number">${value(app, before)}</td>
    <td class="number">${value(app, after)}</td>
    <td>
      ${
        verdict === "fail" || verdict === "warn"
          ? html`<span class="badge ${verdict === "fail" ? "bad" : "warn"}">
              ${icon(verdict === "fail" ? mdiCloseCircle : mdiAlert)}
              ${t.text(`smart_change.${verdict}`)}
            </span>`
          : html`<span class="muted">${t.text(`smart_change.${verdict}`)}</span>`
      }
    </td>
  </tr>`;
}

function value({ f }: App, of: number | string | null): string {
  if (of === null) return "–";
  return typeof of === "number" ? f.number(of) : of;
}

/** What happened, in order. */
export function eventTable(app: App, { events }: BurnInDetail): TemplateResult {
  const { t, f } = app;
  return html`<section class="card">
    <h3>${t.text("burn_in.log")}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label=${t.text("burn_in.log")}>
      <table>
        <tbody>
          ${events.map(
            ({ at, event, actor, detail }) =>
              html`<tr>
                <td class="time">${f.exactTime(at)}</td>
                <th scope="row">${t.name("event", event)}</th>
                <td>${actor ?? ""}</td>
                <td class="reason">${eventDetail(app, detail)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
