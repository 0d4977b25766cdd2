import { html, nothing, type TemplateResult } from "lit";

/** Draw an icon of Material Design Icons; with a label it speaks for itself. */
export function icon(path: string, label?: string): TemplateResult {
  return html`<svg
    class="icon"
    viewBox="0 0 24 24"
    role=${label ? "img" : nothing}
    aria-label=${label ?? nothing}
    aria-hidden=${label ? nothing : "true"}
  >
    <path d=${path}></path>
  </svg>`;
}
