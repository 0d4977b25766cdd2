import { mdiArrowLeft, mdiPause, mdiPlay, mdiReplay, mdiStop } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { deviceHref, href } from "../app";
import { burnInCharts, chartStyles } from "../components/burn-in-charts";
import {
  eventTable,
  findingList,
  smartTable,
  stageTable,
} from "../components/burn-in-tables";
import "../components/drive-commands";
import { emptyStyles } from "../components/empty-fleet";
import { link } from "../components/drive-cells";
import { icon } from "../components/icon";
import { burnInMeter, meterStyles, sweepText } from "../components/meter";
import { papers, papersStyles } from "../components/papers";
import { request, type DriveAction } from "../components/row-actions";
import { stateStyles, verdictBadge } from "../components/state";
import { APPLIES } from "../data/actions";
import { withRow } from "../data/detail";
import type { Fleet } from "../data/fleet";
import type { BurnInDetail, BurnInRow, DriveRow } from "../data/protocol";
import { Question, type Failure } from "../data/question";
import { elapsedSeconds } from "../data/view";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { page } from "../styles/page";
import { shared } from "../styles/shared";
import { table } from "../styles/table";

const ACTIONS: readonly [DriveAction, string, (drive: DriveRow) => boolean][] = [
  ["pause", mdiPause, APPLIES.pause],
  ["resume", mdiPlay, APPLIES.resume],
  ["retry", mdiReplay, APPLIES.retry],
  ["cancel", mdiStop, APPLIES.cancel],
];

/** The curves grow slowly: no need to ask for all of them at every message. */
const ASK_EVERY = 5_000;

/** Everything about one burn-in. */
@element("tnb-burn-in-page")
export class BurnInPage extends PanelElement {
  @property({ attribute: false }) fleet!: Fleet;
  @property({ type: Number }) now = Date.now();
  @property() burnInId = "";
  readonly #reply = new Question<BurnInDetail>(this);
  #row: BurnInRow | null = null;
  #waiting = 0;

  static override styles = [
    shared,
    controls,
    page,
    table,
    stateStyles,
    meterStyles,
    chartStyles,
    papersStyles,
    emptyStyles,
    css`
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-inline-start: auto;
      }
      .summary {
        display: grid;
        gap: 12px;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        font-size: 18px;
      }
      .state .badge svg.icon {
        width: 28px;
        height: 28px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(168px, 1fr));
        gap: 10px 20px;
      }
      @media (max-width: 500px) {
        dl {
          grid-template-columns: 1fr 1fr;
        }
      }
      dt {
        color: var(--tnb-muted);
        font-size: 13px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      section h3 {
        margin-bottom: 10px;
      }
      .findings {
        display: grid;
        gap: 6px;
      }
      .findings li {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      td .meter {
        min-width: 140px;
      }
      td.reason {
        min-width: 160px;
      }
      tr.fail,
      tr.failed {
        background: color-mix(in srgb, var(--tnb-bad) 10%, var(--tnb-card));
      }
      tr.warn {
        background: color-mix(in srgb, var(--tnb-warn) 12%, var(--tnb-card));
      }
      @media print {
        :host {
          display: block;
          height: auto;
          padding: 0;
          overflow: visible;
        }
        .actions,
        .back {
          display: none !important;
        }
        .card {
          margin-bottom: 8px;
          break-inside: avoid;
        }
        td .meter,
        td.reason {
          min-width: 0;
        }
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#waiting);
    this.#waiting = 0;
  }

  private get drive(): DriveRow | undefined {
    return [...this.fleet.drives.values()].find(
      ({ burn_in }) => burn_in?.id === this.burnInId,
    );
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const row = this.drive?.burn_in ?? null;
    if (changed.has("burnInId")) {
      this.#reply.clear();
      this.ask();
    } else if (row && row !== this.#row) {
      if (row.state !== this.#row?.state) this.ask();
      else this.#waiting ||= window.setTimeout(() => this.ask(), ASK_EVERY);
    }
    this.#row = row;
  }

  private ask(): void {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    void this.#reply.ask(() => this.app.api.burnIn(this.burnInId));
  }

  protected override render(): TemplateResult {
    const { answer, error } = this.#reply;
    if (!answer) return this.renderNothing(error);
    // What the subscription tells is newer.
    const burnIn = this.#row ? withRow(answer, this.#row) : answer;
    return html`<tnb-drive-commands .app=${this.app}>
      ${this.renderTitle(burnIn)} ${this.renderSummary(burnIn)}
      ${findingList(this.app, burnIn)} ${stageTable(this.app, burnIn, this.now)}
      ${burnInCharts(this.app, burnIn)} ${smartTable(this.app, burnIn)}
      ${eventTable(this.app, burnIn)}
    </tnb-drive-commands>`;
  }

  private renderNothing(error: Failure | null): TemplateResult {
    const { t } = this.app;
    if (!error) return html`<p class="empty" role="status">${t.text("loading")}</p>`;
    const missing = error.code === "not_found";
    return html`<div class="card empty" role="alert">
      <p>${missing ? t.text("burn_in.missing") : error.message}</p>
      ${link(href("history"), t.text("page.history"), { className: "button" })}
    </div>`;
  }

  private renderTitle(burnIn: BurnInDetail): TemplateResult {
    const { app, drive } = this;
    const { t } = app;
    return html`<div class="title">
      <span class="back">
        ${link(href("drives"), icon(mdiArrowLeft), {
          className: "button round",
          label: t.text("page.drives"),
        })}
      </span>
      <h2>${burnIn.disk} · <span class="mono">${burnIn.serial}</span></h2>
      <span class="actions">
        ${
          drive
            ? ACTIONS.filter(([, , applies]) => applies(drive)).map(
                ([action, path]) =>
                  html`<button
                    type="button"
                    class=${action === "cancel" ? "danger" : ""}
                    data-action=${action}
                    @click=${({ currentTarget }: Event) =>
                      currentTarget &&
                      request(currentTarget, { action, drives: [drive] })}
                  >
                    ${icon(path)} ${t.text(`action.${action}`)}
                  </button>`,
              )
            : nothing
        }
      </span>
    </div>`;
  }

  private renderSummary(burnIn: BurnInDetail): TemplateResult {
    const { app } = this;
    const { t } = app;
    const doing = sweepText(app, burnIn);
    return html`<section class="card summary">
      <div class="state" role="status">
        ${verdictBadge(t, burnIn)} ${this.renderWhy(burnIn)}
      </div>
      ${burnInMeter(app, burnIn)}
      ${doing ? html`<p class="muted">${doing}</p>` : nothing}
      ${burnIn.verified ? nothing : html`<p>${t.text("burn_in.not_verified")}</p>`}
      <dl>
        ${this.facts(burnIn).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      ${papers(app, this.burnInId)}
    </section>`;
  }

  private renderWhy(burnIn: BurnInDetail): unknown {
    const { t } = this.app;
    const { state, stalled, pause_reason } = burnIn;
    if (state === "cancelling") return t.text("burn_in.cancelling");
    if (stalled) return t.text("burn_in.stalled");
    if (pause_reason && state === "paused") return t.text(`pause.${pause_reason}`);
    if (pause_reason) return t.text("pause.later");
    return t.why(burnIn) || nothing;
  }

  /** Which attempt it is, and the one before, where it is a retry. */
  private earlier({ attempt, retry_of }: BurnInDetail): [string, unknown][] {
    if (!retry_of) return [];
    const { t } = this.app;
    const before = link(href(`burn-in/${retry_of}`), t.text("burn_in.retry_of"));
    return [[t.text("burn_in.attempt_number"), html`${attempt} (${before})`]];
  }

  private facts(burnIn: BurnInDetail): [string, unknown][] {
    const { t, f } = this.app;
    const device = this.drive?.device_id;
    const finish: [string, string] = burnIn.finished
      ? [t.text("burn_in.finished"), f.time(burnIn.finished)]
      : [t.text("burn_in.finish_time"), f.time(burnIn.finish_time)];
    return [
      [t.text("filter.nas"), burnIn.nas],
      [
        t.text("column.model"),
        html`${burnIn.manufacturer}
        ${device ? link(deviceHref(device), burnIn.model) : burnIn.model}`,
      ],
      [
        t.text("column.size"),
        [f.size(burnIn.size), burnIn.build].filter(Boolean).join(" · "),
      ],
      [t.text("burn_in.firmware"), burnIn.firmware ?? "–"],
      [t.text("burn_in.lunid"), burnIn.lunid ?? "–"],
      [t.text("start.profile"), t.name("profile", burnIn.profile)],
      ...this.earlier(burnIn),
      [t.text("burn_in.operator"), burnIn.operator ?? "–"],
      [t.text("burn_in.created"), f.time(burnIn.created)],
      [t.text("burn_in.started"), f.time(burnIn.started)],
      finish,
      [t.text("burn_in.took"), f.duration(elapsedSeconds(burnIn, this.now))],
    ];
  }
}
