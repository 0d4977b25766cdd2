import { mdiCertificateOutline, mdiDownload, mdiMagnify } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { href } from "../app";
import { link } from "../components/drive-cells";
import { icon } from "../components/icon";
import { nasPicker } from "../components/nas-picker";
import { pager } from "../components/pager";
import { pending } from "../components/pending";
import { stateStyles, verdictBadge } from "../components/state";
import { fromAddress, oneOf, toAddress } from "../data/address";
import { certificatePath, historyPath } from "../data/api";
import { download } from "../data/download";
import type { Fleet } from "../data/fleet";
import {
  BURN_IN_STATES,
  type BurnInState,
  type HistoryQuery,
  type HistoryReply,
  type HistoryRow,
} from "../data/protocol";
import { Question } from "../data/question";
import { elapsedSeconds, isActive } from "../data/view";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { page } from "../styles/page";
import { shared } from "../styles/shared";
import { table } from "../styles/table";

const PAGE = 50;

/** Kept while another page is shown. */
let kept: HistoryQuery = { limit: PAGE, offset: 0 };

/** Return the burn-ins that the address asks for; null if for none in particular. */
function queryFromAddress(): HistoryQuery | null {
  const said = fromAddress(["nas", "search", "state", "page"]);
  if (!said) return null;
  const { nas, search } = said;
  const state = oneOf(BURN_IN_STATES, said.state, null);
  const page = Math.max(1, Math.trunc(Number(said.page)) || 1);
  return {
    limit: PAGE,
    offset: (page - 1) * PAGE,
    ...(nas && { entry_id: nas }),
    ...(search && { search }),
    ...(state && { state }),
  };
}

/** Every burn-in there has been, newest first. */
@element("tnb-history-page")
export class HistoryPage extends PanelElement {
  @property({ attribute: false }) fleet!: Fleet;
  @state() private query: HistoryQuery = queryFromAddress() ?? kept;
  readonly #reply = new Question<HistoryReply>(this);
  #stop: (() => void) | null = null;
  #typing = 0;

  static override styles = [
    shared,
    controls,
    page,
    table,
    stateStyles,
    css`
      .search {
        flex: 1 1 260px;
      }
      select {
        flex: 0 1 auto;
      }
      td {
        height: 52px;
      }
      td .second {
        display: block;
      }
      @media (min-width: 701px) {
        td .second {
          white-space: nowrap;
        }
      }
      td.reason {
        min-width: 200px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = this.app.store.listen((_, changed) => {
      if (changed.length > 0) this.ask();
    });
    this.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
    this.#stop?.();
  }

  private ask(): void {
    void this.#reply.ask(() => this.app.api.history(this.query));
  }

  /** Ask for other burn-ins; from the first page unless another is named. */
  private change(change: { [K in keyof HistoryQuery]?: HistoryQuery[K] | "" }): void {
    const merged = { ...this.query, offset: 0, ...change };
    this.query = Object.fromEntries(
      Object.entries(merged).filter(([, value]) => value !== ""),
    ) as unknown as HistoryQuery;
    this.show();
  }

  private show(): void {
    kept = this.query;
    toAddress({
      nas: this.query.entry_id ?? "",
      search: this.query.search ?? "",
      state: this.query.state ?? "",
      page: this.query.offset === 0 ? "" : String(1 + this.query.offset / PAGE),
    });
    this.ask();
  }

  private typed(event: Event): void {
    const search = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => this.change({ search }), 250);
  }

  protected override render(): TemplateResult {
    const { app, query } = this;
    const { t } = app;
    const { answer, error } = this.#reply;
    return html`<div class="row" role="search">
        ${nasPicker(app, this.fleet, query.entry_id ?? "", (entry_id) =>
          this.change({ entry_id }),
        )}
        <input
          class="search"
          type="search"
          aria-label=${t.text("history.search")}
          placeholder=${t.text("history.search")}
          .value=${query.search ?? ""}
          @input=${this.typed}
        />
        <select
          aria-label=${t.text("filter.state")}
          data-filter="state"
          @change=${(event: Event) =>
            this.change({
              state: (event.target as HTMLSelectElement).value as BurnInState | "",
            })}
        >
          <option value="">${t.text("filter.state")}: ${t.text("filter.all")}</option>
          ${BURN_IN_STATES.map(
            (value) =>
              html`<option value=${value} ?selected=${value === query.state}>
                ${t.text(`state.${value}`)}
              </option>`,
          )}
        </select>
        <button type="button" data-action="csv" @click=${this.csv}>
          ${icon(mdiDownload)} ${t.text("history.csv")}
        </button>
      </div>
      ${error ? html`<p role="alert">${error.message}</p>` : nothing}
      ${answer ? this.renderReply(answer) : pending(app, error)}`;
  }

  private renderReply({ total, burn_ins }: HistoryReply): TemplateResult {
    const { app, query } = this;
    const { t } = app;
    if (burn_ins.length === 0) {
      return html`<p class="card muted" role="status">
        ${icon(mdiMagnify)} ${t.text("history.none")}
      </p>`;
    }
    return html`<div
        class="card scroll"
        tabindex="0"
        role="region"
        aria-label=${t.text("page.history")}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">${t.text("history.drive")}</th>
              <th scope="col">${t.text("filter.state")}</th>
              <th scope="col">${t.text("burn_in.started")}</th>
              <th scope="col" class="number">${t.text("burn_in.took")}</th>
              <th scope="col" class="number">${t.text("column.size")}</th>
              <th scope="col">${t.text("start.profile")}</th>
              <th scope="col">${t.text("filter.nas")}</th>
              <th scope="col">${t.text("burn_in.reason")}</th>
              <th scope="col">
                <span class="hidden-text">${t.text("batch.certificates")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            ${burn_ins.map((row) => this.renderRow(row))}
          </tbody>
        </table>
      </div>
      ${pager(app, query.offset, PAGE, total, (offset) => this.change({ offset }))}`;
  }

  private renderRow(row: HistoryRow): TemplateResult {
    const { t, f } = this.app;
    return html`<tr data-serial=${row.serial}>
      <td>
        <span class="mono">${link(href(`burn-in/${row.id}`), row.serial)}</span>
        <span class="second muted">${row.model}</span>
      </td>
      <td>${verdictBadge(t, row)}</td>
      <td class="time">${f.time(row.started)}</td>
      <td class="number">${f.duration(elapsedSeconds(row, Date.now()))}</td>
      <td class="number">${f.size(row.size)}</td>
      <td>${t.name("profile", row.profile)}</td>
      <td>${row.nas}</td>
      <td class="reason">${t.why(row)}</td>
      <td class="action">
        ${
          isActive(row.state)
            ? nothing
            : html`<button
                type="button"
                class="round"
                aria-label=${t.text("history.certificate", { serial: row.serial })}
                title=${t.text("history.certificate", { serial: row.serial })}
                @click=${() => this.certificate(row)}
              >
                ${icon(mdiCertificateOutline)}
              </button>`
        }
      </td>
    </tr>`;
  }

  private csv(): void {
    const path = historyPath(this.query.entry_id ?? "");
    void this.app.attempt(() => download(this.app.api, path));
  }

  private certificate({ id }: HistoryRow): void {
    void this.app.attempt(() => download(this.app.api, certificatePath(id, "pdf")));
  }
}
