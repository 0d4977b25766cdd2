import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { deviceHref, href } from "../app";
import { APPLIES } from "../data/actions";
import type { DriveRow } from "../data/protocol";
import { element } from "../element";
import { burnIn, link, smart, use } from "./drive-cells";
import { meterStyles } from "./meter";
import { Modal } from "./modal";
import { refusalOf, request, type DriveAction } from "./row-actions";
import { selfTestBadge, stateStyles } from "./state";

const ACTIONS: readonly [DriveAction, (drive: DriveRow) => boolean][] = [
  ["start", APPLIES.start],
  ["retry", APPLIES.retry],
  ["pause", APPLIES.pause],
  ["resume", APPLIES.resume],
  ["cancel", APPLIES.cancel],
  ["short_test", APPLIES.selfTest],
  ["long_test", APPLIES.selfTest],
  ["cancel_test", APPLIES.cancelSelfTest],
];

/** All that is known of one drive, and all that can be done to it. */
@element("tnb-drive-dialog")
export class DriveDialog extends Modal {
  @state() private driveId = "";
  @state() private drive: DriveRow | null = null;
  #stop: (() => void) | null = null;

  static override styles = [
    ...Modal.styles,
    stateStyles,
    meterStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        align-items: center;
        gap: 6px 16px;
      }
      dd tnb-location {
        margin: -8px -6px;
      }
      dt {
        color: var(--tnb-muted);
      }
      dd {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .line {
        display: flex;
        gap: 8px;
        margin-bottom: 4px;
      }
      label {
        display: grid;
        gap: 4px;
      }
      textarea {
        width: 100%;
        min-height: 72px;
        resize: vertical;
      }
    `,
  ];

  async open(drive: DriveRow): Promise<void> {
    this.driveId = drive.id;
    this.drive = drive;
    this.#stop ??= this.app.store.listen((fleet) => {
      this.drive = fleet.drives.get(this.driveId) ?? this.drive;
    });
    await this.show();
  }

  protected override closed(): void {
    super.closed();
    this.#stop?.();
    this.#stop = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closed();
  }

  protected override get heading(): string {
    return this.drive ? `${this.drive.name} · ${this.drive.serial}` : "";
  }

  protected override renderBody(): TemplateResult {
    const { app, drive } = this;
    if (!drive) return html``;
    const { t, f } = app;
    const nas = app.store.fleet.systems.get(drive.entry_id)?.title ?? "";
    return html`<dl>
        <dt>${t.text("filter.nas")}</dt>
        <dd>${nas}</dd>
        <dt>${t.text("column.model")}</dt>
        <dd>
          ${[drive.manufacturer, drive.model, drive.firmware, drive.build]
            .concat(
              drive.asked_as ? `smartctl -d ${drive.asked_as}` : [],
              f.size(drive.size),
            )
            .filter(Boolean)
            .join(" · ")}
        </dd>
        <dt>${t.text("column.location")}</dt>
        <dd><tnb-location .app=${app} .drive=${drive}></tnb-location></dd>
        <dt>${t.text("filter.use")}</dt>
        <dd>${use(app, drive) || t.text("use_filter.unused")}</dd>
        <dt>${t.text("column.temperature")}</dt>
        <dd>${f.temperature(drive.temperature)}</dd>
        <dt>${t.text("column.smart")}</dt>
        <dd>${smart(app, drive)}</dd>
        <dt>${t.text("column.self_tests")}</dt>
        <dd>
          ${selfTestBadge(t, t.text("self_test.short"), drive.short)}
          <span class="muted">${f.time(drive.short?.at ?? null)}</span><br />
          ${selfTestBadge(t, t.text("self_test.long"), drive.long)}
          <span class="muted">${f.time(drive.long?.at ?? null)}</span>
        </dd>
        <dt>${t.text("column.burn_in")}</dt>
        <dd>${burnIn(app, drive)}</dd>
      </dl>
      <label>
        <span>${t.text("drives.notes")}</span>
        <textarea
          maxlength="1000"
          .value=${drive.notes}
          ?disabled=${drive.device_id === null}
          @change=${this.note}
        ></textarea>
      </label>
      <div class="actions">
        ${ACTIONS.filter(
          ([, applies]) => applies(drive) && drive.device_id !== null,
        ).map(([action]) => {
          const refusal = refusalOf(app, action, drive);
          return html`<button
            type="button"
            class=${action === "cancel" ? "danger" : ""}
            data-action=${action}
            aria-disabled=${refusal ? "true" : nothing}
            title=${refusal || nothing}
            @click=${() =>
              refusal ? app.say(refusal, "info") : this.act(action, drive)}
          >
            ${t.text(`action.${action}`)}
          </button>`;
        })}
      </div>`;
  }

  protected override renderFooter(): TemplateResult {
    const { t } = this.app;
    const { drive } = this;
    return html`${
      drive?.device_id
        ? link(deviceHref(drive.device_id), t.text("drive.device"), {
            className: "button",
          })
        : nothing
    }
    ${
      drive?.burn_in
        ? link(href(`burn-in/${drive.burn_in.id}`), t.text("drive.burn_in"), {
            className: "button",
          })
        : nothing
    }`;
  }

  private act(action: DriveAction, drive: DriveRow): void {
    this.close();
    request(this, { action, drives: [drive] });
  }

  private note(event: Event): void {
    const { drive } = this;
    const notes = (event.target as HTMLTextAreaElement).value;
    if (!drive || notes === drive.notes) return;
    void this.app.attempt(() => this.app.actions.setInfo(drive, { notes }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-drive-dialog": DriveDialog;
  }
}
