import { mdiCheckCircle, mdiCloseCircle, mdiShieldCheckOutline } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { href } from "../app";
import { link } from "../components/drive-cells";
import { eventDetail } from "../components/event-text";
import { icon } from "../components/icon";
import { nasPicker } from "../components/nas-picker";
import { pager } from "../components/pager";
import { pending } from "../components/pending";
import type { Fleet } from "../data/fleet";
import type { AuditReply, AuditRow, AuditVerdict } from "../data/protocol";
import { Question } from "../data/question";
import { element, PanelElement } from "../element";
import { bannerStyles } from "../components/banners";
import { controls } from "../styles/controls";
import { page } from "../styles/page";
import { shared } from "../styles/shared";
import { table } from "../styles/table";

const SHOWN = 200;

/** Who did what, and whether the chain of hashes holds. */
@element("tnb-audit-page")
export class AuditPage extends PanelElement {
  @property({ attribute: false }) fleet!: Fleet;
  @state() private entry = "";
  @state() private offset = 0;
  readonly #reply = new Question<AuditReply>(this);
  readonly #verdict = new Question<AuditVerdict>(this);

  static override styles = [
    shared,
    controls,
    page,
    table,
    bannerStyles,
    css`
      .banner.good {
        --tone: var(--tnb-good);
      }
      td.detail {
        min-width: 220px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.ask(this.entry);
  }

  private ask(entry: string, offset = 0): void {
    this.entry = entry;
    this.offset = offset;
    void this.#reply.ask(() => this.app.api.audit(SHOWN, offset, entry));
  }

  protected override render(): TemplateResult {
    const { app } = this;
    const { t } = app;
    const { answer, error } = this.#reply;
    return html`<div class="row">
        ${nasPicker(app, this.fleet, this.entry, (entry) => this.ask(entry))}
        <span class="grow"></span>
        <button
          type="button"
          data-action="verify"
          ?disabled=${this.#verdict.pending}
          @click=${() => this.#verdict.ask(() => app.api.verifyAudit())}
        >
          ${icon(mdiShieldCheckOutline)} ${t.text("audit.verify")}
        </button>
      </div>
      ${this.renderVerdict()}
      ${error ? html`<p role="alert">${error.message}</p>` : nothing}
      ${answer ? this.renderRows(answer) : pending(app, error)}`;
  }

  private renderVerdict(): TemplateResult | typeof nothing {
    const { t, f } = this.app;
    const { answer, error } = this.#verdict;
    if (error) return html`<p role="alert">${error.message}</p>`;
    if (!answer) return nothing;
    const text = answer.intact
      ? t.text("audit.intact")
      : t.text("audit.broken", { row: f.number(answer.first_broken ?? 0) });
    return html`<div class="banner ${answer.intact ? "good" : "bad"}" role="status">
      ${icon(answer.intact ? mdiCheckCircle : mdiCloseCircle)}
      <div>${text}</div>
    </div>`;
  }

  private renderRows({ rows, total }: AuditReply): TemplateResult {
    const { t } = this.app;
    return html`<div
        class="card scroll"
        tabindex="0"
        role="region"
        aria-label=${t.text("page.audit")}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">${t.text("audit.at")}</th>
              <th scope="col">${t.text("audit.event")}</th>
              <th scope="col">${t.text("column.serial")}</th>
              <th scope="col">${t.text("audit.actor")}</th>
              <th scope="col">${t.text("audit.detail")}</th>
              <th scope="col">${t.text("filter.nas")}</th>
              <th scope="col" class="number">${t.text("audit.row")}</th>
              <th scope="col">${t.text("audit.hash")}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.renderRow(row))}
          </tbody>
        </table>
      </div>
      ${pager(this.app, this.offset, SHOWN, total, (offset) => {
        this.ask(this.entry, offset);
        this.scrollTop = 0;
      })}`;
  }

  private renderRow(row: AuditRow): TemplateResult {
    const { app } = this;
    const serial = row.serial ?? "";
    return html`<tr>
      <td class="time">${app.f.exactTime(row.at)}</td>
      <td class="time">${app.t.name("event", row.event)}</td>
      <td class="mono">
        ${row.burn_in_id ? link(href(`burn-in/${row.burn_in_id}`), serial) : serial}
      </td>
      <td>${row.actor ?? ""}</td>
      <td class="detail">${eventDetail(app, row.detail)}</td>
      <td>${row.nas}</td>
      <td class="number">${app.f.number(row.id)}</td>
      <td class="mono muted" title=${row.hash}>${row.hash.slice(0, 8)}</td>
    </tr>`;
  }
}
