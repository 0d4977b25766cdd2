import { mdiAlertCircle, mdiClose } from "@mdi/js";
import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Tone } from "../app";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";

interface Message {
  id: number;
  text: string;
  tone: Tone;
}

const SHOWN_FOR = 8000;
const AT_ONCE = 4;

/** Shows and reads out what happened. */
@element("tnb-announcer")
export class Announcer extends PanelElement {
  @state() private messages: readonly Message[] = [];
  #count = 0;

  static override styles = [
    shared,
    controls,
    css`
      :host {
        position: fixed;
        /* Above the bar of actions, and over what can be scrolled away from below. */
        inset: auto 16px calc(112px + var(--safe-area-inset-bottom, 0px)) auto;
        width: min(420px, calc(100vw - 32px));
        margin: 0;
        padding: 0;
        border: 0;
        overflow: visible;
        background: none;
        pointer-events: none;
      }
      .messages {
        display: grid;
        gap: 8px;
      }
      .message {
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 6px 6px 6px 14px;
        border: 1px solid var(--tnb-line);
        border-inline-start: 6px solid var(--tnb-accent);
        border-radius: 10px;
        background: var(--tnb-card);
        color: var(--tnb-text);
        box-shadow: 0 4px 20px rgb(0 0 0 / 30%);
        pointer-events: auto;
      }
      .message:is(.warning, .error) {
        border-inline-start-color: var(--tnb-bad);
      }
      .message span {
        flex: 1;
        white-space: pre-line;
      }
      .message:is(.warning, .error) > svg {
        fill: var(--tnb-bad);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.popover = "manual";
    this.raise();
  }

  /** Come before a dialog that was shown just now. */
  raise(): void {
    this.hidePopover();
    this.showPopover();
  }

  say(text: string, tone: Tone): void {
    const id = ++this.#count;
    this.messages = [...this.messages, { id, text, tone }].slice(-AT_ONCE);
    if (tone !== "error") setTimeout(() => this.drop(id), SHOWN_FOR);
  }

  private drop(id: number): void {
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  protected override render(): TemplateResult {
    return html`<div class="messages">
      <div class="messages" role="alert">
        ${this.renderAll((tone) => tone !== "info")}
      </div>
      <div class="messages" role="status">
        ${this.renderAll((tone) => tone === "info")}
      </div>
    </div>`;
  }

  private renderAll(wanted: (tone: Tone) => boolean): unknown {
    return repeat(
      this.messages.filter(({ tone }) => wanted(tone)),
      ({ id }) => id,
      ({ id, text, tone }) =>
        html`<div class="message ${tone}">
          ${tone === "info" ? "" : icon(mdiAlertCircle)}
          <span>${text}</span>
          <button
            type="button"
            class="round"
            aria-label=${this.app.t.text("dialog.close")}
            @click=${() => this.drop(id)}
          >
            ${icon(mdiClose)}
          </button>
        </div>`,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-announcer": Announcer;
  }
}
