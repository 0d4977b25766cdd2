import { css, html, nothing, type TemplateResult } from "lit";

import type { BurnInRow } from "../data/protocol";
import { isActive } from "../data/view";
import type { App } from "../app";

/** Show how far a burn-in is, and which pattern of the surface pass is under way. */
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
    ${isActive(burnIn.state) ? patternMeter(app, burnIn) : nothing}
  </span>`;
}

/** Show the write and the read-back of each pattern as one segment of two halves. */
export function patternMeter(
  app: App,
  { phase, phases }: BurnInRow,
): TemplateResult | typeof nothing {
  if (!phase || !phases) return nothing;
  const text = patternText(app, phase, phases);
  return html`<span
    class="patterns"
    role="img"
    aria-label=${text}
    title=${text}
    style="--phase:${phase};--phases:${phases}"
  ></span>`;
}

/** Say in words which pattern is being written or read back. */
export function patternText({ t }: App, phase: number, phases: number): string {
  return t.text(phase % 2 === 1 ? "meter.writing" : "meter.reading", {
    pattern: Math.ceil(phase / 2),
    patterns: Math.ceil(phases / 2),
  });
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
  .patterns {
    --pattern: calc(200% / var(--phases));
    display: block;
    height: 4px;
    background: linear-gradient(
      to right,
      var(--tnb-accent) calc((var(--phase) - 1) / var(--phases) * 100%),
      color-mix(in srgb, var(--tnb-accent) 60%, var(--tnb-card)) 0
        calc(var(--phase) / var(--phases) * 100%),
      color-mix(in srgb, var(--tnb-accent) 22%, var(--tnb-card)) 0
    );
    mask: repeating-linear-gradient(
      to right,
      #000 0 calc(var(--pattern) - 3px),
      transparent 0 var(--pattern)
    );
  }
`;
