import { mdiArrowDown, mdiArrowUp } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import type { SortKey } from "../data/view";
import { emit } from "../element";
import type { PlacedColumn } from "./columns";
import { icon } from "./icon";

export interface Heading {
  sort: SortKey;
  descending: boolean;
  /** Are all rows selected, and is any drive? */
  all: boolean;
  some: boolean;
}

/** Head a column: to sort by it, or to select everything that is shown. */
export function columnHead(
  app: App,
  { name, sorts }: PlacedColumn,
  heading: Heading,
): TemplateResult {
  const { t } = app;
  if (name === "select") return selectAll(app, heading);
  if (sorts.length === 0) {
    return html`<th scope="col">
      <span class="hidden-text">${t.text("column.actions")}</span>
    </th>`;
  }
  const sorted = sorts.includes(heading.sort);
  const direction = heading.descending ? "descending" : "ascending";
  return html`<th scope="col" aria-sort=${sorted ? direction : nothing}>
    ${sorts.map((key) => sortButton(app, key, heading))}
  </th>`;
}

function selectAll({ t }: App, { all, some }: Heading): TemplateResult {
  return html`<th scope="col" class="select">
    <label class="hit">
      <input
        type="checkbox"
        aria-label=${t.text("drives.select_all")}
        .checked=${all}
        .indeterminate=${!all && some}
        @change=${({ currentTarget }: Event) => {
          const box = currentTarget as HTMLInputElement;
          emit(box, "pick-all", box.checked);
        }}
      />
    </label>
  </th>`;
}

function sortButton(
  { t }: App,
  key: SortKey,
  { sort, descending }: Heading,
): TemplateResult {
  const sorted = key === sort;
  return html`<button
    type="button"
    class=${sorted ? "sorted" : ""}
    @click=${({ currentTarget }: Event) =>
      currentTarget && emit(currentTarget, "sort-by", key)}
  >
    ${t.text(`column.${key}`)}
    ${sorted ? icon(descending ? mdiArrowDown : mdiArrowUp) : nothing}
  </button>`;
}
