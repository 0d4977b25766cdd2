import {
  mdiAlert,
  mdiCloseCircle,
  mdiHandBackRight,
  mdiKeyRemove,
  mdiLanDisconnect,
} from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";

import { href, type App } from "../app";
import type { DriveRow, System } from "../data/protocol";
import { link } from "./drive-cells";
import { driveName } from "./drive-name";
import { icon } from "./icon";

const NAMED = 3;

/** Say which drives failed, so that nobody has to look for them. */
export function failedBanner(
  app: App,
  failed: readonly DriveRow[],
): TemplateResult | typeof nothing {
  if (failed.length === 0) return nothing;
  const { t } = app;
  const named = failed.slice(0, NAMED);
  const more = failed.length - named.length;
  return html`<div class="banner bad" role="alert" data-banner="failed">
    ${icon(mdiCloseCircle)}
    <div>
      <strong>${t.count("banner.failed", failed.length)}</strong>
      <ul>
        ${named.map(
          (drive) =>
            html`<li>
              ${link(href(`burn-in/${drive.burn_in?.id ?? ""}`), driveName(app, drive))}
              ${drive.burn_in ? t.why(drive.burn_in) : nothing}
            </li>`,
        )}
        ${more > 0 ? html`<li>${t.count("banner.more", more)}</li>` : nothing}
      </ul>
    </div>
  </div>`;
}

/** Say of each system what keeps its drives from being seen or burnt in. */
export function systemBanners(app: App, systems: readonly System[]): TemplateResult[] {
  return systems.flatMap((system) => {
    const banner = systemBanner(app, system);
    return banner ? [banner] : [];
  });
}

export function systemBanner(app: App, system: System): TemplateResult | null {
  const { t, f } = app;
  const nas = system.title;
  if (system.key_refused) {
    return warning(mdiKeyRemove, t.text("banner.key_refused", { nas }), "key_refused");
  }
  if (system.last_success === null) {
    return warning(mdiLanDisconnect, t.text("banner.never", { nas }), "never");
  }
  if (system.stale || !system.online) {
    const text = t.text("banner.stale", { nas, time: f.time(system.last_success) });
    return warning(mdiLanDisconnect, text, "stale");
  }
  if (system.hold)
    return warning(mdiHandBackRight, t.text("banner.hold", { nas }), "hold");
  if (!system.commands)
    return warning(mdiAlert, t.text("banner.rights", { nas }), "rights");
  return null;
}

function warning(path: string, text: string, name: string): TemplateResult {
  return html`<div class="banner warn" role="status" data-banner=${name}>
    ${icon(path)}
    <div>${text}</div>
  </div>`;
}

export const bannerStyles = css`
  .banner {
    display: flex;
    gap: 12px;
    padding: 12px 16px;
    border: 1px solid var(--tone);
    border-inline-start-width: 6px;
    border-radius: var(--tnb-radius);
    background: color-mix(in srgb, var(--tone) 10%, var(--tnb-card));
  }
  .banner > div {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .banner svg.icon {
    width: 24px;
    height: 24px;
    fill: var(--tone);
  }
  .banner.bad {
    --tone: var(--tnb-bad);
  }
  .banner.warn {
    --tone: var(--tnb-warn);
  }
  .banner li {
    padding-block: 2px;
  }
`;
