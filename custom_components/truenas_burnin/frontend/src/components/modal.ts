import { mdiClose } from "@mdi/js";
import { html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";

import { emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { dialogStyles } from "../styles/dialog";
import { shared } from "../styles/shared";
import { icon } from "./icon";

/** A native dialog: the browser keeps the focus inside and gives it back. */
export abstract class Modal extends PanelElement {
  @state() protected shown = false;
  @query("dialog") protected dialog!: HTMLDialogElement | null;

  static override styles = [shared, controls, dialogStyles];

  protected abstract get heading(): string;
  protected abstract renderBody(): TemplateResult;
  protected abstract renderFooter(): TemplateResult | typeof nothing;

  protected async show(): Promise<void> {
    this.shown = true;
    await this.updateComplete;
    if (this.dialog?.open) return;
    this.dialog?.showModal();
    emit(this, "modal-shown", null);
  }

  protected close(): void {
    this.dialog?.close();
  }

  protected closed(): void {
    this.shown = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.shown) return nothing;
    return html`<dialog aria-labelledby="heading" @close=${this.closed}>
      <header>
        <h2 id="heading">${this.heading}</h2>
        <button
          type="button"
          class="round"
          aria-label=${this.app.t.text("dialog.close")}
          @click=${this.close}
        >
          ${icon(mdiClose)}
        </button>
      </header>
      <div class="body">${this.renderBody()}</div>
      <footer>${this.renderFooter()}</footer>
    </dialog>`;
  }
}
