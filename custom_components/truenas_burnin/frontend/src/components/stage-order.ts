import { mdiDrag, mdiEraser } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { StageKind } from "../data/protocol";
import { moved, type StageChoice } from "../data/stages";
import { element, emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";

interface Drag {
  from: number;
  to: number;
  startY: number;
  offset: number;
  height: number;
}

/** The stages of a burn-in: ticked to be done, dragged or moved by arrow keys. */
@element("tnb-stage-order")
export class StageOrder extends PanelElement {
  @property({ attribute: false }) stages: readonly StageChoice[] = [];
  @property({ attribute: false }) destructive: ReadonlySet<StageKind> = new Set();
  @state() private drag: Drag | null = null;
  @state() private said = "";

  static override styles = [
    shared,
    controls,
    css`
      ol {
        border: 1px solid var(--tnb-line);
        border-radius: 10px;
        overflow: hidden;
      }
      li {
        display: flex;
        align-items: center;
        gap: 4px;
        min-height: 44px;
        padding-inline: 4px 12px;
        background: var(--tnb-card);
        border-bottom: 1px solid var(--tnb-line);
        transition: transform 0.15s;
      }
      li:last-child {
        border-bottom: 0;
      }
      li.fixed {
        padding-inline-start: 52px;
        color: var(--tnb-muted);
        background: var(--tnb-tint);
      }
      li.dragged {
        position: relative;
        z-index: 1;
        transition: none;
        box-shadow: 0 4px 14px rgb(0 0 0 / 30%);
      }
      button.handle {
        width: 44px;
        min-height: 44px;
        cursor: grab;
        touch-action: none;
      }
      label {
        display: flex;
        flex: 1;
        align-items: center;
        gap: 10px;
        min-height: 44px;
      }
      .erases {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .erases svg.icon {
        width: 16px;
        height: 16px;
        fill: var(--tnb-bad);
      }
    `,
  ];

  protected override render(): TemplateResult {
    const { t } = this.app;
    return html`<ol aria-label=${t.text("start.stages")}>
        <li class="fixed">${t.text("stage.precheck")}</li>
        ${repeat(
          this.stages,
          ({ id }) => id,
          (stage, index) => this.renderStage(stage, index),
        )}
        <li class="fixed">${t.text("stage.final_check")}</li>
      </ol>
      <p class="hidden-text" role="status">${this.said}</p>`;
  }

  private renderStage({ id, kind, on }: StageChoice, index: number): TemplateResult {
    const { t } = this.app;
    const name = t.name("stage", kind);
    return html`<li
      class=${this.drag?.from === index ? "dragged" : ""}
      style=${this.shift(index)}
      data-stage=${kind}
    >
      <button
        type="button"
        class="round handle"
        data-id=${id}
        aria-label=${t.text("start.move", { stage: name })}
        title=${t.text("start.move_hint")}
        @keydown=${(event: KeyboardEvent) => this.key(event, index)}
        @pointerdown=${(event: PointerEvent) => this.grab(event, index)}
        @pointermove=${this.pull}
        @pointerup=${this.drop}
        @pointercancel=${() => (this.drag = null)}
      >
        ${icon(mdiDrag)}
      </button>
      <label>
        <input
          type="checkbox"
          .checked=${on}
          @change=${(event: Event) =>
            this.tick(index, (event.target as HTMLInputElement).checked)}
        />
        <span>${name}</span>
      </label>
      ${
        this.destructive.has(kind)
          ? html`<span class="erases muted"
              >${icon(mdiEraser)}${t.text("start.erases")}</span
            >`
          : nothing
      }
    </li>`;
  }

  private shift(index: number): string {
    if (!this.drag) return "";
    const { from, to, offset, height } = this.drag;
    if (index === from) return `transform:translateY(${offset}px)`;
    if (index > from && index <= to) return `transform:translateY(${-height}px)`;
    if (index < from && index >= to) return `transform:translateY(${height}px)`;
    return "";
  }

  private grab(event: PointerEvent, from: number): void {
    if (event.button !== 0) return;
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const height = handle.closest("li")?.offsetHeight ?? 44;
    this.drag = { from, to: from, startY: event.clientY, offset: 0, height };
  }

  private pull(event: PointerEvent): void {
    if (!this.drag) return;
    const { from, startY, height } = this.drag;
    const last = this.stages.length - 1;
    const offset = Math.max(
      -from * height,
      Math.min((last - from) * height, event.clientY - startY),
    );
    this.drag = { ...this.drag, offset, to: from + Math.round(offset / height) };
  }

  private drop(): void {
    if (!this.drag) return;
    const { from, to } = this.drag;
    this.drag = null;
    if (to !== from) this.move(from, to);
  }

  private key(event: KeyboardEvent, index: number): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = index + step;
    if (to < 0 || to >= this.stages.length) return;
    this.move(index, to);
  }

  private move(from: number, to: number): void {
    const stage = this.stages[from];
    if (!stage) return;
    this.tell(moved(this.stages, from, to));
    this.said = this.app.t.text("start.moved", {
      stage: this.app.t.name("stage", stage.kind),
      place: to + 1,
      places: this.stages.length,
    });
    // Moving an element in the document takes the focus from it.
    requestAnimationFrame(() => {
      const handle = `.handle[data-id="${stage.id}"]`;
      this.shadowRoot?.querySelector<HTMLElement>(handle)?.focus();
    });
  }

  private tick(index: number, on: boolean): void {
    this.tell(
      this.stages.map((stage, at) => (at === index ? { ...stage, on } : stage)),
    );
  }

  private tell(stages: readonly StageChoice[]): void {
    emit(this, "stages-changed", stages);
  }
}
