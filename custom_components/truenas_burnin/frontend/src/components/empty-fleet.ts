import { mdiHarddisk } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import { DOMAIN, type System } from "../data/protocol";
import { link } from "./drive-cells";
import { icon } from "./icon";

const INTEGRATION = `/config/integrations/integration/${DOMAIN}`;

/** Say why there is not one drive to show, and what can be done about it. */
export function emptyFleet({ t }: App, systems: readonly System[]): TemplateResult {
  const nas = systems.map(({ title }) => title).join(", ");
  const waits = systems.some(({ last_success }) => last_success === null);
  const refused = systems.some(({ key_refused }) => key_refused);
  const text =
    systems.length === 0
      ? t.text("drives.no_system")
      : refused
        ? t.text("banner.key_refused", { nas })
        : t.text(waits ? "drives.no_answer" : "drives.no_drive", { nas });
  return html`<div class="card empty" role="status">
    ${icon(mdiHarddisk)}
    <p>${text}</p>
    ${
      systems.length === 0
        ? link(INTEGRATION, t.text("drives.set_up"), { className: "button" })
        : nothing
    }
  </div>`;
}

export const emptyStyles = css`
  .empty {
    display: grid;
    justify-items: center;
    gap: 12px;
    padding: 48px 16px;
    text-align: center;
  }
  .empty > svg.icon {
    width: 48px;
    height: 48px;
    fill: var(--tnb-idle);
  }
`;
