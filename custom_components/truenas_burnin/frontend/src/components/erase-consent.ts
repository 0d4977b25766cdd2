import { mdiAlert } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { element, emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";

export interface Erasable {
  name: string;
  serial: string;
  model: string;
  size: number;
}

/**
 * Has a person say that drives may be erased: one by typing its serial number,
 * several by ticking a box. Fires `consent` with the serials agreed to.
 */
@element("tnb-erase-consent")
export class EraseConsent extends PanelElement {
  @property({ attribute: false }) drives: readonly Erasable[] = [];
  @state() private typed = "";
  @state() private ticked = false;

  static override styles = [
    shared,
    controls,
    css`
      section {
        display: grid;
        gap: 10px;
        padding: 12px 14px;
        border: 2px solid var(--tnb-bad);
        border-radius: 10px;
        background: color-mix(in srgb, var(--tnb-bad) 8%, var(--tnb-card));
      }
      h3 {
        display: flex;
        gap: 8px;
      }
      h3 svg.icon {
        fill: var(--tnb-bad);
      }
      ul {
        max-height: 140px;
        overflow: auto;
      }
      label {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 44px;
        font-weight: 500;
      }
      label.typed {
        flex-wrap: wrap;
      }
      input.serial {
        flex: 1;
        min-width: 180px;
        font-family: var(--tnb-mono);
      }
    `,
  ];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("drives") as readonly Erasable[] | undefined;
    // A tick was for the drives that were listed then.
    if (before && serialsOf(before) !== serialsOf(this.drives)) {
      this.ticked = false;
      this.typed = "";
      this.tell();
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { t, f } = this.app;
    const [drive, ...others] = this.drives;
    if (!drive) return nothing;
    return html`<section>
      <h3>${icon(mdiAlert)} ${t.count("erase.title", this.drives.length)}</h3>
      <ul tabindex="0" aria-label=${t.text("erase.list")}>
        ${this.drives.map(
          ({ name, serial, model, size }) =>
            html`<li>
              ${name} · ${model} · ${f.size(size)} · <span class="mono">${serial}</span>
            </li>`,
        )}
      </ul>
      ${
        others.length === 0
          ? html`<label class="typed">
              <span>${t.text("erase.type_serial", { serial: drive.serial })}</span>
              <input
                class="serial"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                .value=${this.typed}
                @input=${(event: Event) => {
                  this.typed = (event.target as HTMLInputElement).value;
                  this.tell();
                }}
              />
            </label>`
          : html`<label>
              <input
                type="checkbox"
                .checked=${this.ticked}
                @change=${(event: Event) => {
                  this.ticked = (event.target as HTMLInputElement).checked;
                  this.tell();
                }}
              />
              <span>${t.count("erase.tick", this.drives.length)}</span>
            </label>`
      }
    </section>`;
  }

  private tell(): void {
    emit(this, "consent", agreed(this.drives, this.typed, this.ticked));
  }
}

/** Return the serials agreed to: typed exactly where it is one, else all if ticked. */
export function agreed(
  drives: readonly Pick<Erasable, "serial">[],
  typed: string,
  ticked: boolean,
): string[] {
  const serials = drives.map(({ serial }) => serial);
  const given = serials.length === 1 ? typed.trim() === serials[0] : ticked;
  return given ? serials : [];
}

function serialsOf(drives: readonly Erasable[]): string {
  return drives.map(({ serial }) => serial).join("\n");
}
