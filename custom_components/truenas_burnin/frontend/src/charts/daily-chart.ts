import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Statistics } from "../data/protocol";
import { element, PanelElement } from "../element";
import { shared } from "../styles/shared";

const KINDS = ["failed", "other", "passed"] as const;

/** How many burn-ins ended on each day, and how. */
@element("tnb-daily-chart")
export class DailyChart extends PanelElement {
  @property({ attribute: false }) days: Statistics["daily"] = [];

  static override styles = [
    shared,
    css`
      .days {
        display: flex;
        align-items: flex-end;
        gap: 4px;
        height: 180px;
      }
      .day {
        display: flex;
        flex: 1;
        flex-direction: column;
        justify-content: flex-end;
        gap: 2px;
        height: 100%;
        min-width: 0;
      }
      .bar {
        border-radius: 3px;
      }
      .passed {
        background: var(--tnb-good);
      }
      .failed {
        background: var(--tnb-bad);
      }
      .other {
        background: var(--tnb-idle);
      }
      .sum,
      .name {
        flex: none;
        font-size: 12px;
        text-align: center;
        white-space: nowrap;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 16px;
        margin-top: 12px;
      }
      .legend span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .legend i {
        width: 12px;
        height: 12px;
        border-radius: 3px;
      }
      @media (max-width: 900px) {
        .days {
          gap: 1px;
        }
        .name {
          font-size: 11px;
          line-height: 1.2;
          white-space: normal;
        }
        .day:nth-child(2n) .name {
          visibility: hidden;
        }
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { t, f } = this.app;
    const sums = this.days.map(({ passed, failed, other }) => passed + failed + other);
    const most = Math.max(1, ...sums);
    return html`<ol class="days" aria-label=${t.text("statistics.daily")}>
        ${this.days.map((day, index) => {
          const said = KINDS.map(
            (kind) => `${t.text(`outcome.${kind}`)}: ${day[kind]}`,
          );
          return html`<li class="day" title="${f.day(day.day)} – ${said.join(", ")}">
            <span class="hidden-text">${f.day(day.day)}: ${said.join(", ")}</span>
            <span class="sum" aria-hidden="true"
              >${sums[index] === 0 ? "" : sums[index]}</span
            >
            ${KINDS.filter((kind) => day[kind] > 0).map(
              (kind) =>
                html`<span
                  class="bar ${kind}"
                  style="height:${(day[kind] / most) * 76}%"
                ></span>`,
            )}
            <span class="name muted" aria-hidden="true">${f.day(day.day)}</span>
          </li>`;
        })}
      </ol>
      <p class="legend" aria-hidden="true">
        ${KINDS.map((kind) => html`<span><i class=${kind}></i>${t.text(`outcome.${kind}`)}</span>`)}
      </p>`;
  }
}
