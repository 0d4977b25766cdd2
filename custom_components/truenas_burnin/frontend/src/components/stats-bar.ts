import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Counts } from "../data/counts";
import type { Query, StateFilter } from "../data/view";
import { element, emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";

const FIGURES: readonly [keyof Omit<Counts, "hottest">, StateFilter][] = [
  ["drives", ""],
  ["running", "under_way"],
  ["queued", "queued"],
  ["passed", "passed"],
  ["failed", "failed"],
];

const HOTTEST_FIRST: Partial<Query> = { sort: "temperature", descending: true };

/** How many drives stand where; each figure filters or sorts the table. */
@element("tnb-stats-bar")
export class StatsBar extends PanelElement {
  @property({ attribute: false }) counts!: Counts;
  @property() state: StateFilter = "";

  static override styles = [
    shared,
    controls,
    css`
      .figures {
        display: grid;
        grid-template-columns: repeat(6, 1fr);
        gap: 8px;
      }
      .figure {
        display: grid;
        justify-items: start;
        align-content: center;
        justify-content: start;
        gap: 0;
        min-height: 64px;
        padding: 8px 16px;
        border: 1px solid var(--tnb-line);
        border-radius: var(--tnb-radius);
        background: var(--tnb-card);
        text-align: start;
      }
      .figure[aria-pressed="true"] {
        border-color: var(--tnb-accent);
        box-shadow: inset 0 0 0 1px var(--tnb-accent);
      }
      .figure.failed:not(.none) {
        --tone: var(--tnb-bad);
        border-inline-start: 4px solid var(--tnb-bad);
      }
      .value {
        font-size: 22px;
        font-weight: 500;
        line-height: 1.2;
        font-variant-numeric: tabular-nums;
      }
      .label {
        max-width: 100%;
        overflow: hidden;
        color: var(--tnb-muted);
        font-weight: 400;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 900px) {
        .figure {
          padding-inline: 10px;
        }
      }
      @media (max-width: 700px) {
        .figures {
          grid-template-columns: repeat(3, 1fr);
        }
        .figure {
          min-height: 56px;
          padding-block: 6px;
        }
        .value {
          font-size: 18px;
        }
        .label {
          font-size: 13px;
        }
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { t, f } = this.app;
    const { hottest } = this.counts;
    return html`<div class="figures" role="group" aria-label=${t.text("stats.label")}>
      ${FIGURES.map(([name, filter]) => {
        const value = this.counts[name];
        return html`<button
          type="button"
          class="figure ${name} ${value === 0 ? "none" : ""}"
          aria-pressed=${this.state === filter}
          @click=${() => emit(this, "filter-state", filter)}
        >
          <span class="value">${f.number(value)}</span>
          <span class="label">${t.text(`stats.${name}`)}</span>
        </button>`;
      })}
      <button
        type="button"
        class="figure hottest"
        ?disabled=${hottest === null}
        title=${t.text("stats.by_temperature")}
        @click=${() => emit<Partial<Query>>(this, "query-changed", HOTTEST_FIRST)}
      >
        <span class="value">${f.temperature(hottest?.temperature ?? null)}</span>
        <span class="label">
          ${t.text("stats.hottest")}${hottest ? ` · ${hottest.name}` : ""}
        </span>
      </button>
    </div>`;
  }
}
