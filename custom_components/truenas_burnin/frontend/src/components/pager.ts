import { mdiChevronLeft, mdiChevronRight } from "@mdi/js";
import { html, type TemplateResult } from "lit";

import type { App } from "../app";
import { icon } from "./icon";

/** Buttons to the pages before and after; `go` gets the new offset. */
export function pager(
  { t, f }: App,
  offset: number,
  size: number,
  total: number,
  go: (offset: number) => void,
): TemplateResult {
  const last = Math.min(offset + size, total);
  return html`<nav class="row" aria-label=${t.text("pager.label")}>
    <button
      type="button"
      class="round"
      aria-label=${t.text("pager.before")}
      ?disabled=${offset === 0}
      @click=${() => go(Math.max(0, offset - size))}
    >
      ${icon(mdiChevronLeft)}
    </button>
    <span role="status">
      ${t.text("pager.shown", {
        first: f.number(Math.min(offset + 1, total)),
        last: f.number(last),
        total: f.number(total),
      })}
    </span>
    <button
      type="button"
      class="round"
      aria-label=${t.text("pager.after")}
      ?disabled=${last >= total}
      @click=${() => go(offset + size)}
    >
      ${icon(mdiChevronRight)}
    </button>
  </nav>`;
}
