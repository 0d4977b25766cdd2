import { html } from "lit";
import { property } from "lit/decorators.js";
import { element, PanelElement } from "../element";
@element("tnb-audit-page")
export class AuditPage extends PanelElement {
  @property({ attribute: false }) fleet!: unknown;
  protected override render() {
    return html``;
  }
}
