import { html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import type { Failure } from "../data/question";

/** Say that the answer is still to come, where it is. */
export function pending(
  { t }: App,
  error: Failure | null,
): TemplateResult | typeof nothing {
  return error
    ? nothing
    : html`<p class="muted" role="status">${t.text("loading")}</p>`;
}
