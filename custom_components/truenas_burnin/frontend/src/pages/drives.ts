import { mdiCloseOctagonOutline, mdiStethoscope } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { property, query as element_, state } from "lit/decorators.js";

import { bannerStyles, failedBanner, systemBanners } from "../components/banners";
import "../components/batch-bar";
import type { Columns } from "../components/columns";
import "../components/drive-commands";
import type { DriveCommands } from "../components/drive-commands";
import "../components/drive-table";
import type { DriveTable, Picked } from "../components/drive-table";
import { emptyFleet, emptyStyles } from "../components/empty-fleet";
import "../components/filter-bar";
import { icon } from "../components/icon";
import "../components/stats-bar";
import { possible, unwant, want, wanted } from "../data/browser-news";
import { count } from "../data/counts";
import type { Fleet } from "../data/fleet";
import { answered, askable, begun, outcome, type Reading } from "../data/health";
import { queryFromAddress, queryToAddress } from "../data/query-address";
import type { DriveRow } from "../data/protocol";
import { pick } from "../data/selection";
import { messageOf } from "../data/errors";
import {
  EVERYTHING,
  isActive,
  view,
  type Query,
  type SortKey,
  type StateFilter,
} from "../data/view";
import { element, PanelElement } from "../element";
import { controls } from "../styles/controls";
import { page } from "../styles/page";
import { shared } from "../styles/shared";

/** Where a browser keeps whether a person wants one line a drive. */
const COMPACT = "truenas_burnin_compact";

/** Kept while another page is shown, or none: Home Assistant drops hidden panels. */
const kept: {
  query: Query;
  selected: ReadonlySet<string>;
  last: string | null;
  columns: Columns;
  scrolled: number;
} = {
  query: EVERYTHING,
  selected: new Set(),
  last: null,
  columns: "burn_ins",
  scrolled: 0,
};

/** Every drive of every system, and what can be done to them. */
@element("tnb-drives-page")
export class DrivesPage extends PanelElement {
  @property({ attribute: false }) fleet!: Fleet;
  @property({ type: Number }) now = Date.now();
  @state() private query = queryFromAddress() ?? kept.query;
  @state() private selected = kept.selected;
  @state() private columns = kept.columns;
  /** The drives that are being asked how they are. */
  @state() private reading: Reading | null = null;
  @state() private news = wanted();
  @state() private compact = localStorage.getItem(COMPACT) === "true";
  @element_("tnb-drive-commands") private commands!: DriveCommands;
  @element_("tnb-drive-table") private table!: DriveTable | null;
  #drives: readonly DriveRow[] = [];

  static override styles = [
    shared,
    controls,
    page,
    bannerStyles,
    emptyStyles,
    css`
      tnb-drive-commands > * {
        flex: none;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 12px;
      }
      .top h2 {
        flex: 1;
      }
      tnb-drive-table.card {
        padding: 0;
      }
      tnb-batch-bar {
        position: sticky;
        bottom: 12px;
        z-index: 2;
      }
      @media (max-width: 740px) {
        .top h2 {
          font-size: 16px;
        }
        .top .wide {
          display: none;
        }
        tnb-drive-table.card {
          border: 0;
          background: transparent;
        }
      }
    `,
  ];

  /** The way back leads to where one was: the rows are there a moment later. */
  readonly #grown = new ResizeObserver(() => {
    this.scrollTop = kept.scrolled;
    if (this.scrollTop >= Math.floor(kept.scrolled)) this.#arrive();
  });

  #arrive(): void {
    this.#grown.disconnect();
    this.addEventListener("scroll", this.#scrolled, { passive: true });
  }

  #scrolled = (): void => {
    kept.scrolled = this.scrollTop;
  };

  override firstUpdated(): void {
    if (this.table && kept.scrolled > 0) this.#grown.observe(this.table);
    else this.#arrive();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#grown.disconnect();
    this.removeEventListener("scroll", this.#scrolled);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (this.query.entry && !this.fleet.systems.has(this.query.entry)) {
      this.change({ entry: "" });
    }
    if (changed.has("fleet") || changed.has("query")) {
      this.#drives = view(this.fleet, this.query);
    }
    if (changed.has("fleet")) {
      const left = [...this.selected].filter((id) => this.fleet.drives.has(id));
      if (left.length !== this.selected.size) this.selected = new Set(left);
    }
    kept.query = this.query;
    kept.selected = this.selected;
    kept.columns = this.columns;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("query")) queryToAddress(this.query);
  }

  protected override render(): TemplateResult {
    const { app, query } = this;
    const { t } = app;
    const systems = [...this.fleet.systems.values()];
    if (this.fleet.drives.size === 0) {
      return html`${systemBanners(app, systems)} ${emptyFleet(app, systems)}`;
    }
    const inScope = [...this.fleet.drives.values()].filter(
      ({ entry_id }) => !query.entry || entry_id === query.entry,
    );
    const failed = inScope.filter(({ burn_in }) => burn_in?.state === "failed");
    const active = inScope.filter(({ burn_in }) => isActive(burn_in?.state)).length;
    const titles =
      systems.length > 1
        ? new Map(systems.map(({ entry_id, title }) => [entry_id, title]))
        : ONE_SYSTEM;
    return html`<tnb-drive-commands
      .app=${app}
      @pick=${this.picked}
      @pick-all=${this.pickedAll}
      @pick-none=${() => (this.selected = new Set())}
      @sort-by=${this.sorted}
      @filter-state=${this.filtered}
      @query-changed=${(event: CustomEvent<Partial<Query>>) => this.change(event.detail)}
    >
      ${systemBanners(app, systems)} ${failedBanner(app, failed)}
      <tnb-stats-bar
        .app=${app}
        .counts=${count(this.fleet, query.entry)}
        .state=${query.state}
      ></tnb-stats-bar>
      <tnb-filter-bar .app=${app} .query=${query} .systems=${systems}></tnb-filter-bar>
      <div class="top">
        <h2 role="status">
          ${t.text("drives.shown", {
            shown: app.f.number(this.#drives.length),
            all: app.f.number(inScope.length),
          })}
        </h2>
        ${this.renderHealth()}
        ${
          possible()
            ? html`<button
                type="button"
                class="quiet wide"
                data-action="browser-news"
                aria-pressed=${this.news}
                @click=${this.follow}
              >
                ${t.text("drives.browser_news")}
              </button>`
            : nothing
        }
        <button
          type="button"
          class="quiet wide"
          aria-pressed=${this.compact}
          @click=${this.density}
        >
          ${t.text("drives.compact")}
        </button>
        ${
          active > 0
            ? html`<button
                type="button"
                class="quiet"
                data-action="cancel-all"
                @click=${() => this.commands.cancelAll(query.entry, active)}
              >
                ${icon(mdiCloseOctagonOutline)} ${t.text("cancel_all.button")}
              </button>`
            : nothing
        }
      </div>
      <tnb-drive-table
        class="card"
        .app=${app}
        .drives=${this.#drives}
        .selected=${this.selected}
        .compact=${this.compact}
        .scroller=${this}
        .titles=${titles}
        .columns=${this.columns}
        .sort=${query.sort}
        .descending=${query.descending}
        .now=${this.now}
      ></tnb-drive-table>
      <tnb-batch-bar .app=${app} .drives=${this.selectedDrives}></tnb-batch-bar>
    </tnb-drive-commands>`;
  }

  /** Show what drives say of themselves instead of burn-ins, and have them say it. */
  private renderHealth(): TemplateResult {
    const { t } = this.app;
    const health = this.columns === "health";
    const toggle = html`<button
      type="button"
      class="quiet"
      data-action="columns"
      aria-pressed=${health}
      @click=${() => (this.columns = health ? "burn_ins" : "health")}
    >
      ${icon(mdiStethoscope)} ${t.text("health.button")}
    </button>`;
    return health ? html`${this.renderRead()}${toggle}` : toggle;
  }

  private renderRead(): TemplateResult {
    const { t, f } = this.app;
    const { reading } = this;
    if (reading) {
      const done = answered(reading, this.fleet.drives);
      const told = { done: f.number(done), all: f.number(reading.size) };
      return html`<span role="status">${t.text("health.reading", told)}</span>`;
    }
    const drives = askable(this.selectedDrives, this.#drives);
    return html`<button
      type="button"
      class="quiet"
      data-action="read-health"
      title=${t.text("health.read_help")}
      ?disabled=${drives.length === 0}
      @click=${() => void this.readHealth(drives)}
    >
      ${t.count("health.read", drives.length)}
    </button>`;
  }

  /** Ask drives how they are; only those that somebody chose are woken for it. */
  private async readHealth(drives: readonly DriveRow[]): Promise<void> {
    const { actions, t } = this.app;
    const chosen = this.selected.size > 0;
    this.reading = begun(drives);
    try {
      const { read, asleep, failed } = outcome(
        await actions.readHealth(drives, chosen),
      );
      const told = [t.count("health.done", read)];
      if (asleep > 0) told.push(t.count("health.asleep", asleep));
      if (failed.length > 0) told.push(failed.join("; "));
      this.app.say(told.join(" "), failed.length > 0 ? "warning" : "info");
    } catch (error) {
      this.app.say(messageOf(error), "error");
    } finally {
      this.reading = null;
    }
  }

  private async follow(): Promise<void> {
    const { app } = this;
    if (this.news) unwant();
    else if (!(await want()))
      app.say(app.t.text("drives.browser_news_refused"), "info");
    this.news = wanted();
  }

  private density(): void {
    this.compact = !this.compact;
    localStorage.setItem(COMPACT, String(this.compact));
  }

  private get selectedDrives(): DriveRow[] {
    return [...this.selected].flatMap((id) => this.fleet.drives.get(id) ?? []);
  }

  private change(change: Partial<Query>): void {
    this.query = { ...this.query, ...change };
  }

  private filtered(event: CustomEvent<StateFilter>): void {
    const again = event.detail === this.query.state;
    this.change({ state: again ? "" : event.detail });
  }

  private sorted(event: CustomEvent<SortKey>): void {
    const { sort, descending } = this.query;
    const again = event.detail === sort;
    this.change({ sort: event.detail, descending: again && !descending });
  }

  private picked(event: CustomEvent<Picked>): void {
    const { drive, checked, range } = event.detail;
    const ids = this.#drives.map(({ id }) => id);
    this.selected = pick(
      this.selected,
      ids,
      drive.id,
      checked,
      range ? kept.last : null,
    );
    kept.last = drive.id;
  }

  private pickedAll(event: CustomEvent<boolean>): void {
    const selected = new Set(this.selected);
    for (const { id } of this.#drives) {
      if (event.detail) selected.add(id);
      else selected.delete(id);
    }
    this.selected = selected;
  }
}

const ONE_SYSTEM: ReadonlyMap<string, string> = new Map();

declare global {
  interface HTMLElementTagNameMap {
    "tnb-drives-page": DrivesPage;
  }
}
