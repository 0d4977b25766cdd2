import { LitElement } from "lit";
import { property } from "lit/decorators.js";

import type { App } from "./app";

/** Register an element, once: another copy of this module may have come first. */
export function element(name: string) {
  return (type: CustomElementConstructor): void => {
    if (!customElements.get(name)) customElements.define(name, type);
  };
}

/** Tell whoever listens further up that something happened here. */
export function emit<T>(from: EventTarget, name: string, detail: T): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** A part of the panel. Where `app` is another object, language or format changed. */
export class PanelElement extends LitElement {
  @property({ attribute: false }) app!: App;
}
