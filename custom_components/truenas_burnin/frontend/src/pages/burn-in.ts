import { html } from "lit";
import { property } from "lit/decorators.js";
import { element, PanelElement } from "../element";
@element("tnb-burn-in-page")
export class BurnInPage extends PanelElement {
  @property({ attribute: false }) fleet!: unknown;
  protected override render() {
    return html``;
  }
}
