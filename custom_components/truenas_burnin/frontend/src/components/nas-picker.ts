import { html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import type { Fleet } from "../data/fleet";

/** Choose one of several systems, or all of them. */
export function nasPicker(
  { t }: App,
  fleet: Fleet,
  entry: string,
  pick: (entry: string) => void,
): TemplateResult | typeof nothing {
  if (fleet.systems.size < 2) return nothing;
  return html`<select
    aria-label=${t.text("filter.nas")}
    @change=${(event: Event) => pick((event.target as HTMLSelectElement).value)}
  >
    <option value="" ?selected=${entry === ""}>
      ${t.text("filter.nas")}: ${t.text("filter.all")}
    </option>
    ${[...fleet.systems.values()].map(
      ({ entry_id, title }) =>
        html`<option value=${entry_id} ?selected=${entry_id === entry}>
          ${title}
        </option>`,
    )}
  </select>`;
}
