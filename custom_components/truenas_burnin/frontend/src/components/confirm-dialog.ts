import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { element } from "../element";
import type { Erasable } from "./erase-consent";
import "./erase-consent";
import { Modal } from "./modal";

export interface Question {
  title: string;
  text: string;
  /** What the button says that goes on. */
  yes: string;
  /** Drives that would be erased: their serials must be confirmed. */
  erases?: readonly Erasable[];
}

/** Asks before something that cannot be taken back. */
@element("tnb-confirm-dialog")
export class ConfirmDialog extends Modal {
  @state() private question: Question | null = null;
  @state() private serials: readonly string[] = [];
  #answer: ((serials: readonly string[] | null) => void) | null = null;

  /** Return the confirmed serials (none where nothing is erased), or null for no. */
  async ask(question: Question): Promise<readonly string[] | null> {
    this.question = question;
    this.serials = [];
    await this.show();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  protected override get heading(): string {
    return this.question?.title ?? "";
  }

  protected override closed(): void {
    super.closed();
    this.#answer?.(null);
    this.#answer = null;
  }

  protected override renderBody(): TemplateResult {
    const erases = this.question?.erases ?? [];
    return html`<p>${this.question?.text}</p>
      ${
        erases.length > 0
          ? html`<tnb-erase-consent
              .app=${this.app}
              .drives=${erases}
              @consent=${(event: CustomEvent<string[]>) => (this.serials = event.detail)}
            ></tnb-erase-consent>`
          : nothing
      }`;
  }

  protected override renderFooter(): TemplateResult {
    const consented = !this.question?.erases?.length || this.serials.length > 0;
    return html`<button type="button" autofocus @click=${this.close}>
        ${this.app.t.text("dialog.back")}
      </button>
      <button type="button" class="danger" ?disabled=${!consented} @click=${this.yes}>
        ${this.question?.yes}
      </button>`;
  }

  private yes(): void {
    this.#answer?.(this.serials);
    this.#answer = null;
    this.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-confirm-dialog": ConfirmDialog;
  }
}
