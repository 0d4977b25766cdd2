import {
  mdiFilterRemoveOutline,
  mdiMagnify,
  mdiSortAscending,
  mdiSortDescending,
} from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { System } from "../data/protocol";
import {
  EVERYTHING,
  SORTS,
  STATES,
  TYPES,
  USES,
  type Query,
  type SortKey,
} from "../data/view";
import { element, emit, PanelElement } from "../element";
import type { Key } from "../i18n/translate";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";

type Option = readonly [value: string, label: string];

/** Which drives are shown. Fires `query-changed` with what changed of the query. */
@element("tnb-filter-bar")
export class FilterBar extends PanelElement {
  @property({ attribute: false }) query!: Query;
  @property({ attribute: false }) systems: readonly System[] = [];

  static override styles = [
    shared,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .search {
        position: relative;
        flex: 1 1 220px;
      }
      .search svg.icon {
        position: absolute;
        inset-block-start: 10px;
        inset-inline-start: 10px;
        opacity: 0.6;
        pointer-events: none;
      }
      .search input {
        width: 100%;
        padding-inline-start: 38px;
      }
      .sorting {
        display: none;
      }
      @media (max-width: 740px) {
        .search {
          flex-basis: 100%;
        }
        select {
          flex: 1 1 40%;
          min-width: 0;
        }
        .sorting {
          display: flex;
          flex: 1 1 55%;
          gap: 8px;
          min-width: 0;
        }
        select[data-filter="type"] {
          flex-basis: 30%;
        }
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { t } = this.app;
    const { query } = this;
    const filtered = query.text || query.state || query.use || query.type;
    return html`<div class="bar" role="search">
      ${
        this.systems.length > 1
          ? this.choice(
              "entry",
              t.text("filter.nas"),
              this.systems.map(({ entry_id, title }) => [entry_id, title]),
            )
          : nothing
      }
      <div class="search">
        ${icon(mdiMagnify)}
        <input
          type="search"
          aria-label=${t.text("filter.search")}
          placeholder=${t.text("filter.search")}
          .value=${query.text}
          @input=${(event: Event) =>
            this.tell({ text: (event.target as HTMLInputElement).value })}
        />
      </div>
      ${this.choice("state", t.text("filter.state"), this.options("state", STATES))}
      ${this.choice("use", t.text("filter.use"), this.options("use_filter", USES))}
      ${this.choice("type", t.text("filter.type"), this.options("type", TYPES))}
      <div class="sorting">${this.renderSorting()}</div>
      ${
        filtered
          ? html`<button type="button" class="plain" @click=${this.reset}>
              ${icon(mdiFilterRemoveOutline)} ${t.text("filter.reset")}
            </button>`
          : nothing
      }
    </div>`;
  }

  private renderSorting(): TemplateResult {
    const { t } = this.app;
    const { sort, descending } = this.query;
    return html`<select
        aria-label=${t.text("filter.sort")}
        @change=${(event: Event) =>
          this.tell({ sort: (event.target as HTMLSelectElement).value as SortKey })}
      >
        ${SORTS.map(
          (key) =>
            html`<option value=${key} ?selected=${key === sort}>
              ${t.text("filter.sort")}: ${t.text(`column.${key}`)}
            </option>`,
        )}
      </select>
      <button
        type="button"
        aria-label=${t.text("filter.direction")}
        aria-pressed=${descending}
        @click=${() => this.tell({ descending: !descending })}
      >
        ${icon(descending ? mdiSortDescending : mdiSortAscending)}
      </button>`;
  }

  private options<G extends string, V extends string>(
    group: G,
    values: readonly V[],
  ): Option[] {
    return values.map((value) => [value, this.app.t.text(`${group}.${value}` as Key)]);
  }

  private choice(
    name: "entry" | "state" | "use" | "type",
    label: string,
    options: readonly Option[],
  ): TemplateResult {
    const chosen = this.query[name];
    return html`<select
      aria-label=${label}
      data-filter=${name}
      @change=${(event: Event) =>
        this.tell({ [name]: (event.target as HTMLSelectElement).value })}
    >
      <option value="" ?selected=${chosen === ""}>
        ${label}: ${this.app.t.text("filter.all")}
      </option>
      ${options.map(
        ([value, text]) =>
          html`<option value=${value} ?selected=${value === chosen}>${text}</option>`,
      )}
    </select>`;
  }

  private reset(): void {
    const { text, state, use, type } = EVERYTHING;
    this.tell({ text, state, use, type });
  }

  private tell(change: Partial<Query>): void {
    emit(this, "query-changed", change);
  }
}
