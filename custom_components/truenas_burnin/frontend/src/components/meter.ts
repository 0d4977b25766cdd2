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
  const halves = Array.from({ length: phases }, (_, index) => {
    const state = index + 1 < phase ? "done" : index + 1 === phase ? "now" : "";
    return html`<i class=${state}></i>`;
  });
  return html`<span class="patterns" role="img" aria-label=${text} title=${text}>
    ${halves}
  </span>`;
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
  .meter.unknown {
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
    transition: width 0.4s;
  }
  .meter .value {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .patterns {
    display: flex;
    gap: 1px;
    height: 4px;
  }
  .patterns i {
    flex: 1;
    background: color-mix(in srgb, var(--tnb-accent) 22%, var(--tnb-card));
  }
  .patterns i:nth-child(2n) {
    margin-inline-end: 3px;
  }
  .patterns i.done {
    background: var(--tnb-accent);
  }
  .patterns i.now {
    background: color-mix(in srgb, var(--tnb-accent) 60%, var(--tnb-card));
  }
  @media (prefers-reduced-motion: no-preference) {
    .patterns i.now {
      animation: breathe 2s ease-in-out infinite alternate;
    }
  }
  @keyframes breathe {
    to {
      opacity: 0.4;
    }
  }
`;
