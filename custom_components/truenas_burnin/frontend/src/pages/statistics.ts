import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import "../charts/daily-chart";
import { nasPicker } from "../components/nas-picker";
import { pending } from "../components/pending";
import type { Fleet } from "../data/fleet";
import type { Rate, Statistics } from "../data/protocol";
import { Question } from "../data/question";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { page } from "../styles/page";
import { shared } from "../styles/shared";
import { table } from "../styles/table";

/** What all burn-ins together say of drives. */
@element("tnb-statistics-page")
export class StatisticsPage extends PanelElement {
  @property({ attribute: false }) fleet!: Fleet;
  @state() private entry = "";
  readonly #reply = new Question<Statistics>(this);
  #stop: (() => void) | null = null;

  static override styles = [
    shared,
    controls,
    page,
    table,
    css`
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
        gap: 12px;
      }
      .figures {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(130px, 1fr));
        gap: 8px;
      }
      .figure {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        padding: 8px 16px;
      }
      dt {
        color: var(--tnb-muted);
      }
      dd {
        font-size: 22px;
        font-weight: 500;
        line-height: 1.2;
        font-variant-numeric: tabular-nums;
      }
      h2 {
        margin-bottom: 12px;
      }
      .share {
        display: flex;
        align-items: center;
        gap: 10px;
      }
      .share .bar {
        flex: 1;
        min-width: 60px;
        height: 8px;
        overflow: hidden;
        border-radius: 4px;
        background: color-mix(in srgb, var(--tone) 22%, var(--tnb-card));
      }
      .share .bar > span {
        display: block;
        height: 100%;
        background: var(--tone);
      }
      .share .value {
        min-width: 64px;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      @media (max-width: 500px) {
        td,
        th {
          overflow-wrap: anywhere;
        }
        .figures {
          grid-template-columns: repeat(3, 1fr);
        }
        .figure {
          padding: 6px 8px;
        }
        dt {
          font-size: 13px;
        }
        th,
        td {
          padding-inline: 6px;
        }
        .rates .bar {
          display: none;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // Nothing on this page takes the focus, and it scrolls.
    this.tabIndex = 0;
    this.#stop = this.app.store.listen((_, changed) => {
      if (changed.length > 0) this.ask(this.entry);
    });
    this.ask(this.entry);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  private ask(entry: string): void {
    this.entry = entry;
    void this.#reply.ask(() => this.app.api.statistics(entry));
  }

  protected override render(): TemplateResult {
    const { answer, error } = this.#reply;
    return html`${nasPicker(this.app, this.fleet, this.entry, (entry) => this.ask(entry))}
    ${error ? html`<p role="alert">${error.message}</p>` : nothing}
    ${answer ? this.renderAnswer(answer) : pending(this.app, error)}`;
  }

  private renderAnswer(answer: Statistics): TemplateResult {
    const { t, f } = this.app;
    const perTb = answer.seconds_per_tb;
    return html`<dl class="figures">
        ${this.renderFigure(t.text("statistics.total"), f.number(answer.total))}
        ${(["passed", "failed", "inconclusive", "cancelled"] as const).map((state) =>
          this.renderFigure(t.text(`state.${state}`), f.number(answer[state])),
        )}
        ${this.renderFigure(t.text("statistics.per_tb"), f.duration(perTb))}
      </dl>
      <section class="card">
        <h2>${t.text("statistics.daily")}</h2>
        <tnb-daily-chart .app=${this.app} .days=${answer.daily}></tnb-daily-chart>
      </section>
      <div class="grid">
        ${this.renderRates(
          "statistics.by_model",
          "column.model",
          answer.by_model.map((row) => [row.model, row] as const),
        )}
        ${this.renderRates(
          "statistics.by_size",
          "column.size",
          answer.by_size.map((row) => [f.size(row.size), row] as const),
        )}
        ${this.renderFailures(answer)}
      </div>`;
  }

  private renderFigure(name: string, value: string): TemplateResult {
    return html`<div class="card figure">
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  private renderRates(
    title: "statistics.by_model" | "statistics.by_size",
    column: "column.model" | "column.size",
    rows: readonly (readonly [string, Rate])[],
  ): TemplateResult {
    const { t, f } = this.app;
    return html`<section class="card rates">
      <h2>${t.text(title)}</h2>
      ${
        rows.length === 0
          ? html`<p class="muted">${t.text("statistics.none")}</p>`
          : html`<table>
              <thead>
                <tr>
                  <th scope="col">${t.text(column)}</th>
                  <th scope="col" class="number">${t.text("statistics.total")}</th>
                  <th scope="col" class="number">${t.text("state.failed")}</th>
                  <th scope="col">${t.text("statistics.rate")}</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ([name, { total, failed, rate }]) =>
                    html`<tr>
                      <td>${name}</td>
                      <td class="number">${f.number(total)}</td>
                      <td class="number">${f.number(failed)}</td>
                      <td>
                        ${
                          rate === null
                            ? "–"
                            : share(rate, f.percent(rate * 100), "var(--tnb-good)")
                        }
                      </td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    </section>`;
  }

  private renderFailures({ failures_by_stage }: Statistics): TemplateResult {
    const { t, f } = this.app;
    const most = Math.max(1, ...failures_by_stage.map(({ count }) => count));
    return html`<section class="card">
      <h2>${t.text("statistics.failures")}</h2>
      ${
        failures_by_stage.length === 0
          ? html`<p class="muted">${t.text("statistics.no_failures")}</p>`
          : html`<table>
              <tbody>
                ${failures_by_stage.map(
                  ({ stage, count }) =>
                    html`<tr>
                      <th scope="row">${t.name("stage", stage)}</th>
                      <td>${share(count / most, f.number(count), "var(--tnb-bad)")}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    </section>`;
  }
}

function share(of: number, text: string, tone: string): TemplateResult {
  return html`<span class="share" style="--tone:${tone}">
    <span class="bar" aria-hidden="true"><span style="width:${of * 100}%"></span></span>
    <span class="value">${text}</span>
  </span>`;
}
