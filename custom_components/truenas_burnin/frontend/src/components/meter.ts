import { css, html, nothing, type TemplateResult } from "lit";

import type { BurnInRow } from "../data/protocol";
import { isActive } from "../data/view";
import type { App } from "../app";

/** Show how far a burn-in is, and which sweep of the surface pass is under way. */
export function burnInMeter(app: App, burnIn: BurnInRow): TemplateResult {
  const { percent } = burnIn;
  const label = app.t.text("meter.progress");
  return html`<span class="meter ${burnIn.state}">
    <span
      class="bar"
      role="progressbar"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${percent}
      aria-valuetext=${app.f.percent(percent)}
    >
      <span style="width:${percent}%"></span>
    </span>
    <span class="value">${app.f.percent(percent)}</span>
    ${isActive(burnIn.state) ? sweepMeter(app, burnIn) : nothing}
  </span>`;
}

/** Show each sweep over the drive as one segment. */
function sweepMeter(app: App, burnIn: BurnInRow): TemplateResult | typeof nothing {
  const { sweep, sweeps } = burnIn;
  const text = sweepText(app, burnIn);
  if (!text || !sweeps) return nothing;
  return html`<span
    class="sweeps"
    role="img"
    aria-label=${text}
    title=${text}
    style="--sweep:${Math.max(1, sweep ?? 0)};--sweeps:${sweeps}"
  ></span>`;
}

/** Say in words what the surface pass does; nothing outside of one. */
export function sweepText(
  { t }: App,
  { activity, sweep, sweeps }: BurnInRow,
): string | null {
  if (!activity || activity === "done") return null;
  return t.text(`meter.${activity}`, { sweep: sweep ?? 0, sweeps: sweeps ?? 0 });
}

export const meterStyles = css`
  .meter {
    --tone: var(--tnb-accent);
    display: grid;
    grid-template-columns: 1fr 52px;
    align-items: center;
    gap: 3px 8px;
  }
  .meter.passed {
    --tone: var(--tnb-good);
  }
  .meter.failed {
    --tone: var(--tnb-bad);
  }
  .meter.paused,
  .meter.cancelling,
  .meter.inconclusive {
    --tone: var(--tnb-warn);
  }
  .meter.cancelled,
  .meter.queued {
    --tone: var(--tnb-idle);
  }
  .meter .bar {
    display: block;
    height: 8px;
    border-radius: 4px;
    overflow: hidden;
    background: color-mix(in srgb, var(--tone) 20%, var(--tnb-card));
  }
  .meter .bar > span {
    display: block;
    height: 100%;
    background: var(--tone);
  }
  .meter .value {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .sweeps {
    --segment: calc(100% / var(--sweeps));
    display: block;
    height: 4px;
    background: linear-gradient(
      to right,
      var(--tnb-accent) calc((var(--sweep) - 1) / var(--sweeps) * 100%),
      color-mix(in srgb, var(--tnb-accent) 60%, var(--tnb-card)) 0
        calc(var(--sweep) / var(--sweeps) * 100%),
      color-mix(in srgb, var(--tnb-accent) 22%, var(--tnb-card)) 0
    );
    mask: repeating-linear-gradient(
      to right,
      #000 0 calc(var(--segment) - 3px),
      transparent 0 var(--segment)
    );
  }
`;
