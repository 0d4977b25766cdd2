import { css, html, nothing, type TemplateResult } from "lit";

import type { App } from "../app";
import "../charts/line-chart";
import { summarize, type Summary } from "../charts/scale";
import type { BurnInDetail } from "../data/protocol";
import type { Translate } from "../i18n/translate";

/** The curves of speed and temperature, with what they come to. */
export function burnInCharts(
  app: App,
  burnIn: BurnInDetail,
): TemplateResult | typeof nothing {
  const { t, f } = app;
  const samples = burnIn.profile_samples;
  if (samples.length === 0) return nothing;
  const warm = samples.flatMap(({ seconds, temperature }) =>
    temperature === null ? [] : [{ x: seconds, y: temperature }],
  );
  return html`<div class="charts">
    ${chart(app, {
      title: t.text("chart.speed"),
      className: "speed",
      points: samples.map(({ bytes, speed }) => ({ x: bytes, y: speed })),
      end: burnIn.size,
      zero: true,
      time: false,
      formatX: (bytes) => f.size(bytes),
      formatY: (speed) => f.speed(speed),
    })}
    ${
      warm.length > 0
        ? chart(app, {
            title: t.text("chart.temperature"),
            className: "heat",
            points: warm,
            end: 0,
            zero: false,
            time: true,
            formatX: (seconds) => f.duration(seconds),
            formatY: (celsius) => f.temperature(celsius),
          })
        : nothing
    }
  </div>`;
}

interface Chart {
  title: string;
  className: string;
  points: readonly { x: number; y: number }[];
  end: number;
  zero: boolean;
  time: boolean;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
}

function chart({ t }: App, chart: Chart): TemplateResult {
  const summary = summarize(chart.points.map(({ y }) => y));
  const text = summary ? summaryText(t, summary, chart.formatY) : "";
  return html`<section class="card ${chart.className}">
    <h3>${chart.title}</h3>
    <p class="muted">${text}</p>
    <tnb-line-chart
      .points=${chart.points}
      .end=${chart.end}
      .zero=${chart.zero}
      .time=${chart.time}
      .formatX=${chart.formatX}
      .formatY=${chart.formatY}
      .label="${chart.title}: ${text}"
    ></tnb-line-chart>
  </section>`;
}

function summaryText(
  t: Translate,
  { min, average, max }: Summary,
  format: (value: number) => string,
): string {
  return t.text("chart.summary", {
    min: format(min),
    average: format(average),
    max: format(max),
  });
}

export const chartStyles = css`
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr));
    gap: 12px;
  }
  .heat {
    --chart-color: var(--tnb-warn);
  }
`;
