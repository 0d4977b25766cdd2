import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";

import type { DriveRow } from "../data/protocol";
import type { SortKey } from "../data/view";
import { element, emit, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { shared } from "../styles/shared";
import { columnHead } from "./column-head";
import { place, type ColumnName, type Columns, type PlacedColumn } from "./columns";
import { cardStyles, driveCard } from "./drive-card";
import {
  burnIn,
  identity,
  nameLink,
  selfTests,
  smart,
  smartAlarm,
  times,
  use,
} from "./drive-cells";
import {
  CARD_HEIGHT,
  COMPACT_HEIGHT,
  ROW_HEIGHT,
  tableStyles,
} from "./drive-table-styles";
import { healthCell } from "./health-cells";
import { locationButton, locationStyles, type LocationEdit } from "./location-edit";
import { meterStyles } from "./meter";
import { rowActions } from "./row-actions";
import { RowWindow } from "./row-window";
import { stateStyles } from "./state";

/** Below this width, in pixels, the table turns into cards. */
const CARDS_BELOW = 700;

export interface Picked {
  drive: DriveRow;
  checked: boolean;
  /** Whether everything since the last one is meant as well. */
  range: boolean;
}

/** The drives of the fleet; of thousands only those in view are drawn. */
@element("tnb-drive-table")
export class DriveTable extends PanelElement {
  @property({ attribute: false }) drives: readonly DriveRow[] = [];
  @property({ attribute: false }) selected: ReadonlySet<string> = new Set();
  @property({ attribute: false }) scroller: HTMLElement | null = null;
  /** Title of the system per entry; empty where there is only one. */
  @property({ attribute: false }) titles: ReadonlyMap<string, string> = new Map();
  @property() columns: Columns = "burn_ins";
  /** One line a drive: for hundreds of them. */
  @property({ type: Boolean }) compact = false;
  @property() sort: SortKey = "name";
  @property({ type: Boolean }) descending = false;
  /** The time that elapsed and remaining times are told for, in ms. */
  @property({ type: Number }) now = Date.now();
  @state() private width = 0;
  /** Drives whose location somebody edits or has edited. */
  @state() private edited: ReadonlySet<string> = new Set();
  @query("tbody, ul") private rows!: HTMLElement | null;

  readonly #resized = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });
  readonly #window = new RowWindow(
    this,
    () => ({ count: this.drives.length, height: this.rowHeight }),
    () => this.rows,
  );
  #columns: PlacedColumn[] = [];

  static override styles = [
    shared,
    controls,
    stateStyles,
    meterStyles,
    cardStyles,
    locationStyles,
    tableStyles,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  private get cards(): boolean {
    return this.width < CARDS_BELOW;
  }

  private get rowHeight(): number {
    if (this.cards) return CARD_HEIGHT;
    return this.compact ? COMPACT_HEIGHT : ROW_HEIGHT;
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("width") || changed.has("columns")) {
      this.#columns = place(this.width, this.columns);
    }
  }

  override updated(): void {
    this.#window.follow(this.scroller);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.width === 0) return nothing;
    if (this.drives.length === 0) {
      return html`<p class="nothing muted" role="status">
        ${this.app.t.text("drives.none")}
      </p>`;
    }
    return this.cards ? this.renderCards() : this.renderTable();
  }

  private renderTable(): TemplateResult {
    const count = this.drives.length;
    const { first, last } = this.#window;
    return html`<table
      class=${this.compact ? "compact" : nothing}
      aria-rowcount=${count + 1}
      aria-label=${this.app.t.text("page.drives")}
    >
      <colgroup>
        ${this.#columns.map(({ pixels }) => html`<col style="width:${pixels}px" />`)}
      </colgroup>
      <thead>
        <tr aria-rowindex="1">
          ${this.#columns.map((column) =>
            columnHead(this.app, column, {
              sort: this.sort,
              descending: this.descending,
              all: this.drives.every(({ id }) => this.selected.has(id)),
              some: this.selected.size > 0,
            }),
          )}
        </tr>
      </thead>
      <tbody>
        ${space("tr", first * this.rowHeight)}
        ${repeat(
          this.drives.slice(first, last),
          (drive, index) => this.rowKey(drive, first + index),
          (drive, index) => this.renderRow(drive, first + index),
        )}
        ${space("tr", Math.max(0, count - last) * this.rowHeight)}
      </tbody>
    </table>`;
  }

  /**
   * A row that leaves the view is drawn over with one that comes: that is far quicker
   * than making one. Where somebody edits, the row stays with its drive.
   */
  private rowKey(drive: DriveRow, index: number): string | number {
    return this.edited.has(drive.id) ? drive.id : index % this.#window.size;
  }

  private renderRow(drive: DriveRow, index: number): TemplateResult {
    const selected = this.selected.has(drive.id);
    const state = drive.burn_in?.state ?? "";
    return html`<tr
      class="drive ${state} ${selected ? "selected" : ""} ${drive.present ? "" : "absent"}"
      aria-rowindex=${index + 2}
      data-id=${drive.id}
      data-serial=${drive.serial}
    >
      ${guard(
        [
          drive,
          selected,
          this.edited.has(drive.id),
          this.minute(drive),
          this.#columns,
          this.app,
          this.titles,
        ],
        () =>
          this.#columns.map(
            ({ name }) => html`<td class=${name}>${this.renderCell(name, drive)}</td>`,
          ),
      )}
    </tr>`;
  }

  /** Time matters only to a row whose burn-in is under way. */
  private minute(drive: DriveRow): number {
    return drive.burn_in?.started && !drive.burn_in.finished ? this.now : 0;
  }

  private renderCell(name: ColumnName, drive: DriveRow): unknown {
    const { app } = this;
    const { f } = app;
    switch (name) {
      case "select":
        return this.renderPick(drive);
      case "device":
        return html`${smartAlarm(app, drive)} ${nameLink(drive)}
        ${this.renderPlace(drive)}`;
      case "location":
        return this.renderLocation(drive);
      case "drive":
        return html`<span
            class="second"
            title=${[drive.manufacturer, drive.model, drive.firmware, drive.build].filter(Boolean).join(" · ")}
            >${drive.model}</span
          >
          <span class="second mono muted" title=${identity(drive)}
            >${identity(drive)}</span
          >`;
      case "size":
        return f.size(drive.size);
      case "temperature":
        return f.temperature(drive.temperature);
      case "smart":
        return smart(app, drive);
      case "self_tests":
        return selfTests(app, drive);
      case "burn_in":
        return burnIn(app, drive);
      case "time":
        return times(app, drive, this.now) ?? html`<span class="muted">–</span>`;
      case "actions":
        return rowActions(app, drive);
      default:
        return healthCell(app, name, drive);
    }
  }

  /** The use comes first: it decides, and may be all that there is room for. */
  private renderPlace(drive: DriveRow): TemplateResult {
    const title = this.titles.get(drive.entry_id);
    const used = drive.burn_in ? use(this.app, drive) : "";
    const text = [used, title].filter(Boolean).join(" · ");
    return html`<span class="second muted" title=${text}>${text}</span>`;
  }

  private renderLocation(drive: DriveRow): TemplateResult {
    const { app } = this;
    return this.edited.has(drive.id)
      ? html`<tnb-location .app=${app} .drive=${drive}></tnb-location>`
      : locationButton(app, drive, () => void this.edit(drive));
  }

  private async edit({ id }: DriveRow): Promise<void> {
    this.edited = new Set([...this.edited, id]);
    await this.updateComplete;
    const row = `[data-id="${CSS.escape(id)}"] tnb-location`;
    await this.shadowRoot?.querySelector<LocationEdit>(row)?.edit();
  }

  private renderPick(drive: DriveRow): TemplateResult {
    return html`<label class="hit">
      <input
        type="checkbox"
        aria-label=${this.app.t.text("drives.select", { drive: drive.name })}
        .checked=${this.selected.has(drive.id)}
        @click=${(event: MouseEvent) => this.pick(drive, event)}
      />
    </label>`;
  }

  private pick(drive: DriveRow, event: MouseEvent): void {
    const { checked } = event.target as HTMLInputElement;
    emit<Picked>(this, "pick", { drive, checked, range: event.shiftKey });
  }

  private renderCards(): TemplateResult {
    const { first, last } = this.#window;
    const count = this.drives.length;
    return html`<ul aria-label=${this.app.t.text("page.drives")}>
      ${space("li", first * CARD_HEIGHT)}
      ${repeat(
        this.drives.slice(first, last),
        (drive, index) => this.rowKey(drive, first + index),
        (drive, index) =>
          html`<li
            style="height:${CARD_HEIGHT}px"
            aria-setsize=${count}
            aria-posinset=${first + index + 1}
            data-id=${drive.id}
            data-serial=${drive.serial}
          >
            ${guard(
              [
                drive,
                this.selected.has(drive.id),
                this.edited.has(drive.id),
                this.minute(drive),
                this.columns,
                this.app,
              ],
              () =>
                driveCard(this.app, drive, this.now, this.columns, {
                  pick: this.renderPick(drive),
                  location: this.renderLocation(drive),
                }),
            )}
          </li>`,
      )}
      ${space("li", Math.max(0, count - last) * CARD_HEIGHT)}
    </ul>`;
  }
}

/** Take the place of rows that are out of view. */
function space(tag: "tr" | "li", height: number): TemplateResult | typeof nothing {
  if (height === 0) return nothing;
  const style = `height:${height}px`;
  return tag === "tr"
    ? html`<tr aria-hidden="true" style=${style}></tr>`
    : html`<li aria-hidden="true" style=${style}></li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "tnb-drive-table": DriveTable;
  }
}
