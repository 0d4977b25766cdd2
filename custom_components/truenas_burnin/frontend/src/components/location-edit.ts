import { mdiPencilOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { App } from "../app";
import type { DriveRow } from "../data/protocol";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";

/** The location as a button to edit it: in a table all but a few are no more than that. */
export function locationButton(
  { t }: App,
  drive: DriveRow,
  edit: () => void,
): TemplateResult {
  const text = drive.location || t.text("location.none");
  const label = t.text("location.edit", { drive: drive.name });
  return html`<button
    type="button"
    class="location"
    aria-label="${label}: ${text}"
    title=${drive.location || nothing}
    ?disabled=${drive.device_id === null}
    @click=${edit}
  >
    <span class=${drive.location ? "" : "muted"}>${text}</span>
    ${icon(mdiPencilOutline)}
  </button>`;
}

export const locationStyles = css`
  button.location {
    justify-content: flex-start;
    width: 100%;
    padding: 0 6px;
    border-color: transparent;
    background: transparent;
    font-weight: 400;
  }
  button.location span {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  button.location svg.icon {
    width: 16px;
    height: 16px;
    opacity: 0.55;
  }
`;

/** The bay or shelf of a drive, edited where it stands. */
@element("tnb-location")
export class LocationEdit extends PanelElement {
  @property({ attribute: false }) drive!: DriveRow;
  @state() private editing = false;
  /** What was typed, until Home Assistant tells it back. */
  @state() private saved: string | null = null;
  @query("input") private input!: HTMLInputElement | null;
  @query("button") private button!: HTMLButtonElement | null;

  static override styles = [
    shared,
    controls,
    locationStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      input {
        width: 100%;
      }
    `,
  ];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get("drive") as DriveRow | undefined;
    if (before && before.id !== this.drive.id) {
      this.editing = false;
      this.saved = null;
    } else if (this.drive.location === this.saved) {
      this.saved = null;
    }
  }

  protected override render(): TemplateResult {
    const { t } = this.app;
    const text = this.saved ?? this.drive.location;
    const label = t.text("location.edit", { drive: this.drive.name });
    if (this.editing) {
      return html`<input
        maxlength="64"
        aria-label=${label}
        .value=${text}
        @keydown=${this.typed}
        @blur=${this.save}
      />`;
    }
    return locationButton(this.app, { ...this.drive, location: text }, () => {
      void this.edit();
    });
  }

  /** Begin to edit, with the focus in the field. */
  async edit(): Promise<void> {
    this.editing = true;
    await this.updateComplete;
    this.input?.select();
  }

  private typed(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      void this.leave();
    } else if (event.key === "Enter") {
      void this.save();
    }
  }

  private async save(): Promise<void> {
    const location = this.input?.value.trim();
    if (!this.editing || location === undefined) return;
    await this.leave();
    if (location === (this.saved ?? this.drive.location)) return;
    this.saved = location;
    const drive = this.drive;
    const kept = await this.app.attempt(() =>
      this.app.actions.setInfo(drive, { location }),
    );
    if (!kept) this.saved = null;
  }

  private async leave(): Promise<void> {
    const focused = this.shadowRoot?.activeElement === this.input;
    this.editing = false;
    await this.updateComplete;
    if (focused) this.button?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-location": LocationEdit;
  }
}
