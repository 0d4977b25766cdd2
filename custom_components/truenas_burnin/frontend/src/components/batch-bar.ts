import {
  mdiCertificateOutline,
  mdiClose,
  mdiFire,
  mdiPause,
  mdiPlay,
  mdiReplay,
  mdiStop,
  mdiTestTube,
} from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { APPLIES } from "../data/actions";
import { certificatesPath } from "../data/api";
import { download } from "../data/download";
import type { DriveRow } from "../data/protocol";
import { element, emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { icon } from "./icon";
import { request, type DriveAction } from "./row-actions";

const ACTIONS: readonly [DriveAction, string, keyof typeof APPLIES][] = [
  ["start", mdiFire, "start"],
  ["pause", mdiPause, "pause"],
  ["resume", mdiPlay, "resume"],
  ["retry", mdiReplay, "retry"],
  ["short_test", mdiTestTube, "selfTest"],
  ["long_test", mdiTestTube, "selfTest"],
  ["cancel_test", mdiStop, "cancelSelfTest"],
  ["cancel", mdiStop, "cancel"],
];

/** What can be done to the selected drives, each with how many of them it is for. */
@element("tnb-batch-bar")
export class BatchBar extends PanelElement {
  @property({ attribute: false }) drives: readonly DriveRow[] = [];

  static override styles = [
    shared,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding: 8px 14px 8px 6px;
        border: 1px solid var(--tnb-accent);
        border-radius: var(--tnb-radius);
        background: color-mix(in srgb, var(--tnb-accent) 10%, var(--tnb-card));
        box-shadow: 0 4px 20px rgb(0 0 0 / 25%);
      }
      .chosen {
        display: flex;
        align-items: center;
        gap: 4px;
        font-weight: 500;
      }
      .actions {
        display: flex;
        flex: 1;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
      }
      @media (max-width: 700px) {
        .bar {
          display: grid;
          gap: 4px;
          padding: 4px 8px 8px;
        }
        /* One line to be pushed sideways: the drives stay in view. */
        .actions {
          flex-wrap: nowrap;
          justify-content: flex-start;
          margin-inline: -8px;
          padding: 2px 8px;
          overflow-x: auto;
        }
      }
    `,
  ];

  protected override render(): TemplateResult | typeof nothing {
    const { t, f } = this.app;
    if (this.drives.length === 0) return nothing;
    const ended = this.drives.flatMap(({ burn_in }) =>
      burn_in?.finished ? [burn_in.id] : [],
    );
    return html`<div class="bar" role="group" aria-label=${t.text("batch.label")}>
      <span class="chosen">
        <button
          type="button"
          class="round"
          aria-label=${t.text("batch.clear")}
          title=${t.text("batch.clear")}
          @click=${() => emit(this, "pick-none", null)}
        >
          ${icon(mdiClose)}
        </button>
        <span role="status">${t.count("batch.selected", this.drives.length)}</span>
      </span>
      <span class="actions">
        ${ACTIONS.map(([action, path, applies]) => {
          const drives = this.drives.filter(APPLIES[applies]);
          if (drives.length === 0) return nothing;
          const tone =
            action === "start" ? "primary" : action === "cancel" ? "danger" : "";
          return html`<button
            type="button"
            class=${tone}
            data-action=${action}
            @click=${() => request(this, { action, drives })}
          >
            ${icon(path)} ${t.text(`action.${action}`)} (${f.number(drives.length)})
          </button>`;
        })}
        ${
          ended.length > 0
            ? html`<button type="button" @click=${() => this.certificates(ended)}>
                ${icon(mdiCertificateOutline)} ${t.text("batch.certificates")}
                (${f.number(ended.length)})
              </button>`
            : nothing
        }
      </span>
    </div>`;
  }

  private certificates(ids: readonly string[]): void {
    void this.app.attempt(() => download(this.app.api, certificatesPath(ids)));
  }
}
