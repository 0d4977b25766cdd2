import { css, html, nothing, svg, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { element, PanelElement } from "../element";
import { shared } from "../styles/shared";
import { TIME_STEPS, ticks } from "./scale";

export interface Point {
  x: number;
  y: number;
}

const HEIGHT = 220;
const LEFT = 76;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;

/** A curve over one axis; points at it tell their values. */
@element("tnb-line-chart")
export class LineChart extends PanelElement {
  @property({ attribute: false }) points: readonly Point[] = [];
  @property({ attribute: false }) formatX: (x: number) => string = String;
  @property({ attribute: false }) formatY: (y: number) => string = String;
  /** What the whole curve shows, for those who do not see it. */
  @property() label = "";
  /** The right end of the axis where the points do not reach it yet. */
  @property({ type: Number }) end = 0;
  @property({ type: Boolean }) zero = false;
  /** The axis is one of seconds. */
  @property({ type: Boolean }) time = false;
  @state() private width = 0;
  @state() private near: Point | null = null;

  readonly #resized = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-height: ${HEIGHT}px;
      }
      svg {
        display: block;
        overflow: visible;
        touch-action: pan-y;
      }
      text {
        fill: var(--tnb-muted);
        font-size: 12px;
      }
      .grid {
        stroke: var(--tnb-line);
      }
      .curve {
        fill: none;
        stroke: var(--chart-color, var(--tnb-accent));
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .area {
        fill: var(--chart-color, var(--tnb-accent));
        opacity: 0.12;
      }
      .near {
        stroke: var(--tnb-muted);
      }
      .dot {
        fill: var(--chart-color, var(--tnb-accent));
      }
      text.said {
        fill: var(--tnb-text);
        font-weight: 500;
        paint-order: stroke;
        stroke: var(--tnb-card);
        stroke-width: 4px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { points, width } = this;
    const [first] = points;
    const last = points.at(-1);
    if (width === 0 || !first || !last) return nothing;
    const ys = points.map(({ y }) => y);
    const yTicks = ticks(this.zero ? 0 : Math.min(...ys), Math.max(...ys), 4);
    const bottom = yTicks[0] ?? 0;
    const top = yTicks.at(-1) ?? 1;
    const right = Math.max(this.end, last.x) || 1;
    const x = (value: number): number =>
      LEFT + (value / right) * (width - LEFT - RIGHT);
    const y = (value: number): number =>
      TOP + (1 - (value - bottom) / (top - bottom || 1)) * (HEIGHT - TOP - BOTTOM);
    const curve = points.map(
      (point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`,
    );
    const ground = HEIGHT - BOTTOM;
    const area = `M${x(first.x)},${ground}L${curve.join("L")}L${x(last.x)},${ground}Z`;
    const xTicks = ticks(
      0,
      right,
      Math.max(2, Math.floor(width / 140)),
      this.time ? TIME_STEPS : undefined,
    ).filter((value) => value <= right);
    return html`<svg
      width=${width}
      height=${HEIGHT}
      role="img"
      aria-label=${this.label}
      @pointermove=${(event: PointerEvent) =>
        (this.near = this.nearest(
          (event.offsetX - LEFT) / (width - LEFT - RIGHT),
          right,
        ))}
      @pointerleave=${() => (this.near = null)}
    >
      ${yTicks.map(
        (value) =>
          svg`<line class="grid" x1=${LEFT} x2=${width - RIGHT} y1=${y(value)} y2=${y(value)}></line>
            <text x=${LEFT - 8} y=${y(value) + 4} text-anchor="end">${this.formatY(value)}</text>`,
      )}
      ${xTicks.map(
        (value, index) =>
          svg`<text x=${x(value)} y=${HEIGHT - 8} text-anchor=${index === 0 ? "start" : "middle"}>
            ${this.formatX(value)}
          </text>`,
      )}
      <path class="area" d=${area}></path>
      <polyline class="curve" points=${curve.join(" ")}></polyline>
      ${this.near ? this.renderNear(this.near, x, y) : nothing}
    </svg>`;
  }

  private renderNear(
    point: Point,
    x: (value: number) => number,
    y: (value: number) => number,
  ): TemplateResult {
    const at = x(point.x);
    const before = at > this.width / 2;
    return svg`<line class="near" x1=${at} x2=${at} y1=${TOP} y2=${HEIGHT - BOTTOM}></line>
      <circle class="dot" cx=${at} cy=${y(point.y)} r="4"></circle>
      <text class="said" x=${at + (before ? -8 : 8)} y=${TOP + 12} text-anchor=${before ? "end" : "start"}>
        ${this.formatX(point.x)}: ${this.formatY(point.y)}
      </text>`;
  }

  private nearest(share: number, right: number): Point | null {
    const wanted = share * right;
    return this.points.reduce<Point | null>(
      (best, point) =>
        best && Math.abs(best.x - wanted) <= Math.abs(point.x - wanted) ? best : point,
      null,
    );
  }
}
